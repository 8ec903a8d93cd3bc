//! How many sessions and users were spared a crash. Pure.
//!
//! Here Sentry writes shares from 0 to 1, and in a release's own health percents.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use passport_evidence::{
    Fact, FactName, Limits, Meaning, Quantity, Reason, StateTable, Status, Unit, quantity::from_f64,
};
use serde_json::Value;

use super::{CRASH_FREE_SESSIONS, CRASH_FREE_USERS, Judged, threshold, unknown};
use crate::connectors::sentry::{
    asked::Issues,
    model::{SessionTotals, Sessions},
    pull::{Found, Read},
};

/// No crash at all, beside groups that nobody handled.
const TOO_GOOD: StateTable =
    StateTable::new(&[("too_good", Meaning::Warning(Reason::Contradictory))]);

/// The facts of sessions and of users. They are as old as the end of the window that was answered.
pub fn facts(found: &Found, judged: Judged<'_>, at: DateTime<Utc>) -> [Fact; 2] {
    let end = found.sessions.as_ref().map(|it| it.read.end);
    let at = end.map_or(at, |end| end.min(at));
    let fact = |name: FactName, rate: fn(&SessionTotals) -> &Option<Value>| {
        let fact = match share(&found.sessions, rate, judged.wanted.min_sessions) {
            Ok(share) => judge(name, share, &found.unhandled, judged),
            Err(reason) => unknown(name, judged.wanted, reason),
        };
        fact.observed(Some(at))
    };
    [
        fact(CRASH_FREE_SESSIONS, |it| &it.sessions),
        fact(CRASH_FREE_USERS, |it| &it.users),
    ]
}

/// How many sessions there were.
pub fn count(read: &Read<Object<Sessions>>) -> Result<u64, Reason> {
    match &totals(read)?.count {
        None => Err(Reason::UnexpectedShape),
        Some(Value::Null) => Err(Reason::NoData),
        Some(count) => count.as_u64().ok_or(Reason::UnexpectedShape),
    }
}

fn totals(read: &Read<Object<Sessions>>) -> Result<&SessionTotals, Reason> {
    let sessions = read.as_ref().map_err(|reason| *reason)?;
    match sessions.read.groups.as_slice() {
        [] => Err(Reason::NoData),
        [group] => Ok(&group.totals),
        [_, _, ..] => Err(Reason::Ambiguous),
    }
}

fn share(
    read: &Read<Object<Sessions>>,
    rate: fn(&SessionTotals) -> &Option<Value>,
    least: u64,
) -> Result<BigDecimal, Reason> {
    let rate = rate(totals(read)?);
    match count(read)? {
        0 => return Err(Reason::NoData),
        count if count < least => return Err(Reason::InsufficientSample),
        _ => {}
    }
    let rate = match rate {
        None => return Err(Reason::UnexpectedShape),
        Some(Value::Null) => return Err(Reason::NoData),
        Some(Value::Number(rate)) => rate.as_f64().ok_or(Reason::NotANumber)?,
        Some(Value::String(_)) => return Err(Reason::NotANumber),
        Some(Value::Bool(_) | Value::Array(_) | Value::Object(_)) => {
            return Err(Reason::UnexpectedShape);
        }
    };
    match (0.0..=1.0).contains(&rate) {
        true => from_f64(rate).map_err(|_| Reason::NotANumber),
        false => Err(Reason::OutOfDomain),
    }
}

fn judge(name: FactName, share: BigDecimal, unhandled: &Read<Issues>, judged: Judged<'_>) -> Fact {
    let wanted = threshold(&name, judged.wanted);
    let limits = Limits {
        threshold: wanted.clone(),
        warn_threshold: None,
    };
    let is_perfect = share == 1;
    let percent = Quantity::new(share * BigDecimal::from(100), Unit::Percent);
    let fact = Fact::measured(name.clone(), percent.clone().into(), &limits);
    if !is_perfect || fact.status() != Status::Passed {
        return fact;
    }
    match unhandled {
        Ok(issues) if !issues.read.rows.is_empty() => Fact::state(name, "too_good", &TOO_GOOD)
            .showing(percent)
            .wanting(wanted),
        Ok(issues) if !issues.read.is_whole => fact.doubt(Reason::Incomplete),
        Ok(_) => fact,
        Err(reason) => fact.doubt(*reason),
    }
}
