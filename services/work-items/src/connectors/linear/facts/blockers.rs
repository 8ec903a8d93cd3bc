//! Whether open issues block this one. Pure.

use std::collections::BTreeSet;

use passport_evidence::{Fact, Limits, Quantity, Reason};

use super::{BLOCKERS, state, threshold};
use crate::connectors::linear::{
    model::{Issue, Relation},
    wanted::Wanted,
};

/// Relations that don't block ("IssueRelationType").
const OTHERS: [&str; 3] = ["duplicate", "related", "similar"];

/// The fact.
pub fn fact(issue: &Issue, wanted: &Wanted) -> Fact {
    let limits = Limits {
        threshold: threshold(&BLOCKERS, wanted),
        warn_threshold: None,
    };
    let relations = match issue.inverse_relations.required() {
        Ok(relations) => relations,
        Err(reason) => return Fact::unknown(BLOCKERS, reason).wanting(limits.threshold),
    };
    let mut open = BTreeSet::new();
    let mut doubts = Vec::new();
    for relation in &relations.nodes {
        match blocks(relation) {
            Ok(true) => drop(open.insert(relation.issue.id.as_str())),
            Ok(false) => {}
            Err(reason) => doubts.push(reason),
        }
    }
    if relations.info.has_next_page {
        doubts.push(Reason::Incomplete);
    }
    let count = Quantity::count(open.len() as u64);
    let fact = Fact::measured(BLOCKERS, count.into(), &limits);
    doubts.into_iter().fold(fact, Fact::doubt)
}

/// Whether the other issue is open, and blocks this one.
fn blocks(relation: &Relation) -> Result<bool, Reason> {
    let is_open = state::is_open(&relation.issue.state.kind);
    match relation.kind.as_str() {
        "blocks" => is_open,
        kind if OTHERS.contains(&kind) => Ok(false),
        // It may block.
        _ => match is_open {
            Ok(false) => Ok(false),
            Ok(true) | Err(_) => Err(Reason::UnrecognizedState),
        },
    }
}
