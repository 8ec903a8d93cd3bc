//! What is released, as others look it up: by digest.

use std::collections::BTreeMap;

use passport_evidence::Subject;
use serde::{Deserialize, Serialize};

use crate::passport::Passport;

/// Algorithms of artifact digests, with the hexadecimal digits of each.
const ARTIFACT: &[(&str, usize)] = &[("sha256", 64), ("sha384", 96), ("sha512", 128)];

/// A thing that a Statement is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    /// The service. What counts is the digest.
    pub name: String,
    /// By algorithm.
    pub digest: BTreeMap<String, String>,
}

/// Everything in the subject that is a digest, in its order: artifacts first, then the revision. A tag or
/// a shortened commit is none.
pub(super) fn resources(passport: &Passport) -> Vec<Resource> {
    let subject = passport.subject.as_ref();
    let named = |(algorithm, digits): (&str, &str)| Resource {
        name: passport.scope.service.to_string(),
        digest: BTreeMap::from([(algorithm.to_owned(), digits.to_owned())]),
    };
    let digests = subject.into_iter().flat_map(digests);
    digests.map(named).collect()
}

fn digests(subject: &Subject) -> impl Iterator<Item = (&str, &str)> {
    let artifacts = subject.artifact_digests.iter();
    let artifacts = artifacts.filter_map(|it| artifact(it));
    artifacts.chain(subject.revision.as_deref().and_then(commit))
}

fn artifact(digest: &str) -> Option<(&str, &str)> {
    let (algorithm, digits) = digest.split_once(':')?;
    let known = ARTIFACT
        .iter()
        .any(|&(name, length)| name == algorithm && is_hex(digits, length));
    known.then_some((algorithm, digits))
}

fn commit(revision: &str) -> Option<(&str, &str)> {
    let is_whole = [40, 64].into_iter().any(|it| is_hex(revision, it));
    is_whole.then_some(("gitCommit", revision))
}

fn is_hex(digits: &str, length: usize) -> bool {
    let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    digits.len() == length && digits.bytes().all(is_digit)
}
