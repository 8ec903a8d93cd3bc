//! What buckets and formulas mean.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_connector_sdk::query::{Reading, Sample, Volume};
use passport_evidence::{Fact, Reason};

use super::Seen;
use crate::connectors::datadog::{
    answer::{
        Answer, scalar,
        series::{self, Newest, Series},
        unit,
    },
    ask::Ask,
    query::Number,
};

/// The number of each series, the oldest time of them, and whether something may be missing.
struct Found {
    samples: Vec<Sample>,
    time: Option<DateTime<Utc>>,
    partial: bool,
}

/// The fact of a number.
pub fn fact(query: &Number, seen: Seen<'_>) -> Fact {
    match reading(query, seen) {
        Ok(reading) => query.asked.judge(&reading, seen.max_age, seen.now),
        Err(reason) => query.asked.unknown(reason),
    }
}

fn reading(query: &Number, seen: Seen<'_>) -> Result<Reading, Reason> {
    let main = match (seen.answer(&query.main)?, &query.main) {
        (Answer::Series(answer), Ask::Series { window, .. }) => {
            of_series(answer, query, window.end(seen.now), seen)?
        }
        (Answer::Scalar(answer), _) => of_scalar(answer, query)?,
        _ => return Err(Reason::UnexpectedShape),
    };
    let probe = query
        .probe
        .as_ref()
        .map(|ask| companion(ask, seen))
        .transpose()?;
    let volume = match &query.volume {
        None => None,
        Some((ask, min)) => Some((companion(ask, seen)?, min)),
    };
    let is_partial = |it: &Companion| it.partial;
    let partial = main.partial
        || probe.as_ref().is_some_and(is_partial)
        || volume.as_ref().is_some_and(|(it, _)| it.partial);
    Ok(Reading {
        time: time(&main, probe.as_ref(), volume.as_ref().map(|(it, _)| it)),
        volume: volume.map_or(Ok(Volume::NotAsked), |(it, min)| enough(&it, min))?,
        samples: main.samples,
        absent_is_zero: query.absent_is_zero,
        partial: partial.then_some(Reason::PartialResponse),
    })
}

/// As old as the oldest thing behind the number. A scalar has the time of its probe alone, and of nothing
/// at all the volume tells when that was seen.
fn time(
    main: &Found,
    probe: Option<&Companion>,
    volume: Option<&Companion>,
) -> Option<DateTime<Utc>> {
    let own = match probe {
        Some(probe) => probe.oldest(),
        None if main.samples.is_empty() => volume.and_then(Companion::oldest),
        None => main.time,
    };
    match volume.and_then(Companion::oldest) {
        Some(volume) => own.map(|own| own.min(volume)),
        None => own,
    }
}

fn of_series(
    answer: &series::Answer,
    query: &Number,
    end: i64,
    seen: Seen<'_>,
) -> Result<Found, Reason> {
    let newest = newest(&answer.series, end, seen)?;
    let mut samples = Vec::new();
    for (series, newest) in answer.series.iter().zip(&newest) {
        let factor = unit::factor(&series.unit, query.unit)?;
        samples.push(match newest {
            Some(newest) => Sample::Number(factor.apply(&newest.number)),
            None => Sample::Missing,
        });
    }
    // Series without any number are no series.
    if samples.iter().all(|it| *it == Sample::Missing) {
        samples.clear();
    }
    Ok(Found {
        samples,
        time: newest.iter().flatten().map(|it| it.at).min(),
        partial: answer.partial,
    })
}

fn newest(all: &[Series], end: i64, seen: Seen<'_>) -> Result<Vec<Option<Newest>>, Reason> {
    let one = |series: &Series| {
        seen.tags.are_all_in(&series.tags())?;
        series.newest(end)
    };
    all.iter().map(one).collect()
}

fn of_scalar(answer: &scalar::Answer, query: &Number) -> Result<Found, Reason> {
    let factor = unit::factor(&answer.unit, query.unit)?;
    let sample = |number: &Option<serde_json::Number>| match Sample::of_json(number.as_ref()) {
        Sample::Number(number) => Sample::Number(factor.apply(&number)),
        other @ (Sample::AtLeast(_) | Sample::NotANumber | Sample::Missing) => other,
    };
    let mut samples: Vec<_> = answer.values.iter().map(sample).collect();
    if samples.iter().all(|it| *it == Sample::Missing) {
        samples.clear();
    }
    Ok(Found {
        samples,
        time: None,
        partial: false,
    })
}

/// The newest whole buckets of a companion.
struct Companion {
    newest: Vec<Option<Newest>>,
    partial: bool,
}

impl Companion {
    /// The oldest of them. Where one series has none, there is none.
    fn oldest(&self) -> Option<DateTime<Utc>> {
        let times: Option<Vec<_>> = self.newest.iter().map(|it| Some(it.as_ref()?.at)).collect();
        times?.into_iter().min()
    }
}

fn companion(ask: &Ask, seen: Seen<'_>) -> Result<Companion, Reason> {
    match (seen.answer(ask)?, ask) {
        (Answer::Series(answer), Ask::Series { window, .. }) => Ok(Companion {
            newest: newest(&answer.series, window.end(seen.now), seen)?,
            partial: answer.partial,
        }),
        _ => Err(Reason::UnexpectedShape),
    }
}

/// The one number of the newest whole bucket.
fn enough(volume: &Companion, min: &BigDecimal) -> Result<Volume, Reason> {
    match volume.newest.as_slice() {
        [] | [None] => Ok(Volume::Nothing),
        [Some(newest)] if newest.number >= *min => Ok(Volume::Enough),
        [Some(_)] => Ok(Volume::TooLittle),
        [..] => Err(Reason::Ambiguous),
    }
}
