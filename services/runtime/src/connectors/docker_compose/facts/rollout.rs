//! Whether the containers are of one configuration. An engine knows no rollout: nothing passes here.

use std::collections::BTreeSet;

use passport_evidence::{Fact, Reason};

use super::ROLLOUT_CONDITION;
use crate::connectors::docker_compose::client::Member;

/// The fact.
pub fn fact(members: &[Member], is_recreating: bool) -> Fact {
    let hashes = members.iter().map(|it| it.listed.label("config-hash"));
    let hashes: BTreeSet<_> = hashes.collect();
    if is_recreating || hashes.len() > 1 {
        return Fact::pending(ROLLOUT_CONDITION, Reason::InProgress).showing("mixed");
    }
    if hashes.is_empty() {
        return Fact::unknown(ROLLOUT_CONDITION, Reason::NoData);
    }
    Fact::not_applicable(ROLLOUT_CONDITION, Reason::Informational).showing("uniform")
}
