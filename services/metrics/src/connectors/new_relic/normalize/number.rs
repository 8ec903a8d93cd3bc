//! What rows mean.

use bigdecimal::{BigDecimal, ToPrimitive as _};
use chrono::{DateTime, Utc};
use passport_connector_sdk::query::{Reading, Sample, Volume};
use passport_evidence::{Fact, Reason, Status, freshness::SKEW};

use super::Seen;
use crate::connectors::new_relic::{
    answer::{
        Answer,
        rows::{self, Row, Rows as Answered},
    },
    nrql::Rows,
    query::Number,
};

/// A row that was understood.
#[derive(Clone, PartialEq)]
struct Read {
    sample: Sample,
    /// Events behind it.
    events: BigDecimal,
    /// When the newest of them was, or its bucket ended.
    time: Option<DateTime<Utc>>,
}

/// The fact of a number.
pub fn fact(query: &Number, seen: Seen<'_>) -> Fact {
    match reads(query, seen) {
        Ok((reads, partial)) => judged(query, reads, partial, seen),
        Err(reason) => query.asked.unknown(reason),
    }
}

/// The rows that count, and why something may be missing.
fn reads(query: &Number, seen: Seen<'_>) -> Result<(Vec<Read>, Option<Reason>), Reason> {
    let Answer::Rows(answered) = seen.answer(&query.ask)? else {
        return Err(Reason::UnexpectedShape);
    };
    let reads = match query.rows {
        Rows::One | Rows::Groups(_) => {
            let each = answered.results.iter().map(|row| read(row, query));
            each.collect::<Result<_, _>>()?
        }
        Rows::Buckets => newest(answered, query, seen.now)?.into_iter().collect(),
    };
    let cut = match query.rows {
        Rows::Groups(limit) => answered.are_cut(limit),
        Rows::One | Rows::Buckets => false,
    };
    let partial = answered.are_partial(query.window, seen.now.timestamp_millis());
    let partial = match (partial, cut) {
        (true, _) => Some(Reason::PartialResponse),
        (false, true) => Some(Reason::Incomplete),
        (false, false) => None,
    };
    Ok((reads, partial))
}

/// A row without events has no value, whatever stands there.
fn read(row: &Row, query: &Number) -> Result<Read, Reason> {
    let value = Sample::of_json(row.value(query.percentile.as_deref())?);
    let events = rows::count(row.number("n")?);
    let time = row.number("ts")?.and_then(|it| time(it.as_f64()?));
    let sample = match events > 0 {
        true => value,
        false => Sample::Missing,
    };
    Ok(Read {
        sample,
        events,
        time,
    })
}

/// The newest bucket that is over and has a value; its newest event is its time. One that is twice there and not the same
/// is ambiguous.
fn newest(answered: &Answered, query: &Number, now: DateTime<Utc>) -> Result<Option<Read>, Reason> {
    let mut best: Option<(DateTime<Utc>, Read)> = None;
    for row in &answered.results {
        let end = row
            .number("endTimeSeconds")?
            .ok_or(Reason::UnexpectedShape)?;
        let end = end.as_f64().and_then(|it| time(it * 1_000.0));
        let end = end.ok_or(Reason::UnexpectedShape)?;
        let mut bucket = read(row, query)?;
        if end > now || bucket.sample == Sample::Missing {
            continue;
        }
        // A wide bucket may hold nothing newer than its first minutes.
        bucket.time = Some(bucket.time.map_or(end, |newest| newest.min(end)));
        match &best {
            Some((last, best)) if *last == end && *best != bucket => {
                return Err(Reason::Ambiguous);
            }
            Some((last, _)) if *last >= end => {}
            Some(_) | None => best = Some((end, bucket)),
        }
    }
    Ok(best.map(|(_, bucket)| bucket))
}

/// Groups with too few events can't be judged: they matter only where no other breaches.
fn judged(query: &Number, reads: Vec<Read>, partial: Option<Reason>, seen: Seen<'_>) -> Fact {
    let few = |read: &Read| {
        let least = query.min_volume.as_ref();
        read.sample != Sample::Missing && least.is_some_and(|least| read.events < *least)
    };
    let (few, enough): (Vec<_>, Vec<_>) = reads.into_iter().partition(few);
    let of = |reads: &[Read]| {
        let reading = reading(reads, partial, seen.now);
        query.asked.judge(&reading, seen.max_age, seen.now)
    };
    if few.is_empty() {
        return of(&enough);
    }
    let fact = of(&enough);
    match (fact.status(), query.rows) {
        (Status::Failed, Rows::Groups(_)) => fact,
        _ => query.asked.unknown(Reason::InsufficientSample),
    }
}

/// As old as the oldest row that has a value; one that lies ahead of the clock is not hidden behind it.
fn reading(reads: &[Read], partial: Option<Reason>, now: DateTime<Utc>) -> Reading {
    let with_value = reads.iter().filter(|it| it.sample != Sample::Missing);
    let times: Option<Vec<_>> = with_value.map(|it| it.time).collect();
    Reading {
        samples: reads.iter().map(|it| it.sample.clone()).collect(),
        time: times.and_then(|times| {
            let ahead = times.iter().find(|time| **time > now + SKEW);
            ahead.or(times.iter().min()).copied()
        }),
        volume: Volume::NotAsked,
        absent_is_zero: false,
        partial,
    }
}

/// Unix milliseconds.
fn time(millis: f64) -> Option<DateTime<Utc>> {
    let whole = millis.round();
    match whole.abs() < 1e15 {
        true => DateTime::from_timestamp_millis(whole.to_i64()?),
        false => None,
    }
}
