//! What became of an objective, after the schema `SLOHistoryResponse` of Datadog.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
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
    /// Beginning of the newest bucket; only objectives over metrics have any.
    pub newest: Option<DateTime<Utc>>,
    /// Whether something may be missing.
    pub partial: bool,
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
    times: Vec<f64>,
    message: Option<String>,
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
        newest: series.map(Series::newest).transpose()?.flatten(),
        partial,
    })
}

impl Series {
    fn newest(&self) -> Result<Option<DateTime<Utc>>, ReadError> {
        let newest = self.times.iter().copied().max_by(f64::total_cmp);
        let newest = newest.map(|at| super::time(at).ok_or(ReadError::Shape));
        newest.transpose()
    }
}
