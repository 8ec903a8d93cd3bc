//! How many containers run.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Limits, Quantity, Reason, Threshold};

use super::{AVAILABLE_REPLICAS, condition::Condition};
use crate::connectors::docker_compose::{
    client::Member,
    settings::{ServiceKind, Wanted},
};

/// Containers by whether they serve.
#[derive(Debug, Default)]
struct Counts {
    serving: u32,
    coming: u32,
    /// Those of which it is not known, and why of the first.
    unknown: u32,
    why: Option<Reason>,
}

/// The fact. Fewer than wanted are pending where others come up, and unknown where others may serve.
pub fn fact(members: &[Member], wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    if wanted.kind == ServiceKind::OneShot {
        return Fact::not_applicable(AVAILABLE_REPLICAS, Reason::Informational);
    }
    let mut counts = Counts::default();
    for member in members {
        counts.add(member, now);
    }
    let shown = Quantity::count(counts.serving.min(wanted.replicas).into());
    let threshold = least(wanted);
    let with = |fact: Fact| fact.showing(shown.clone()).wanting(threshold.clone());
    let [coming, possible] = [counts.coming, counts.coming.saturating_add(counts.unknown)]
        .map(|it| counts.serving.saturating_add(it));
    let is_short = counts.serving < wanted.replicas;
    if is_short && coming >= wanted.replicas {
        return with(Fact::pending(AVAILABLE_REPLICAS, Reason::InProgress));
    }
    if is_short && possible >= wanted.replicas {
        let why = counts.why.unwrap_or(Reason::UnrecognizedState);
        return with(Fact::unknown(AVAILABLE_REPLICAS, why));
    }
    let limits = Limits {
        threshold,
        warn_threshold: None,
    };
    Fact::measured(AVAILABLE_REPLICAS, shown.into(), &limits)
}

fn least(wanted: &Wanted) -> Option<Threshold> {
    format!(">= {}", wanted.replicas).parse().ok()
}

// === impl Counts ===

impl Counts {
    fn add(&mut self, member: &Member, now: DateTime<Utc>) {
        let condition = match &member.seen {
            Ok((container, _)) => Condition::of(container, ServiceKind::LongRunning, now),
            Err(reason) => Err(*reason),
        };
        match condition {
            Ok(Condition::Healthy | Condition::Unchecked) => self.serving += 1,
            Ok(Condition::Created | Condition::Starting | Condition::Due) => self.coming += 1,
            Ok(
                Condition::Unhealthy
                | Condition::Paused
                | Condition::Restarting
                | Condition::Removing
                | Condition::Exited
                | Condition::Completed
                | Condition::Dead,
            ) => {}
            Err(reason) => {
                self.unknown += 1;
                self.why.get_or_insert(reason);
            }
        }
    }
}
