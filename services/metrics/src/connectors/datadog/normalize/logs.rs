//! What a count of log lines means, beside the newest line.

use chrono::{DateTime, Utc};
use passport_connector_sdk::query::{self, Asked, Reading, Sample, Volume};
use passport_evidence::{Fact, Reason};

use super::Seen;
use crate::connectors::datadog::{
    answer::{
        Answer,
        logs::{Count, Line},
    },
    ask::Ask,
    scope::Tags,
};

/// What a line calls whose it is, beside its tags.
const SERVICE: &str = "service";

/// The fact of a count.
pub fn fact(asked: &Asked, count: &Ask, newest: &Ask, seen: Seen<'_>) -> Fact {
    match reading(count, newest, seen) {
        Err(reason) => asked.unknown(reason),
        Ok(reading) => {
            let fact = asked.judge(&reading, seen.max_age, seen.now);
            match reading.partial {
                Some(_) => query::flagged(fact),
                None => fact,
            }
        }
    }
}

/// Silence is no health: without a line of the scope a count says nothing, whatever it is.
fn reading(count: &Ask, newest: &Ask, seen: Seen<'_>) -> Result<Reading, Reason> {
    let (Answer::Count(count), Answer::Newest(line)) = (seen.answer(count)?, seen.answer(newest)?)
    else {
        return Err(Reason::UnexpectedShape);
    };
    let line = line.as_ref().ok_or(Reason::NoData)?;
    Ok(Reading {
        samples: vec![sample(count)],
        time: Some(time(line, seen.tags)?),
        // The line has shown that there was something to count.
        volume: Volume::Enough,
        absent_is_zero: false,
        partial: count.partial.then_some(Reason::PartialResponse),
    })
}

/// Of a search that was cut short there may be more.
fn sample(count: &Count) -> Sample {
    match (Sample::of_json(count.number.as_ref()), count.partial) {
        (Sample::Number(least), true) => Sample::AtLeast(least),
        (sample, _) => sample,
    }
}

fn time(line: &Line, tags: &Tags) -> Result<DateTime<Utc>, Reason> {
    let service = line.service.as_ref().map(|it| format!("{SERVICE}:{it}"));
    let shown = service.iter().chain(line.tags.iter().flatten());
    let shown: Vec<_> = shown.map(String::as_str).collect();
    if tags.are_denied_by(&shown) {
        return Err(Reason::FilterNotApplied);
    }
    let time = DateTime::parse_from_rfc3339(&line.timestamp);
    time.map(DateTime::from).map_err(|_| Reason::NoTime)
}
