//! Reading case files.

use std::path::{Path, PathBuf};
use std::{fs, io};

use super::{Addresses, Case, FORMAT, SMTP};

const SUFFIX: &str = ".case.json";

/// Why a case can't be read.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// The file or folder could not be read.
    #[error("could not read {}", file.display())]
    Read {
        /// The file or folder.
        file: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// The file is no JSON, has a key that cases do not have, or lacks one.
    #[error("{} is not a case", file.display())]
    Malformed {
        /// The file.
        file: PathBuf,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
    /// The file has another form.
    #[error("{} has the form {found:?}, not {FORMAT:?}", file.display())]
    Format {
        /// The file.
        file: PathBuf,
        /// The form that it names.
        found: String,
    },
    /// An exchange has no answer, and no fault that stands for one.
    #[error("{} has no answer in exchange {index}", file.display())]
    NoAnswer {
        /// The file.
        file: PathBuf,
        /// Which exchange, counted from 0.
        index: usize,
    },
}

// === impl Case ===

impl Case {
    /// Reads one case. The addresses of its servers stay open.
    pub fn load(file: impl AsRef<Path>) -> Result<Self, CaseError> {
        let file = file.as_ref();
        let text = fs::read_to_string(file).map_err(|source| unreadable(file, source))?;
        Self::parse(file, text)
    }

    /// The case with the addresses of its servers put in everywhere.
    pub fn at(&self, addresses: &Addresses) -> Result<Self, CaseError> {
        Self::parse(&self.file, addresses.fill(&self.text))
    }

    /// Whether a mail server has an address in it.
    pub fn names_mail_server(&self) -> bool {
        self.text.contains(SMTP)
    }

    fn parse(file: &Path, text: String) -> Result<Self, CaseError> {
        let file = file.to_owned();
        let case: Self = match serde_json::from_str(&text) {
            Ok(case) => case,
            Err(source) => return Err(CaseError::Malformed { file, source }),
        };
        if case.format != FORMAT {
            let found = case.format;
            return Err(CaseError::Format { file, found });
        }
        if let Some(index) = case
            .exchanges
            .iter()
            .position(|exchange| !exchange.has_answer())
        {
            return Err(CaseError::NoAnswer { file, index });
        }
        Ok(Self { file, text, ..case })
    }
}

/// Reads the cases of a file, or of a folder and all folders in it, sorted by path. With a
/// connector, only its cases.
pub fn load_folder(
    path: impl AsRef<Path>,
    connector: Option<&str>,
) -> Result<Vec<Case>, CaseError> {
    let mut files = Vec::new();
    collect(path.as_ref(), &mut files)?;
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let case = Case::load(file)?;
        if connector.is_none_or(|wanted| wanted == case.connector) {
            cases.push(case);
        }
    }
    Ok(cases)
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), CaseError> {
    if !path.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    for entry in fs::read_dir(path).map_err(|source| unreadable(path, source))? {
        let inner = entry.map_err(|source| unreadable(path, source))?.path();
        if inner.is_dir() || inner.to_string_lossy().ends_with(SUFFIX) {
            collect(&inner, files)?;
        }
    }
    Ok(())
}

fn unreadable(path: &Path, source: io::Error) -> CaseError {
    CaseError::Read {
        file: path.to_owned(),
        source,
    }
}
