//! Which of several statements of one kind about one fact counts. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_evidence::{FactName, Subject};

use super::{kept::Statement, kind::Kind};

/// Of each kind and fact the one that counts: one about this release before one about another, one
/// that holds now before one to come, that before one that is over, and then the newest.
pub fn chosen<'a>(
    statements: &'a [Statement],
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<&'a Statement> {
    let mut best: BTreeMap<(Kind, &FactName), &Statement> = BTreeMap::new();
    for statement in statements {
        let rank = |it: &Statement| (is_about(it, subject), stage(it, now), it.created_at);
        let place = (statement.kind, &statement.fact);
        match best.get(&place) {
            Some(known) if rank(known) > rank(statement) => {}
            // Of two that are alike in all of this, one that does not stand decides.
            Some(known) if rank(known) == rank(statement) && !known.is_active(now) => {}
            Some(_) | None => drop(best.insert(place, statement)),
        }
    }
    best.into_values().collect()
}

/// Whether it is about what is being released.
pub fn is_about(statement: &Statement, subject: Option<&Subject>) -> bool {
    let digests = subject.map(|it| it.artifact_digests.as_slice());
    digests.is_some_and(|all| all.contains(&statement.release))
}

fn stage(statement: &Statement, now: DateTime<Utc>) -> u8 {
    match (statement.has_begun(now), now < statement.expires_at) {
        (true, true) => 2,
        (false, _) => 1,
        (true, false) => 0,
    }
}
