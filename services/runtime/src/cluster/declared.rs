//! Objects of a cluster that a repository declares, as candidates for sources.

use passport_connector_sdk::detect::{Detected, Proposal, RepositoryFiles, Setting, blank, table};
use passport_kubernetes_api::{Declared, declared};

/// A kind of object that a connector reads.
#[derive(Debug, Clone, Copy)]
pub struct Kind {
    /// Its API group.
    pub group: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// What a source of it is called, before the object's name.
    pub prefix: &'static str,
    /// Its name where the object has none.
    pub unnamed: &'static str,
    /// What is to be filled in where its namespace, or its name, is not told.
    pub blanks: [&'static str; 2],
    /// The variable that holds the token.
    pub token: &'static str,
}

// === impl Kind ===

impl Kind {
    /// A candidate for each object of the kind.
    pub fn candidates(self, files: &RepositoryFiles) -> Vec<Detected> {
        let found = declared(files, self.group, self.kind);
        let candidate = |it: Declared<'_>| {
            let why = [it.why(self.kind)];
            Detected::because(why, self.proposal(&it))
        };
        found.filter_map(candidate).collect()
    }

    fn proposal(self, found: &Declared<'_>) -> Proposal {
        let [namespace, name] = self.blanks;
        let namespace = Setting::or_blank(found.namespace, namespace);
        let name = Setting::or_blank(found.name, name);
        let called = found.name.unwrap_or(self.unnamed);
        Proposal::named(&format!("{}-{called}", self.prefix))
            .with(
                "endpoint",
                blank("the API server of the cluster, such as https://kube.example.com:6443"),
            )
            .with_credential(self.token)
            .with("scope", table([("namespace", namespace), ("name", name)]))
    }
}
