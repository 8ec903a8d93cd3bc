//! Which of several statements of one kind about one fact counts. Pure.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use passport_evidence::{FactName, Subject};

use super::{kept::Statement, kind::Kind};

/// What counts of the statements of one kind about one fact.
pub struct Chosen<'a> {
    /// One for each digest of the release that there is a statement about; else the best about another
    /// release.
    pub statements: Vec<&'a Statement>,
    /// Whether there is a digest of the release that none is about.
    pub is_part: bool,
}

/// Of each kind and fact what counts: of each digest of this release, or else of any other, one that holds
/// now before one to come, that before one that is over, and then the newest.
pub fn chosen<'a>(
    statements: &'a [Statement],
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Chosen<'a>> {
    let mut best: BTreeMap<(Kind, &FactName), BTreeMap<Option<&str>, &Statement>> = BTreeMap::new();
    for statement in statements {
        let digest = is_about(statement, subject).then_some(statement.release.as_str());
        let of_fact = best.entry((statement.kind, &statement.fact)).or_default();
        let rank = |it: &Statement| (stage(it, now), it.created_at);
        match of_fact.get(&digest) {
            Some(known) if rank(known) > rank(statement) => {}
            // Of two that are alike in all of this, one that does not stand decides.
            Some(known) if rank(known) == rank(statement) && !known.is_active(now) => {}
            Some(_) | None => drop(of_fact.insert(digest, statement)),
        }
    }
    let digests: BTreeSet<&str> = digests(subject).map(String::as_str).collect();
    let counts = |mut of_fact: BTreeMap<Option<&str>, &'a Statement>| {
        let other = of_fact.remove(&None);
        let is_part = !of_fact.is_empty() && of_fact.len() < digests.len();
        let ours: Vec<_> = of_fact.into_values().collect();
        Chosen {
            statements: match ours.is_empty() {
                true => other.into_iter().collect(),
                false => ours,
            },
            is_part,
        }
    };
    best.into_values().map(counts).collect()
}

fn digests(subject: Option<&Subject>) -> impl Iterator<Item = &String> {
    subject.into_iter().flat_map(|it| &it.artifact_digests)
}

/// Whether it is about what is being released.
pub fn is_about(statement: &Statement, subject: Option<&Subject>) -> bool {
    digests(subject).any(|it| *it == statement.release)
}

fn stage(statement: &Statement, now: DateTime<Utc>) -> u8 {
    match (statement.has_begun(now), now < statement.expires_at) {
        (true, true) => 2,
        (false, _) => 1,
        (true, false) => 0,
    }
}
