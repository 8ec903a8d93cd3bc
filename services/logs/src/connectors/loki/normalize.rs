//! What the answers mean. Pure.

use bigdecimal::{BigDecimal, ToPrimitive as _};
use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::{
    CollectError, ReadError,
    query::{self, Reading, Sample, Volume},
};
use passport_evidence::{Fact, MaxAge, Reason, Unit, freshness::SKEW};

use super::{
    answer::{Answer, Data, Line, Point, Series, Stream},
    client::{Answers, Ask, Kind},
    logql::{Absent, Labels},
    query::Query,
    scope::{of_scope, shows_no_other},
};

/// What an answer says, and whether the server warns that something may be missing.
#[derive(Debug)]
pub struct Seen {
    reading: Reading,
    warned: bool,
}

/// Numbers, and the oldest moment that one of them is of.
type Numbers = (Vec<Sample>, Option<DateTime<Utc>>);

/// The failure of the whole source.
pub fn failure(queries: &[Query], answers: &Answers) -> Result<(), CollectError> {
    let own = |query: &Query| answers.get(&query.ask)?.as_ref().err().copied();
    let all = answers.values().filter_map(|it| it.as_ref().err().copied());
    query::failure(queries.iter().map(own), all)
}

/// The time of the scope's newest line; `None`: it has none.
pub fn heartbeat(
    answers: &Answers,
    ask: &Ask,
    labels: &Labels,
) -> Result<Option<DateTime<Utc>>, Reason> {
    let Data::Streams(streams) = &answer(answers, ask)?.data else {
        return Err(Reason::UnexpectedShape);
    };
    of_scope(streams.iter().map(|it| &it.labels), labels)?;
    Ok(all_lines(streams).max().map(|Line(at)| at))
}

/// What the answer to a query says, beside the heartbeat.
pub fn reading(
    query: &Query,
    answers: &Answers,
    heartbeat: Result<Option<DateTime<Utc>>, Reason>,
    labels: &Labels,
    now: DateTime<Utc>,
) -> Result<Seen, Reason> {
    let main = answer(answers, &query.ask)?;
    let (mut samples, moment) = numbers(&query.ask, &main.data, labels, now)?;
    let newest = heartbeat?.ok_or(Reason::NoData)?;
    if main.warned && query.asked.unit == Unit::Count {
        samples = samples.into_iter().map(at_least).collect();
    }
    let reading = Reading {
        samples,
        time: Some(earliest(newest, moment, now)),
        // The heartbeat has shown that there was something to count.
        volume: Volume::Enough,
        absent_is_zero: is_zero(query.absent, newest, now),
        partial: main.warned.then_some(Reason::PartialResponse),
    };
    Ok(Seen {
        reading,
        warned: main.warned,
    })
}

/// The fact that a query gives.
pub fn fact(
    query: &Query,
    seen: Result<Seen, Reason>,
    max_age: MaxAge,
    now: DateTime<Utc>,
) -> Fact {
    match seen {
        Err(reason) => query.asked.unknown(reason),
        Ok(seen) => {
            let fact = query.asked.judge(&seen.reading, max_age, now);
            if seen.warned {
                query::flagged(fact)
            } else {
                fact
            }
        }
    }
}

fn answer<'a>(answers: &'a Answers, ask: &Ask) -> Result<&'a Answer, Reason> {
    match answers.get(ask) {
        Some(Ok(answer)) => Ok(answer),
        Some(Err(error)) => Err(error.reason()),
        None => Err(ReadError::Unreachable.reason()),
    }
}

