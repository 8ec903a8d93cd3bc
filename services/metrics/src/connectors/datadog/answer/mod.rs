//! What Datadog answers.

pub mod health;
pub mod logs;
pub mod monitor;
pub mod scalar;
pub mod series;
pub mod slo;
pub mod unit;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, ReadError, Reply};
use serde::{
    Deserialize,
    de::{DeserializeOwned, IgnoredAny},
};

use super::ask::Ask;

/// An answer that was understood.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Buckets of series.
    Series(series::Answer),
    /// One number for each group.
    Scalar(scalar::Answer),
    /// A monitor, and when it was seen.
    Monitor(monitor::Monitor, DateTime<Utc>),
    /// All monitors of a service.
    Health(health::Health),
    /// What became of an objective.
    Slo(slo::History),
    /// A count of log lines.
    Count(logs::Count),
    /// The newest log line.
    Newest(Option<logs::Line>),
}

/// Errors beside an answer: one text or several, none of which is read.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(untagged)]
pub enum Errors {
    /// `null`.
    #[default]
    None,
    /// Several.
    List(Vec<IgnoredAny>),
    /// One.
    One(String),
}

impl Errors {
    /// Whether there is any.
    pub fn is_any(&self) -> bool {
        match self {
            Self::None => false,
            Self::List(all) => !all.is_empty(),
            Self::One(text) => !text.is_empty(),
        }
    }
}

/// Reads the answer to a question.
pub fn read(ask: &Ask, reply: &Reply) -> Result<Answer, ReadError> {
    // A body that is no JSON at all is told apart from one of another shape.
    reply.json::<IgnoredAny>()?;
    parse(ask, reply.body(), reply.observed_at())
}

/// Reads a body that is JSON, and was seen at a moment.
pub fn parse(ask: &Ask, body: &[u8], seen_at: DateTime<Utc>) -> Result<Answer, ReadError> {
    match ask {
        Ask::Series { .. } => series::parse(body).map(Answer::Series),
        Ask::Scalar { .. } => scalar::parse(body).map(Answer::Scalar),
        Ask::Monitor(id) => Ok(Answer::Monitor(monitor::parse(*id, body)?, seen_at)),
        Ask::Health(_) => health::page(body, seen_at).map(Answer::Health),
        Ask::Slo { .. } => slo::parse(body).map(Answer::Slo),
        Ask::Count { .. } => logs::count(body).map(Answer::Count),
        Ask::Newest { .. } => logs::newest(body).map(Answer::Newest),
    }
}

fn object<T: DeserializeOwned>(body: &[u8]) -> Result<T, ReadError> {
    let read = serde_json::from_slice::<Object<T>>(body);
    read.map(|Object(it)| it).map_err(|_| ReadError::Shape)
}

/// Unix milliseconds, as Datadog writes them.
fn time(millis: f64) -> Option<DateTime<Utc>> {
    let whole = millis.round();
    match whole.abs() < 1e15 {
        true => DateTime::from_timestamp_millis(whole as i64),
        false => None,
    }
}
