//! What a repository and a cluster say of the same source, once.

use std::borrow::Cow;

use passport_connector_sdk::detect::{Detected, Proposal, Setting, Why};
use passport_evidence::Descriptor;

use crate::output::{FoundIn, Reason};

/// What a detector found.
pub type Recognized = (&'static Descriptor, Detected);

/// A source that could be, and where it was found.
pub struct Found {
    pub connector: &'static str,
    pub proposal: Proposal,
    pub found_in: FoundIn,
    pub why: Vec<Reason>,
}

/// All that was recognized in either place. What both know is proposed once, as the cluster has it: that says where it
/// is.
pub fn together(repository: Vec<Recognized>, cluster: Vec<Recognized>) -> Vec<Found> {
    let of = |found_in| move |it| Found::of(it, found_in);
    let mut of_cluster: Vec<_> = cluster.into_iter().map(of(FoundIn::Cluster)).collect();
    let mut found = Vec::new();
    for declared in repository.into_iter().map(of(FoundIn::Repository)) {
        match of_cluster.iter_mut().find(|it| declared.is(it)) {
            Some(same) => same.is_declared(declared.why),
            None => found.push(declared),
        }
    }
    found.extend(of_cluster);
    found
}

// === impl Found ===

impl Found {
    fn of((descriptor, detected): Recognized, found_in: FoundIn) -> Self {
        let reason = |why: Why| Reason::of(why, found_in);
        Self {
            connector: descriptor.id,
            proposal: detected.proposal,
            found_in,
            why: detected.why.into_iter().map(reason).collect(),
        }
    }

    /// Whether what a repository declares is what a cluster has.
    fn is(&self, there: &Self) -> bool {
        let is_named =
            self.connector == there.connector && self.proposal.name == there.proposal.name;
        is_named && agrees(scope(&self.proposal), scope(&there.proposal))
    }

    fn is_declared(&mut self, mut why: Vec<Reason>) {
        self.found_in = FoundIn::Both;
        why.append(&mut self.why);
        self.why = why;
    }
}

fn scope(proposal: &Proposal) -> Option<&Setting> {
    at(&proposal.settings, "scope")
}

fn at<'a>(entries: &'a [(Cow<'static, str>, Setting)], key: &str) -> Option<&'a Setting> {
    let entry = entries.iter().find(|(it, _)| it == key);
    entry.map(|(_, setting)| setting)
}

/// Whether nothing that is declared is otherwise there. What a file leaves open may be anything.
fn agrees(declared: Option<&Setting>, there: Option<&Setting>) -> bool {
    match (declared, there) {
        (Some(Setting::Blank(_)), _) | (None, None) => true,
        (Some(Setting::Table(declared)), Some(Setting::Table(there))) => declared
            .iter()
            .all(|(key, it)| agrees(Some(it), at(there, key))),
        (declared, there) => declared == there,
    }
}

#[cfg(test)]
mod tests {
    use passport_connector_sdk::detect::{RepositoryFiles, blank, table};

    use super::*;
    use crate::connectors::registry;

    fn descriptor() -> &'static Descriptor {
        let text =
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api, namespace: shop}\n";
        let files: RepositoryFiles = [("a.yaml".to_owned(), text.to_owned())]
            .into_iter()
            .collect();
        let registry = registry();
        let mut found = registry.detect(&files);
        found.next().unwrap().0
    }

    fn recognized(name: &str, namespace: Setting, endpoint: Setting) -> Recognized {
        let scope = table([("namespace", namespace)]);
        let proposal = Proposal::named(name).with("endpoint", endpoint);
        let why = Why {
            file: "a.yaml".to_owned(),
            line: 1,
            what: "an object".to_owned(),
        };
        let proposal = proposal.with("scope", scope);
        (descriptor(), Detected::because([why], proposal).unwrap())
    }

    #[test]
    fn what_both_say_is_proposed_once_with_the_cluster_s_endpoint() {
        let declared = |name, namespace| recognized(name, namespace, blank("the server"));
        let there = |name| recognized(name, "shop".into(), "https://k8s.example.com".into());
        let found = together(
            vec![
                declared("api", "shop".into()),
                declared("api", "other".into()),
                declared("api", blank("its namespace")),
                declared("worker", "shop".into()),
            ],
            vec![there("api"), there("canary")],
        );
        let said = |it: &Found| (it.proposal.name.clone(), it.found_in, it.why.len());
        let said: Vec<_> = found.iter().map(said).collect();
        let wanted = [
            ("api", FoundIn::Repository, 1),
            ("worker", FoundIn::Repository, 1),
            ("api", FoundIn::Both, 3),
            ("canary", FoundIn::Cluster, 1),
        ];
        assert_eq!(
            said,
            wanted.map(|(name, by, why)| (name.to_owned(), by, why))
        );
        let endpoint = at(&found[2].proposal.settings, "endpoint");
        assert_eq!(endpoint, Some(&"https://k8s.example.com".into()));
    }
}
