//! A length of time, as people write it.

use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

use super::super::Malformed;

/// How long evidence may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct MaxAge(pub Duration);

impl TryFrom<String> for MaxAge {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let unit = text.chars().next_back().ok_or(Malformed)?;
        let digits = text.strip_suffix(unit).unwrap_or_default();
        if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Malformed);
        }
        let count: u64 = digits.parse().map_err(|_| Malformed)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return Err(Malformed),
        };
        let total = count
            .checked_mul(seconds)
            .filter(|total| *total > 0)
            .ok_or(Malformed)?;
        Ok(Self(Duration::from_secs(total)))
    }
}

impl JsonSchema for MaxAge {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MaxAge".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[1-9][0-9]{0,5}[smhd]$",
            "description": "A whole number with its unit, for example `90s`, `5m`, `12h`, `7d`.",
        })
    }
}
