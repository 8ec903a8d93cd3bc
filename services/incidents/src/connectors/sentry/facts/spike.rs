//! Whether there are more errors than there were. Pure.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use passport_evidence::{
    Fact, Limits, Meaning, Quantity, Reason, StateTable, Status, Unit, quantity::from_f64,
};

use super::{ERROR_SPIKE, Judged, issues::Seen, threshold, unknown};
use crate::connectors::sentry::{
    model::{Bucket, Timeseries},
    pull::{self, Read},
};

/// Length of a bucket, in milliseconds.
const STEP: i64 = 300_000;
/// What the ends of a series may be off by, in milliseconds: they are rounded.
const SLACK: i64 = STEP * 2;
/// Newest buckets that may still be filled.
const MAX_OPEN: usize = 2;
const PARTIAL: &str = "partial";

/// What is no ratio, or outweighs it.
const STATES: StateTable = StateTable::new(&[
    ("over_cap", Meaning::Failed(Reason::ThresholdMissed)),
    ("from_nothing", Meaning::Warning(Reason::ThresholdMissed)),
]);

/// The fact: events of the window over those that they are compared with, of as many buckets.
pub fn fact(
    now: &Read<Object<Timeseries>>,
    before: &Read<Object<Timeseries>>,
    judged: Judged<'_>,
    seen: Seen,
) -> Fact {
    let unknown = |reason| unknown(ERROR_SPIKE, judged.wanted, reason);
    let current = match buckets(now).and_then(|it| current(it, judged)) {
        Ok(current) => current,
        Err(reason) => return unknown(reason),
    };
    let events = match sum(current) {
        Ok(events) => events,
        Err(reason) => return unknown(reason),
    };
    if events > judged.wanted.cap {
        return state("over_cap", &events, judged);
    }
    let baseline = buckets(before).and_then(|it| baseline(it, current.len(), judged));
    match baseline.and_then(sum) {
        Ok(baseline) => compare(events, baseline, judged, seen),
        Err(reason) => unknown(reason),
    }
}

fn compare(events: BigDecimal, baseline: BigDecimal, judged: Judged<'_>, seen: Seen) -> Fact {
    let zero = BigDecimal::from(0);
    let ratio = match (events > zero, baseline > zero) {
        (true, true) => events / baseline,
        (true, false) if events > judged.wanted.min_events => {
            return state("from_nothing", &events, judged);
        }
        (true, false) => return unknown(ERROR_SPIKE, judged.wanted, Reason::BaselineMissing),
        (false, _) => zero,
    };
    let limits = Limits {
        threshold: threshold(&ERROR_SPIKE, judged.wanted),
        warn_threshold: None,
    };
    let is_silent = ratio == 0 && !seen.is_alive;
    let fact = Fact::measured(
        ERROR_SPIKE,
        Quantity::new(ratio, Unit::Count).into(),
        &limits,
    );
    let fact = match seen.is_lossy {
        true => fact.doubt(Reason::Incomplete),
        false => fact,
    };
    match is_silent {
        true => fact.doubt(Reason::NoData),
        false => fact,
    }
}

/// Of events that were compared with nothing. The number is no ratio, and shown as such.
fn state(word: &str, events: &BigDecimal, judged: Judged<'_>) -> Fact {
    let events = Quantity::new(events.clone(), Unit::Count);
    let fact = Fact::state(ERROR_SPIKE, word, &STATES);
    let shown = format!("{} events", events.display(|_| true));
    let fact = match fact.status() {
        Status::Failed | Status::Warning => fact.showing(shown.as_str()),
        Status::Passed | Status::Unknown | Status::Pending | Status::NotApplicable => fact,
    };
    fact.wanting(threshold(&ERROR_SPIKE, judged.wanted))
}

/// Buckets of the only series, one right after another.
fn buckets(read: &Read<Object<Timeseries>>) -> Result<&[Object<Bucket>], Reason> {
    let series = &read.as_ref().map_err(|reason| *reason)?.read.time_series;
    let series = match series.as_slice() {
        [] => return Err(Reason::NoData),
        [series] => series,
        [_, _, ..] => return Err(Reason::Ambiguous),
    };
    let scanned = series
        .meta
        .as_ref()
        .and_then(|it| it.data_scanned.as_deref());
    if scanned == Some(PARTIAL) {
        return Err(Reason::PartialResponse);
    }
    let follows = |one: &Object<Bucket>, next: &Object<Bucket>| {
        one.timestamp.checked_add(STEP) == Some(next.timestamp)
    };
    match series.values.is_sorted_by(follows) {
        true => Ok(&series.values),
        false => Err(Reason::Incomplete),
    }
}

/// The buckets of the window that will not grow any more, if they cover it.
fn current<'a>(
    all: &'a [Object<Bucket>],
    judged: Judged<'_>,
) -> Result<&'a [Object<Bucket>], Reason> {
    let open = all.iter().rev().take_while(|it| it.incomplete).count();
    let closed = all.get(..all.len() - open).unwrap_or_default();
    let from = judged.now - judged.wanted.span.as_delta();
    let is_covered = covers(all, from, judged.now);
    match open <= MAX_OPEN && is_covered && !closed.is_empty() {
        true => Ok(closed),
        false => Err(Reason::Incomplete),
    }
}

/// Whether the buckets reach from one moment to the other, but for a bucket or two at the ends.
fn covers(all: &[Object<Bucket>], from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
    let (Some(first), Some(last)) = (all.first(), all.last()) else {
        return false;
    };
    let ends = last.timestamp.saturating_add(STEP);
    first.timestamp <= from.timestamp_millis() + SLACK && ends >= to.timestamp_millis() - SLACK
}

/// As many buckets as the window has, from the beginning, if they are of the time that was asked for.
fn baseline<'a>(
    all: &'a [Object<Bucket>],
    count: usize,
    judged: Judged<'_>,
) -> Result<&'a [Object<Bucket>], Reason> {
    let (from, to) = pull::baseline(judged.wanted, judged.now);
    let is_before = all
        .first()
        .is_some_and(|it| it.timestamp >= from.timestamp_millis() - SLACK)
        && all
            .last()
            .is_some_and(|it| it.timestamp <= to.timestamp_millis() + SLACK);
    if !is_before || !covers(all, from, to) {
        return Err(Reason::BaselineMissing);
    }
    // The ends of both windows are rounded, by a bucket at most.
    let least = count.saturating_sub(1);
    match all.get(..count.min(all.len())) {
        Some(found) if found.len() >= least && !found.is_empty() => Ok(found),
        Some(_) | None => Err(Reason::BaselineMissing),
    }
}

fn sum(buckets: &[Object<Bucket>]) -> Result<BigDecimal, Reason> {
    let mut all = BigDecimal::from(0);
    for bucket in buckets {
        let value = bucket.value.filter(|_| !bucket.incomplete);
        let value = value.ok_or(Reason::Incomplete)?;
        if value < 0.0 {
            return Err(Reason::OutOfDomain);
        }
        all += from_f64(value).map_err(|_| Reason::NotANumber)?;
    }
    Ok(all)
}
