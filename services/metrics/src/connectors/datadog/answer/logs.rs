//! Counts and times of log lines, after the schemas `LogsAggregateResponse` and `LogsListResponse` of
//! Datadog. Of a line nothing is kept but its time and the tags that show whose it is.

use std::collections::BTreeMap;

use passport_connector_sdk::{Object, ReadError};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Number;

use super::Errors;

/// What the one computation of a count is called.
const COUNT: &str = "c0";

/// A count of lines.
#[derive(Debug, Clone)]
pub struct Count {
    /// The number; `None`: `null` stands there.
    pub number: Option<Number>,
    /// Whether there may be more.
    pub partial: bool,
}

/// The newest line.
#[derive(Debug, Clone, Deserialize)]
pub struct Line {
    /// When it was written, as it stands there.
    pub timestamp: String,
    /// Whose it is.
    pub service: Option<String>,
    /// What it is labelled with.
    pub tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Counted {
    data: Object<Buckets>,
    meta: Option<Object<Meta>>,
    #[serde(default)]
    errors: Errors,
}

#[derive(Deserialize)]
struct Buckets {
    buckets: Vec<Object<Bucket>>,
}

#[derive(Deserialize)]
struct Bucket {
    computes: Object<BTreeMap<String, Option<Number>>>,
}

#[derive(Deserialize)]
struct Meta {
    status: Option<String>,
    warnings: Option<Vec<IgnoredAny>>,
}

#[derive(Deserialize)]
struct Listed {
    data: Vec<Object<Event>>,
    #[serde(default)]
    errors: Errors,
}

#[derive(Deserialize)]
struct Event {
    attributes: Object<Line>,
}

/// Reads a count. Without a bucket there was nothing to count.
pub fn count(body: &[u8]) -> Result<Count, ReadError> {
    let counted: Counted = super::object(body)?;
    if counted.errors.is_any() {
        return Err(ReadError::Rejected);
    }
    let number = match counted.data.0.buckets.as_slice() {
        [] => Some(Number::from(0)),
        [Object(only)] => only
            .computes
            .0
            .get(COUNT)
            .cloned()
            .ok_or(ReadError::Shape)?,
        // Nothing was asked to be grouped.
        [..] => return Err(ReadError::Shape),
    };
    let whole = counted.meta.is_some_and(|Object(meta)| {
        let quiet = meta.warnings.is_none_or(|warnings| warnings.is_empty());
        quiet && meta.status.as_deref() == Some("done")
    });
    Ok(Count {
        number,
        partial: !whole,
    })
}

/// Reads the newest line; the one that was asked for is the first. What is missing of the list could only
/// be newer.
pub fn newest(body: &[u8]) -> Result<Option<Line>, ReadError> {
    let listed: Listed = super::object(body)?;
    if listed.errors.is_any() {
        return Err(ReadError::Rejected);
    }
    let mut lines = listed.data.into_iter();
    Ok(lines.next().map(|Object(event)| event.attributes.0))
}