fn numbers(ask: &Ask, data: &Data, labels: &Labels, now: DateTime<Utc>) -> Result<Numbers, Reason> {
    match (ask.kind, data) {
        (Kind::Instant, Data::Vector(series)) => newest(series, labels, now, f64::INFINITY),
        (Kind::Range { step, .. }, Data::Matrix(series)) => {
            newest(series, labels, now, f64::from(step))
        }
        (Kind::Lines { window, limit }, Data::Streams(streams)) => {
            let counted = counted(streams, window, limit, labels, now)?;
            Ok((vec![counted], None))
        }
        (Kind::Instant | Kind::Range { .. } | Kind::Lines { .. }, _) => {
            Err(Reason::UnexpectedShape)
        }
    }
}

/// The newest point of each series, if it is of the last step. A series without one is absent now.
fn newest(
    series: &[Series],
    labels: &Labels,
    now: DateTime<Utc>,
    step: f64,
) -> Result<Numbers, Reason> {
    shows_no_other(series.iter().map(|it| &it.labels), labels)?;
    let points: Vec<_> = series.iter().flat_map(|it| &it.points).collect();
    let end = seconds(now);
    // Points are stamped to the millisecond at best, and to the second by some.
    if points.iter().any(|point| point.at > end + 1.0) {
        return Err(Reason::FilterNotApplied);
    }
    let of_series = |series: &Series| -> Option<Point> {
        let last = series.points.iter().max_by(|a, b| a.at.total_cmp(&b.at));
        last.filter(|point| point.at > end - step).cloned()
    };
    let last: Vec<_> = series.iter().filter_map(of_series).collect();
    let oldest = last.iter().map(|point| point.at).min_by(f64::total_cmp);
    let oldest = match oldest {
        Some(oldest) => Some(time(oldest).ok_or(Reason::UnexpectedShape)?),
        None => None,
    };
    Ok((last.into_iter().map(sample).collect(), oldest))
}

/// As many lines as were asked for are a lower bound.
fn counted(
    streams: &[Stream],
    window: u32,
    limit: u32,
    labels: &Labels,
    now: DateTime<Utc>,
) -> Result<Sample, Reason> {
    of_scope(streams.iter().map(|it| &it.labels), labels)?;
    let start = now - TimeDelta::seconds(window.into());
    if all_lines(streams).any(|Line(at)| at < start || at > now + SKEW) {
        return Err(Reason::FilterNotApplied);
    }
    let count = all_lines(streams).count();
    let number = BigDecimal::from(u64::try_from(count).unwrap_or(u64::MAX));
    Ok(if number < limit {
        Sample::Number(number)
    } else {
        Sample::AtLeast(number)
    })
}

fn all_lines(streams: &[Stream]) -> impl Iterator<Item = Line> {
    streams
        .iter()
        .flat_map(|stream| stream.lines.iter().copied())
}

fn sample(point: Point) -> Sample {
    point.number.map_or(Sample::NotANumber, Sample::Number)
}

fn at_least(sample: Sample) -> Sample {
    match sample {
        Sample::Number(number) => Sample::AtLeast(number),
        Sample::AtLeast(_) | Sample::NotANumber | Sample::Missing => sample,
    }
}

fn is_zero(absent: Absent, newest: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    match absent {
        Absent::Zero => true,
        Absent::ZeroIfLinesWithin { seconds } => newest > now - TimeDelta::seconds(seconds.into()),
        Absent::Nothing => false,
    }
}

/// A number that the server made of an older moment is as old as that; a line that lies ahead of the
/// clock stays as it is, to be refused.
fn earliest(
    newest: DateTime<Utc>,
    moment: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    match moment {
        Some(moment) if newest <= now + SKEW => moment.min(newest),
        Some(_) | None => newest,
    }
}

fn seconds(at: DateTime<Utc>) -> f64 {
    at.timestamp_millis().to_f64().unwrap_or(f64::NAN) / 1_000.0
}

/// Unix seconds with decimals, to the millisecond.
fn time(seconds: f64) -> Option<DateTime<Utc>> {
    let millis = (seconds * 1_000.0).round();
    if millis.abs() < 1e15 {
        DateTime::from_timestamp_millis(millis as i64)
    } else {
        None
    }
}
