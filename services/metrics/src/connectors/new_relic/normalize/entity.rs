//! What an entity and its issues mean.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_connector_sdk::query::{Asked, AskedState, Reading, Sample, Volume};
use passport_evidence::{Fact, Reason, Status};

use super::Seen;
use crate::connectors::new_relic::{
    answer::{Answer, entity::Entity, issues::Issues},
    client::Ask,
    states,
};

/// Whether an entity is the one that was asked for, of our account, and not labelled as another scope's.
pub fn is_own(entity: &Entity, seen: Seen<'_>) -> bool {
    entity.account_id == seen.account
        && seen.entity == Some(entity.guid.as_str())
        && !seen.scope.are_denied_by(entity.tags())
}

/// The fact of its health.
pub fn health(asked: &AskedState, seen: Seen<'_>) -> Fact {
    match watched(seen) {
        Ok((severity, seen_at)) => asked.judge(severity, &states::SEVERITIES, seen_at),
        Err(reason) => asked.unknown(reason),
    }
}

/// The severity of an entity that reports and that something watches: any other is silent whatever happens.
fn watched(seen: Seen<'_>) -> Result<(&str, DateTime<Utc>), Reason> {
    let Answer::Entity(entity, seen_at) = seen.answer(&Ask::Entity)? else {
        return Err(Reason::UnexpectedShape);
    };
    match entity.reporting {
        Some(true) => {}
        Some(false) => return Err(Reason::Stale),
        None => return Err(Reason::UnexpectedShape),
    }
    match entity.alert_severity.as_deref() {
        None | Some(states::UNWATCHED) => Err(Reason::NotConfigured),
        Some(severity) => Ok((severity, *seen_at)),
    }
}

/// The fact of a count of its open issues. Issues that are there are enough to fail; that there is none is only
/// worth something where there could be one.
pub fn issues(asked: &Asked, seen: Seen<'_>) -> Fact {
    let issues = match counted(seen) {
        Ok(issues) => issues,
        Err(reason) => return asked.unknown(reason),
    };
    let entity = match seen.answer(&Ask::Entity) {
        Ok(_) => watched(seen),
        Err(reason) => return asked.unknown(reason),
    };
    let time = entity.as_ref().ok().map(|(_, seen_at)| *seen_at);
    let fact = asked.judge(&reading(issues, time), seen.max_age, seen.now);
    match entity {
        Err(reason) if fact.status() != Status::Failed => asked.unknown(reason),
        Ok(_) | Err(_) => fact,
    }
}

fn counted(seen: Seen<'_>) -> Result<&Issues, Reason> {
    let Answer::Issues(issues) = seen.answer(&Ask::Issues)? else {
        return Err(Reason::UnexpectedShape);
    };
    let guid = seen.entity.ok_or(Reason::NotConfigured)?;
    match issues.are_of(guid) {
        true => Ok(issues),
        false => Err(Reason::FilterNotApplied),
    }
}

fn reading(issues: &Issues, entity_seen_at: Option<DateTime<Utc>>) -> Reading {
    let count = BigDecimal::from(u64::try_from(issues.count()).unwrap_or(u64::MAX));
    let sample = match issues.cut {
        true => Sample::AtLeast(count),
        false => Sample::Number(count),
    };
    let time = issues.seen_at;
    Reading {
        samples: vec![sample],
        time: time.map(|time| entity_seen_at.map_or(time, |other| other.min(time))),
        volume: Volume::NotAsked,
        absent_is_zero: false,
        partial: None,
    }
}
