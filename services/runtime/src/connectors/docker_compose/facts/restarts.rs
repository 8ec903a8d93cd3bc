//! How often containers were restarted lately. The engine counts restarts by policy since a container was
//! last started by hand, and tells when it was last started at all.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason, Status};

use super::RECENT_RESTARTS;
use crate::{
    connectors::docker_compose::{client::Member, model::Container, settings::Wanted},
    restarts::Bounds,
};

/// The fact, over all containers.
pub fn fact(members: &[Member], wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let begins = now - wanted.restart_window.as_delta();
    let mut sum = Bounds::default();
    let mut missing = members.is_empty().then_some(Reason::NoData);
    for member in members {
        let found = match &member.seen {
            Ok((container, _)) => restarts(container, begins).ok_or(Reason::NoData),
            Err(reason) => Err(*reason),
        };
        match found {
            Ok(bounds) => sum.add(bounds),
            Err(reason) => missing = missing.or(Some(reason)),
        }
    }
    let fact = sum.judge(RECENT_RESTARTS, &wanted.restarts);
    match (missing, fact.status()) {
        (None, _) | (Some(_), Status::Failed) => fact,
        (Some(reason), _) => {
            Fact::unknown(RECENT_RESTARTS, reason).wanting(fact.threshold().cloned())
        }
    }
}

/// Of one container since a moment; `None` where it is not counted.
fn restarts(container: &Container, begins: DateTime<Utc>) -> Option<Bounds> {
    let count = container.restart_count?;
    let [low, high] = match container.state.started_at {
        _ if count == 0 => [0, 0],
        Some(started) if started >= begins => [1, count],
        Some(_) => [0, 0],
        None => [0, count],
    };
    Some(Bounds { low, high })
}
