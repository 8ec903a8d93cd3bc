//! Objects that a repository declares.

use passport_connector_sdk::detect::{Node, RepositoryFile, RepositoryFiles, Why, plain};

/// Most objects of one repository that are told.
const MAX_FOUND: usize = 50;

/// An object that a file declares.
#[derive(Debug, Clone, Copy)]
pub struct Declared<'a> {
    /// Its file.
    pub file: &'a RepositoryFile,
    /// Its document.
    pub document: &'a Node,
    /// Line of its kind, from 1.
    pub line: usize,
    /// Its name, where it may be shown.
    pub name: Option<&'a str>,
    /// Its namespace, where there is one that may be shown.
    pub namespace: Option<&'a str>,
}

/// The objects of one kind, whatever the version of its group.
pub fn declared<'a>(
    files: &'a RepositoryFiles,
    group: &'a str,
    kind: &'a str,
) -> impl Iterator<Item = Declared<'a>> {
    let documents = files
        .yaml()
        .flat_map(|file| file.documents().iter().map(move |it| (file, it)));
    let found = documents.filter_map(move |(file, document)| of_kind(file, document, group, kind));
    found.take(MAX_FOUND)
}

fn of_kind<'a>(
    file: &'a RepositoryFile,
    document: &'a Node,
    group: &str,
    kind: &str,
) -> Option<Declared<'a>> {
    let (of_group, _) = document.text_at(&["apiVersion"])?.split_once('/')?;
    let written = document.entry("kind")?;
    let is_it = of_group == group && written.node.text() == Some(kind);
    is_it.then(|| Declared {
        file,
        document,
        line: written.line,
        name: document.text_at(&["metadata", "name"]).and_then(name),
        namespace: document.text_at(&["metadata", "namespace"]).and_then(name),
    })
}

/// A name as Kubernetes allows it: no pattern, no path.
fn name(text: &str) -> Option<&str> {
    plain(text).filter(|it| !it.contains(['/', ' ', '+']))
}

// === impl Declared ===

impl Declared<'_> {
    /// Why it was recognized.
    pub fn why(&self, kind: &str) -> Why {
        let told = match self.name {
            Some(name) => format!("the {kind} {name}"),
            None => format!("a {kind}"),
        };
        Why::new(self.file, self.line, told)
    }
}
