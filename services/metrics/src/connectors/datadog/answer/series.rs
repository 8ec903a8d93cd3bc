//! Buckets of series, after the schema `MetricsQueryResponse` of Datadog.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, ReadError, query::Sample};
use passport_evidence::Reason;
use serde::Deserialize;
use serde_json::Number;

use super::unit::Units;

/// What is said where everything is well.
const WELL: [&str; 2] = ["", "success"];

/// Series, and whether something may be missing.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The series.
    pub series: Vec<Series>,
    /// Whether there is a message.
    pub partial: bool,
}

/// One series.
#[derive(Debug, Clone, Deserialize)]
pub struct Series {
    /// The tags that it is of, with commas between them.
    pub scope: String,
    /// Seconds of a bucket. The schema says milliseconds, and every example seconds.
    interval: f64,
    /// Unit of its numbers.
    #[serde(default)]
    pub unit: Units,
    /// Beginning of each bucket in Unix milliseconds, and its number.
    pointlist: Vec<(f64, Option<Number>)>,
}

/// The newest bucket that is over and has a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Newest {
    /// Its beginning.
    pub at: DateTime<Utc>,
    /// Its number.
    pub number: BigDecimal,
}

#[derive(Deserialize)]
struct Envelope {
    status: String,
    series: Option<Vec<Object<Series>>>,
    message: Option<String>,
    error: Option<String>,
}

/// Reads the answer to a metric query.
pub fn parse(body: &[u8]) -> Result<Answer, ReadError> {
    let envelope: Envelope = super::object(body)?;
    match envelope.status.as_str() {
        "ok" => {}
        "error" => return Err(ReadError::Rejected),
        _ => return Err(ReadError::Shape),
    }
    let said = |text: Option<String>| text.is_some_and(|it| !WELL.contains(&it.as_str()));
    let series = envelope.series.ok_or(ReadError::Shape)?;
    Ok(Answer {
        series: series.into_iter().map(|Object(it)| it).collect(),
        partial: said(envelope.message) || said(envelope.error),
    })
}

impl Series {
    /// The tags that it is of.
    pub fn tags(&self) -> Vec<&str> {
        self.scope.split(',').map(str::trim).collect()
    }

    /// The newest bucket that is over at a moment, in Unix seconds, and has a number. A bucket that is
    /// twice there with different numbers is ambiguous.
    pub fn newest(&self, end: i64) -> Result<Option<Newest>, Reason> {
        if self.interval <= 0.0 {
            return Err(Reason::UnexpectedShape);
        }
        let end = end as f64 * 1_000.0;
        let is_over = |at: f64| at + self.interval * 1_000.0 <= end;
        let points = self.pointlist.iter();
        let there = points.filter_map(|(at, number)| Some((*at, number.as_ref()?)));
        let over: Vec<_> = there.filter(|(at, _)| is_over(*at)).collect();
        let Some((newest, number)) = over.iter().max_by(|a, b| a.0.total_cmp(&b.0)) else {
            return Ok(None);
        };
        if over
            .iter()
            .any(|(at, other)| at == newest && other != number)
        {
            return Err(Reason::Ambiguous);
        }
        let number = match Sample::of_json(Some(number)) {
            Sample::Number(number) => number,
            Sample::AtLeast(_) | Sample::NotANumber | Sample::Missing => {
                return Err(Reason::NotANumber);
            }
        };
        let at = super::time(*newest).ok_or(Reason::UnexpectedShape)?;
        Ok(Some(Newest { at, number }))
    }
}
