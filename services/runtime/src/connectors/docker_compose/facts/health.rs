//! How the containers are: the worst of them.

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{Fact, Meaning, Reason, StateTable, freshness::SKEW};

use super::{CONTAINER_HEALTH, condition::Condition};
use crate::connectors::docker_compose::{
    client::Member,
    model::Container,
    settings::{ServiceKind, Wanted},
};

const BAD: Meaning = Meaning::Failed(Reason::BadState);
const UNDER_WAY: Meaning = Meaning::Pending(Reason::InProgress);

/// Of services that stay up.
const LASTING: StateTable = StateTable::new(&[
    ("healthy", Meaning::Passed),
    ("created", UNDER_WAY),
    ("starting", UNDER_WAY),
    ("removing", UNDER_WAY),
    ("ended_just_now", UNDER_WAY),
    ("running", Meaning::Unknown(Reason::NotConfigured)),
    ("unhealthy", BAD),
    ("paused", BAD),
    ("restarting", BAD),
    ("exited", BAD),
    ("dead", BAD),
]);

/// Of those of them that are known to have no health check.
const UNCHECKED: StateTable =
    StateTable::new(&[("running", Meaning::Warning(Reason::NotConfigured))]);

/// Of services that are to end: while they run nothing is decided.
const ENDING: StateTable = StateTable::new(&[
    ("completed", Meaning::Passed),
    ("ended_just_now", UNDER_WAY),
    ("created", UNDER_WAY),
    ("starting", UNDER_WAY),
    ("healthy", UNDER_WAY),
    ("running", UNDER_WAY),
    ("removing", UNDER_WAY),
    ("unhealthy", BAD),
    ("paused", BAD),
    ("restarting", BAD),
    ("exited", BAD),
    ("dead", BAD),
]);

/// What the engine takes where a health check names no interval, or no timeout.
const DEFAULT_NANOSECONDS: i64 = 30_000_000_000;
/// Runs of a health check that may be missed.
const INTERVALS: i64 = 3;

/// The fact, over all containers.
pub fn fact(members: &[Member], wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let parts: Vec<_> = members.iter().map(|it| part(it, wanted, now)).collect();
    Fact::fold(CONTAINER_HEALTH, &parts)
}

/// When the fact is of, of containers that were seen at a moment. What is to end says how it ended and nothing
/// of now: that is as old as its end, and without a time of its end of no time at all.
pub fn as_of(
    members: &[Member],
    wanted: &Wanted,
    now: DateTime<Utc>,
    seen_at: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let seen = members.iter().filter_map(|it| it.seen.as_ref().ok());
    let ended = seen.map(|(it, _)| it).filter(|it| {
        wanted.kind == ServiceKind::OneShot
            && Condition::of(it, wanted.kind, now) == Ok(Condition::Completed)
    });
    let ends: Option<Vec<_>> = ended.map(Container::ended_at).collect();
    Some(ends?.into_iter().min().unwrap_or(seen_at))
}

fn part(member: &Member, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let (container, _) = match &member.seen {
        Ok(seen) => seen,
        Err(reason) => return Fact::unknown(CONTAINER_HEALTH, *reason),
    };
    let condition = match Condition::of(container, wanted.kind, now) {
        Ok(condition) => condition,
        Err(reason) => return Fact::unknown(CONTAINER_HEALTH, reason),
    };
    let table = match (wanted.kind, condition) {
        (ServiceKind::OneShot, _) => &ENDING,
        (ServiceKind::LongRunning, Condition::Unchecked) if !wanted.requires_healthcheck => {
            &UNCHECKED
        }
        (ServiceKind::LongRunning, _) => &LASTING,
    };
    let fact = Fact::state(CONTAINER_HEALTH, condition.as_str(), table);
    let is_timeless = condition == Condition::Completed && container.ended_at().is_none();
    let doubt = match condition == Condition::Healthy {
        true => out_of_date(container, now),
        false => is_timeless.then_some(Reason::NoTime),
    };
    match doubt {
        Some(reason) => fact.doubt(reason),
        None => fact,
    }
}

/// Why the verdict of the health check is not of now. It stays the last one where the check hangs.
fn out_of_date(container: &Container, now: DateTime<Utc>) -> Option<Reason> {
    let health = container.state.health.as_ref();
    let log = health.and_then(|it| it.log.as_ref());
    let newest = log.and_then(|it| it.iter().filter_map(|run| run.end).max());
    let Some(newest) = newest else {
        return Some(Reason::NoData);
    };
    let age = now.signed_duration_since(newest);
    if age < -SKEW {
        return Some(Reason::Future);
    }
    (age > longest_pause(container)).then_some(Reason::Stale)
}

fn longest_pause(container: &Container) -> TimeDelta {
    let check = container.config.as_ref();
    let check = check.and_then(|it| it.healthcheck.as_ref());
    let or_default = |it: Option<i64>| it.filter(|it| *it > 0).unwrap_or(DEFAULT_NANOSECONDS);
    let interval = or_default(check.and_then(|it| it.interval));
    let timeout = or_default(check.and_then(|it| it.timeout));
    TimeDelta::nanoseconds(interval.saturating_mul(INTERVALS).saturating_add(timeout))
}
