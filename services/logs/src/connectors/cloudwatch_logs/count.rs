//! What queries over log lines mean. Pure.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    Object,
    query::{self, Asked, Reading, Sample, Volume},
    redaction::excerpts,
};
use passport_evidence::{Excerpts, Fact, MaxAge, Reason, Subject, quantity::parse_number};

use super::{
    ask::{Answers, Ask, Lines, Stretch, Told},
    lines::Open,
    model::{Cell, QueryResults},
};

/// A count of lines.
#[derive(Debug, Clone)]
pub struct Counted {
    sample: Sample,
    /// Time of the newest line of the scope.
    newest: DateTime<Utc>,
    is_whole: bool,
    excerpts: Excerpts,
}

/// How many lines there are, if a line of the scope shows that any arrive.
pub fn counted(
    lines: &Lines,
    answers: &Answers,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Result<Counted, Open> {
    let (sample, is_whole, shown) = match told(answers, &lines.own)? {
        Told::Ran(ran) => {
            let results = ran.complete()?;
            let rows = rows(results)?;
            let sample = match lines.excerpts {
                0 => of_stats(rows)?,
                _ => matched(results, rows)?,
            };
            (sample, true, shown(lines.excerpts, rows, subject))
        }
        Told::Events(events) => {
            let stretch = stretch(&lines.own)?;
            if !events.times.iter().all(|at| stretch.holds(*at, now)) {
                return Err(Reason::FilterNotApplied.into());
            }
            let count = BigDecimal::from(u64::try_from(events.ids.len()).unwrap_or(u64::MAX));
            let sample = match events.is_whole {
                true => Sample::Number(count),
                false => Sample::AtLeast(count),
            };
            (sample, events.is_whole, Excerpts::default())
        }
        Told::Points(_) | Told::Alarms(_) => return Err(Reason::UnexpectedShape.into()),
    };
    Ok(Counted {
        sample,
        newest: newest(lines, answers, now)?,
        is_whole,
        excerpts: shown,
    })
}

/// The fact of a count.
pub fn fact(
    asked: &Asked,
    counted: Result<Counted, Open>,
    max_age: MaxAge,
    now: DateTime<Utc>,
) -> Fact {
    let counted = match counted {
        Ok(counted) => counted,
        Err(Open::Pending) => return asked.pending(Reason::InProgress),
        Err(Open::Unknown(reason)) => return asked.unknown(reason),
    };
    let reading = Reading {
        samples: vec![counted.sample],
        time: Some(counted.newest),
        // The newest line has shown that there was something to count.
        volume: Volume::Enough,
        absent_is_zero: false,
        partial: (!counted.is_whole).then_some(Reason::Incomplete),
    };
    let fact = asked.judge(&reading, max_age, now);
    let fact = match fact.reason() {
        // What does not decide is so for the pages that were not read.
        Some(Reason::LowerBound) => query::flagged(fact.contradict(Reason::Incomplete)),
        Some(_) | None => fact,
    };
    match fact.value().is_some() {
        true => fact.quoting(counted.excerpts),
        false => fact,
    }
}

fn told<'a>(answers: &'a Answers, ask: &Ask) -> Result<&'a Told, Reason> {
    match answers.0.get(ask) {
        Some(Ok(told)) => Ok(told),
        Some(Err(error)) => Err(error.reason()),
        None => Err(Reason::Unavailable),
    }
}

fn stretch(ask: &Ask) -> Result<Stretch, Reason> {
    match ask {
        Ask::Insights { stretch, .. } | Ask::Events { stretch, .. } => Ok(*stretch),
        Ask::Metric(_) | Ask::Alarm(_) => Err(Reason::UnexpectedShape),
    }
}

/// Time of the newest line of the scope. Without one, silence says nothing.
fn newest(lines: &Lines, answers: &Answers, now: DateTime<Utc>) -> Result<DateTime<Utc>, Open> {
    let Told::Ran(ran) = told(answers, &lines.heartbeat)? else {
        return Err(Reason::UnexpectedShape.into());
    };
    let rows = rows(ran.complete()?)?;
    let row = match rows {
        [] => return Err(Reason::NoData.into()),
        [one] => one,
        [..] => return Err(Reason::Ambiguous.into()),
    };
    match of_stats(rows)? {
        Sample::Number(count) if count > 0 => {}
        Sample::Number(count) if count == 0 => return Err(Reason::NoData.into()),
        Sample::Number(_) => return Err(Reason::OutOfDomain.into()),
        Sample::AtLeast(_) | Sample::NotANumber | Sample::Missing => {
            return Err(Reason::NotANumber.into());
        }
    }
    let millis = cell(row, "newest")?.ok_or(Reason::NoTime)?;
    let is_number = !millis.is_empty() && millis.bytes().all(|it| it.is_ascii_digit());
    let at = millis.parse().ok().filter(|_| is_number);
    let at = at.and_then(DateTime::from_timestamp_millis);
    let at = at.ok_or(Reason::NoTime)?;
    match stretch(&lines.heartbeat)?.holds(at, now) {
        true => Ok(at),
        false => Err(Reason::FilterNotApplied.into()),
    }
}

type Row = Vec<Object<Cell>>;

fn rows(results: &QueryResults) -> Result<&[Row], Reason> {
    let rows = results.results.as_deref();
    rows.ok_or(Reason::UnexpectedShape)
}

/// The count of a `stats` command, which gives no row for no lines.
fn of_stats(rows: &[Row]) -> Result<Sample, Reason> {
    match rows {
        [] => Ok(Sample::Number(0.into())),
        [row] => {
            let text = cell(row, "n")?.ok_or(Reason::UnexpectedShape)?;
            Ok(parse_number(text).map_or(Sample::NotANumber, Sample::Number))
        }
        [..] => Err(Reason::Ambiguous),
    }
}

/// The count where rows are lines: as many as matched, since rows are capped.
fn matched(results: &QueryResults, rows: &[Row]) -> Result<Sample, Reason> {
    let statistics = results.statistics.as_ref();
    let matched = statistics.and_then(|it| it.0.records_matched.as_ref());
    let sample = Sample::of_json(Some(matched.ok_or(Reason::UnexpectedShape)?));
    let seen = BigDecimal::from(u64::try_from(rows.len()).unwrap_or(u64::MAX));
    match &sample {
        Sample::Number(count) if *count < seen => Err(Reason::Contradictory),
        Sample::Number(_) | Sample::AtLeast(_) | Sample::NotANumber | Sample::Missing => Ok(sample),
    }
}

/// The value of a field of a row; `None`: it has none.
fn cell<'a>(row: &'a Row, field: &str) -> Result<Option<&'a str>, Reason> {
    let cells = row.iter().map(|it| &it.0);
    let mut cells = cells.filter(|it| it.field.as_deref() == Some(field));
    match (cells.next(), cells.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => Ok(one.value.as_deref()),
        (Some(_), Some(_)) => Err(Reason::Ambiguous),
    }
}

fn shown(wanted: u32, rows: &[Row], subject: Option<&Subject>) -> Excerpts {
    let texts = rows.iter().filter_map(|row| cell(row, "@message").ok()?);
    let wanted = usize::try_from(wanted).unwrap_or_default();
    excerpts(texts.take(wanted), subject)
}
