//! Times, in the one format that was declared.

use bigdecimal::{BigDecimal, ToPrimitive as _};
use chrono::{DateTime, Utc};
use passport_connector_sdk::json_pointer::Leaf;
use passport_evidence::quantity::parse_number;

use super::{read::is_plain_decimal, settings::TimeFormat};

/// The time that stands there; `None`: it is none of this format.
pub fn read(leaf: &Leaf<'_>, format: TimeFormat) -> Option<DateTime<Utc>> {
    let per_second: u32 = match format {
        TimeFormat::Rfc3339 => return of_text(leaf),
        TimeFormat::EpochS => 1,
        TimeFormat::EpochMs => 1_000,
        TimeFormat::EpochNs => 1_000_000_000,
    };
    epoch(&number(leaf)?, per_second)
}

/// Parts of a second since 1970, of which there are so many in one.
pub fn epoch(number: &BigDecimal, per_second: u32) -> Option<DateTime<Utc>> {
    let nanos = number * BigDecimal::from(1_000_000_000 / per_second.max(1));
    nanos.to_i64().map(DateTime::from_timestamp_nanos)
}

/// A time without an offset is of no place, and so none.
fn of_text(leaf: &Leaf<'_>) -> Option<DateTime<Utc>> {
    let Leaf::Text(text) = leaf else { return None };
    let at = DateTime::parse_from_rfc3339(text).ok()?;
    Some(at.to_utc())
}

fn number(leaf: &Leaf<'_>) -> Option<BigDecimal> {
    match leaf {
        Leaf::Number(text) => parse_number(text).ok(),
        Leaf::Text(text) if is_plain_decimal(text) => parse_number(text).ok(),
        Leaf::Text(_) | Leaf::Null | Leaf::Bool | Leaf::List | Leaf::Object => None,
    }
}
