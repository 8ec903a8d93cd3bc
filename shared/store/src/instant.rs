//! Times of our own clock, as databases keep them.

use chrono::{DateTime, Utc};

/// Nanoseconds since 1970. What no database column could hold (before 1678, after 2261) is the
/// nearest that it can.
pub(crate) fn nanoseconds(time: DateTime<Utc>) -> i64 {
    time.timestamp_nanos_opt()
        .unwrap_or(match time.timestamp() < 0 {
            true => i64::MIN,
            false => i64::MAX,
        })
}

/// The time that was kept.
pub(crate) fn time(nanoseconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_nanos(nanoseconds)
}
