//! The files that detectors see.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Why, yaml};

/// Text files of a repository, by their path within it.
#[derive(Debug, Default)]
pub struct RepositoryFiles(BTreeMap<String, RepositoryFile>);

/// One text file.
#[derive(Debug)]
pub struct RepositoryFile {
    path: String,
    text: String,
    documents: OnceLock<Vec<yaml::Node>>,
}

// === impl RepositoryFiles ===

impl FromIterator<(String, String)> for RepositoryFiles {
    /// Of paths, with `/` between their parts, and texts.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(files: I) -> Self {
        let file = |(path, text): (String, String)| {
            let file = RepositoryFile {
                path: path.clone(),
                text,
                documents: OnceLock::new(),
            };
            (path, file)
        };
        Self(files.into_iter().map(file).collect())
    }
}

impl RepositoryFiles {
    /// The file of exactly this path.
    pub fn get(&self, path: &str) -> Option<&RepositoryFile> {
        self.0.get(path)
    }

    /// All files, by path.
    pub fn iter(&self) -> impl Iterator<Item = &RepositoryFile> {
        self.0.values()
    }

    /// Files with exactly one of these names, in whatever folder.
    pub fn named(&self, names: &[&str]) -> impl Iterator<Item = &RepositoryFile> {
        self.iter().filter(move |file| names.contains(&file.name()))
    }

    /// Files that end as files of YAML do.
    pub fn yaml(&self) -> impl Iterator<Item = &RepositoryFile> {
        self.iter().filter(|file| file.is_yaml())
    }

    /// Lists of dependencies with one of these names, that name this library.
    pub fn depending(&self, lists: &[&str], library: &str, what: &str) -> Vec<Why> {
        self.named(lists)
            .filter_map(|file| file.why(|line| depends(line, library), what))
            .collect()
    }
}

/// Whether a line of a list of dependencies, whatever its form, names a library as a whole. A word in a
/// comment or a description does not.
fn depends(line: &str, library: &str) -> bool {
    let inner = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '_');
    let begins = |before: &str| {
        let word = before.trim();
        matches!(word, "" | "-" | "require") || before.ends_with(['"', '\'', '>', ':'])
    };
    line.match_indices(library).any(|(at, found)| {
        let before = line.get(..at).unwrap_or_default();
        let after = line
            .get(at + found.len()..)
            .and_then(|it| it.chars().next());
        begins(before) && !after.is_some_and(inner)
    })
}

// === impl RepositoryFile ===

impl RepositoryFile {
    /// Its path within the repository.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The last part of its path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// What stands in it. Never shown: it may hold secrets.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it ends as files of YAML do.
    pub fn is_yaml(&self) -> bool {
        [".yml", ".yaml"].iter().any(|it| self.path.ends_with(it))
    }

    /// Its documents, up to the first that is no YAML.
    pub fn documents(&self) -> &[yaml::Node] {
        self.documents.get_or_init(|| yaml::documents(&self.text))
    }

    /// The first line, trimmed, that fits, as a reason.
    pub fn why(&self, fits: impl Fn(&str) -> bool, what: impl Into<String>) -> Option<Why> {
        let at = self.text.lines().position(|line| fits(line.trim()))?;
        Some(Why::new(self, at + 1, what))
    }
}
