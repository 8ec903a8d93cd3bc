//! Rows of a query, after the type `NrdbResultContainer` of NerdGraph.

use passport_connector_sdk::{Object, ReadError, query::Sample};
use passport_evidence::Reason;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

/// Rows of a query.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rows {
    /// The rows, each by its columns.
    pub results: Vec<Row>,
    /// What the groups that are not shown add up to.
    other_result: Option<Row>,
    metadata: Object<Metadata>,
}

/// One row, by its columns.
#[derive(Debug, Clone, Deserialize)]
pub struct Row(Map<String, Value>);

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Metadata {
    messages: Option<Vec<Value>>,
    time_window: Object<Window>,
}

#[derive(Debug, Clone, Deserialize)]
struct Window {
    begin: f64,
    end: f64,
}

#[derive(Deserialize)]
struct Container {
    nrql: Object<Rows>,
}

/// Furthest, in milliseconds, that the end of what was asked may be from the moment before asking.
const SKEW: f64 = 60_000.0;

/// Reads the answer to a query.
pub fn parse(body: &[u8]) -> Result<Rows, ReadError> {
    super::without_errors(body)?;
    let Container { nrql } = super::of_account(body)?;
    Ok(nrql.0)
}

impl Rows {
    /// Whether something may be missing, or another time was answered than was asked: so many seconds up to
    /// a moment in Unix milliseconds.
    pub fn are_partial(&self, seconds: u32, now: i64) -> bool {
        let Object(metadata) = &self.metadata;
        let Object(window) = &metadata.time_window;
        let said = metadata.messages.as_ref().is_some_and(|it| !it.is_empty());
        let length = window.end - window.begin;
        let is_asked = (length - f64::from(seconds) * 1_000.0).abs() < 1.0;
        said || !is_asked || (window.end - now as f64).abs() > SKEW
    }

    /// Whether groups are not shown, where at most so many were asked for.
    pub fn are_cut(&self, limit: usize) -> bool {
        match &self.other_result {
            None => self.results.len() >= limit,
            Some(other) => !other.is_nothing(),
        }
    }
}

impl Row {
    /// The number that was asked for: the column itself, or its part of a percentile.
    pub fn value(&self, percentile: Option<&str>) -> Result<Option<&Number>, Reason> {
        match (self.0.get("value"), percentile) {
            (Some(Value::Null), _) => Ok(None),
            (Some(Value::Number(number)), None) => Ok(Some(number)),
            (Some(Value::Object(parts)), Some(wanted)) => number(parts.get(wanted)),
            (Some(_) | None, _) => Err(Reason::UnexpectedShape),
        }
    }

    /// A column that is a number, or `null`.
    pub fn number(&self, column: &str) -> Result<Option<&Number>, Reason> {
        number(self.0.get(column))
    }

    /// Whether there was no event.
    fn is_nothing(&self) -> bool {
        let is_zero = |it: &Value| it.is_null() || it.as_f64() == Some(0.0);
        let valueless = self.0.get("value").is_none_or(is_zero);
        match self.0.get("n") {
            Some(n) => is_zero(n),
            None => valueless,
        }
    }
}

fn number(column: Option<&Value>) -> Result<Option<&Number>, Reason> {
    match column {
        Some(Value::Null) => Ok(None),
        Some(Value::Number(number)) => Ok(Some(number)),
        Some(_) | None => Err(Reason::UnexpectedShape),
    }
}

/// How many events a number counts; of `null` none.
pub fn count(number: Option<&Number>) -> bigdecimal::BigDecimal {
    match Sample::of_json(number) {
        Sample::Number(count) => count,
        Sample::AtLeast(_) | Sample::NotANumber | Sample::Missing => 0.into(),
    }
}
