//! What became of an objective, after the schema `SLOHistoryResponse` of Datadog.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use passport_connector_sdk::{Object, ReadError};
use serde::Deserialize;
use serde_json::Number;

use super::Errors;

/// What became of an objective.
#[derive(Debug, Clone)]
pub struct History {
    /// Percent that was good.
    pub attainment: Option<Number>,
    /// Percent of the error budget that is left, by window.
    pub budget: BTreeMap<String, Option<Number>>,
    /// What was counted, and when; only objectives over metrics have any.
    pub buckets: Buckets,
    /// Whether something may be missing.
    pub partial: bool,
}

/// The grid of a history: of every bucket when it begins, and whether anything was counted in it.
#[derive(Debug, Clone, Default)]
pub struct Buckets {
    length: TimeDelta,
    each: Vec<(DateTime<Utc>, bool)>,
}

#[derive(Deserialize)]
struct Envelope {
    data: Option<Object<Data>>,
    #[serde(default)]
    errors: Errors,
}

#[derive(Deserialize)]
struct Data {
    overall: Object<Overall>,
    series: Option<Object<Series>>,
    #[serde(default)]
    errors: Errors,
}

#[derive(Deserialize)]
struct Overall {
    sli_value: Option<Number>,
    error_budget_remaining: Option<Object<BTreeMap<String, Option<Number>>>>,
    #[serde(default)]
    errors: Errors,
    preview: Option<bool>,
}

#[derive(Deserialize)]
struct Series {
    interval: f64,
    times: Vec<f64>,
    denominator: Object<Counted>,
    message: Option<String>,
}

/// What was counted of all that an objective is about, bucket by bucket.
#[derive(Deserialize)]
struct Counted {
    values: Vec<Option<f64>>,
}

/// Reads the history of an objective.
pub fn parse(body: &[u8]) -> Result<History, ReadError> {
    let envelope: Envelope = super::object(body)?;
    let Some(Object(data)) = envelope.data else {
        return Err(match envelope.errors.is_any() {
            true => ReadError::Rejected,
            false => ReadError::Shape,
        });
    };
    let Object(overall) = data.overall;
    let series = data.series.as_ref().map(|Object(series)| series);
    let said = series.and_then(|series| series.message.as_deref());
    let partial = envelope.errors.is_any()
        || data.errors.is_any()
        || overall.errors.is_any()
        || overall.preview == Some(true)
        || said.is_some_and(|said| !said.is_empty());
    Ok(History {
        attainment: overall.sli_value,
        budget: overall.error_budget_remaining.unwrap_or_default().0,
        buckets: series.map(Series::buckets).transpose()?.unwrap_or_default(),
        partial,
    })
}

// === impl Series ===

impl Series {
    /// The grid reaches as far as the question did, whether anything was counted there or not.
    fn buckets(&self) -> Result<Buckets, ReadError> {
        let length = super::time(self.interval * 1_000.0).filter(|_| self.interval > 0.0);
        let length = length.ok_or(ReadError::Shape)? - DateTime::UNIX_EPOCH;
        let Object(counted) = &self.denominator;
        let each = self.times.iter().zip(&counted.values);
        let each = each.map(|(at, counted)| {
            let at = super::time(*at).ok_or(ReadError::Shape)?;
            Ok((at, counted.is_some_and(|it| it > 0.0)))
        });
        let each = each.collect::<Result<_, ReadError>>()?;
        Ok(Buckets { length, each })
    }
}

// === impl Buckets ===

impl Buckets {
    /// Beginning of the newest bucket that is over by then and in which anything was counted: what
    /// comes later may still change, and a bucket of nothing shows nothing. One that lies ahead is told,
    /// to be refused.
    pub fn newest(&self, end: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let counted = self.each.iter().filter(|(_, any)| *any);
        let is_over = |at: &DateTime<Utc>| *at > end || *at + self.length <= end;
        counted.map(|(at, _)| *at).filter(is_over).max()
    }
}
