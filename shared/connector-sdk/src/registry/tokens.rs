//! Tokens that two sources share.

use std::collections::BTreeMap;

use passport_evidence::{Problem, SourceId};

use super::Source;

/// Senders that can't name a source are told apart by their token alone: one token for two sources
/// would let the first take what is meant for the other. With a secret that is kept apart they could
/// speak for another scope than their own.
pub(super) fn shared_tokens(sources: &[Source]) -> Vec<(SourceId, Problem)> {
    let mut seen = BTreeMap::new();
    let repeats = |source: &&Source| {
        let selects = source.kept_apart.is_none();
        let mut repeats = false;
        for secret in &source.secrets {
            let key = (source.descriptor.id, secret.reference().clone());
            let other = seen.insert(key, source.id.scope.clone());
            repeats |= other.is_some_and(|scope| selects || scope != source.id.scope);
        }
        repeats
    };
    let problem = |source: &Source| {
        let (path, reason) = match source.kept_apart {
            None => (
                "credential",
                "is the token of another source too, and the token selects the source",
            ),
            Some(path) => (path, "is a secret of a source of another scope too"),
        };
        let problem = Problem::new(path, reason, "give each source a token of its own");
        (source.id.clone(), problem)
    };
    sources
        .iter()
        .filter(|source| source.kept_apart.is_some() || !source.connects())
        .filter(repeats)
        .map(problem)
        .collect()
}
