//! Durations as configurations write them.

use std::time::Duration;

use serde::{Deserialize, Deserializer, de::Error};

/// Reads `90s`, `5m`, `12h` or `7d`.
pub(super) fn duration<'de, D: Deserializer<'de>>(text: D) -> Result<Option<Duration>, D::Error> {
    let text = String::deserialize(text)?;
    let parsed =
        parse(&text).ok_or_else(|| D::Error::custom("not a duration such as 90s or 5m"))?;
    Ok(Some(parsed))
}

fn parse(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let seconds: u64 = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return None,
    };
    let number: u64 = text.strip_suffix(unit)?.parse().ok()?;
    number.checked_mul(seconds).map(Duration::from_secs)
}
