//! Secrets: named in the configuration, read where they are used, shown nowhere.

mod made;
mod reference;

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

pub use made::MadeKey;
pub use reference::SecretRef;

/// Why a secret can't be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The variable is not set, or the file is not there.
    #[error("{0} is not set")]
    Absent(String),
    /// There, and empty, not text, or too large.
    #[error("{0} holds no usable secret")]
    Unusable(String),
    /// A file outside the secrets folder, or one that a link leads out of it.
    #[error("{0} lies outside the secrets folder")]
    Outside(String),
}

/// Reads secrets. The process's environment and files, or what a test gives.
pub trait SecretReader: Send + Sync + 'static {
    /// Reads one.
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError>;
}

/// Largest file that is read as a secret.
const MAX_BYTES: u64 = 64 * 1024;

/// Secrets of this process: its environment, and files under one folder.
#[derive(Debug, Clone, Default)]
pub struct ProcessSecrets {
    /// Files must lie under it, links resolved; where they start is there. `None`: a file may lie
    /// anywhere.
    pub folder: Option<PathBuf>,
    /// Variables that hold the process's own keys and may be named by no source.
    pub reserved: Vec<String>,
    /// Files that do, under whichever name a source has for them.
    pub reserved_files: Vec<PathBuf>,
}

/// A secret that a source was given. It is read at each use, so that a rotated file is obeyed.
#[derive(Clone)]
pub struct Secret {
    reference: SecretRef,
    reader: Arc<dyn SecretReader>,
}

// === impl ProcessSecrets ===

impl SecretReader for ProcessSecrets {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        let text = match secret {
            SecretRef::Env(name) if self.reserved.contains(name) => {
                return Err(SecretError::Outside(secret.to_string()));
            }
            SecretRef::Env(name) => {
                std::env::var(name).map_err(|_| SecretError::Absent(secret.to_string()))?
            }
            SecretRef::File(path) => self.read_file(secret, path)?,
        };
        usable(secret, text)
    }
}

impl ProcessSecrets {
    fn read_file(&self, secret: &SecretRef, path: &Path) -> Result<String, SecretError> {
        let absent = |_| SecretError::Absent(secret.to_string());
        let from_folder = self.folder.as_ref().map(|folder| folder.join(path));
        let real = from_folder.as_deref().unwrap_or(path);
        let real = real.canonicalize().map_err(absent)?;
        if self.reserved_files.iter().any(|own| is_same(own, &real)) {
            return Err(SecretError::Outside(secret.to_string()));
        }
        if let Some(folder) = &self.folder {
            let folder = folder.canonicalize().map_err(absent)?;
            if !real.starts_with(folder) {
                return Err(SecretError::Outside(secret.to_string()));
            }
        }
        let size = std::fs::metadata(&real).map_err(absent)?.len();
        if size > MAX_BYTES {
            return Err(SecretError::Unusable(secret.to_string()));
        }
        std::fs::read_to_string(&real).map_err(|_| SecretError::Unusable(secret.to_string()))
    }
}

/// Whether two names lead to one file, by links of either kind.
fn is_same(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let place = |path: &Path| Some((path.metadata().ok()?.dev(), path.metadata().ok()?.ino()));
    place(one).is_some_and(|one| place(other) == Some(one))
}

/// A line break at the end is an editor's, not the secret's.
fn usable(secret: &SecretRef, text: String) -> Result<SecretString, SecretError> {
    let trimmed = text.trim_end_matches(['\r', '\n']);
    if trimmed.is_empty() {
        return Err(SecretError::Unusable(secret.to_string()));
    }
    Ok(SecretString::from(trimmed.to_owned()))
}

// === impl Secret ===

impl Secret {
    /// The secret that a reference names.
    pub fn new(reference: SecretRef, reader: Arc<dyn SecretReader>) -> Self {
        Self { reference, reader }
    }

    /// Reads it.
    pub fn read(&self) -> Result<SecretString, SecretError> {
        self.reader.read(&self.reference)
    }

    /// Where it is to be found.
    pub fn reference(&self) -> &SecretRef {
        &self.reference
    }

    /// Whether a text is the secret, told in a time that does not depend on where they differ.
    pub fn matches(&self, presented: &str) -> bool {
        use subtle::ConstantTimeEq as _;
        let Ok(own) = self.read() else { return false };
        let digest = |text: &str| Sha256::digest(text.as_bytes());
        digest(own.expose_secret()).ct_eq(&digest(presented)).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.reference)
    }
}

/// A number that changes when one of the secrets does. Keyed by the process, so that it tells
/// nothing of them.
pub fn generation(key: &[u8; 32], secrets: &[Secret]) -> [u8; 32] {
    let mut hash = Sha256::new().chain_update(key);
    for secret in secrets {
        match secret.read() {
            Ok(text) => hash.update(Sha256::digest(text.expose_secret().as_bytes())),
            Err(error) => hash.update(error.to_string()),
        }
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests;
