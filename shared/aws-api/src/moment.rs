//! Times, as the JSON services write them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, de::Error as _};

/// Furthest from 1970 that is read, in seconds.
const FURTHEST: f64 = 1e11;

/// A moment, written as seconds since 1970 with decimals. Read to the millisecond.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub DateTime<Utc>);

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let seconds = f64::deserialize(deserializer)?;
        let millis = (seconds.abs() < FURTHEST).then(|| (seconds * 1_000.0).round() as i64);
        let found = millis.and_then(DateTime::from_timestamp_millis);
        found.map(Self).ok_or_else(|| D::Error::custom("no moment"))
    }
}
