//! Times and spans of time.

use std::time::Duration;

use chrono::{DateTime, Utc};
use prost_types::Timestamp;

use super::{WireError, invalid};
use crate::freshness::MaxAge;

/// A time on the wire, whole.
pub fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos().min(999_999_999)).unwrap_or_default(),
    }
}

/// A time read off the wire; `None` where no calendar has it.
pub fn time(stamp: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(stamp.seconds, u32::try_from(stamp.nanos).ok()?)
}

pub(super) fn optional_time(
    field: &'static str,
    stamp: Option<Timestamp>,
) -> Result<Option<DateTime<Utc>>, WireError> {
    stamp
        .map(|stamp| time(stamp).ok_or_else(|| invalid(field, "out of range")))
        .transpose()
}

/// A max age on the wire.
pub fn duration(max_age: MaxAge) -> prost_types::Duration {
    prost_types::Duration {
        seconds: max_age.as_secs().into(),
        nanos: 0,
    }
}

/// A max age read off the wire: whole seconds, above zero.
pub fn max_age(field: &'static str, duration: prost_types::Duration) -> Result<MaxAge, WireError> {
    Duration::try_from(duration)
        .ok()
        .and_then(MaxAge::from_duration)
        .ok_or_else(|| invalid(field, "whole seconds above zero are wanted"))
}
