//! Lines, as the page "Loki HTTP API" has them.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, IgnoredAny, SeqAccess, Visitor},
};

/// A line.
#[derive(Debug, Clone)]
pub struct Line {
    /// When it was written.
    pub at: DateTime<Utc>,
    /// What it says.
    pub text: Text,
}

/// What a line says. Shown nowhere before it was redacted.
#[derive(Clone, Deserialize)]
pub struct Text(String);

impl Text {
    /// The text, for redaction.
    pub fn raw(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text")
    }
}

impl<'de> Deserialize<'de> for Line {
    /// Nanoseconds and text, and with some servers metadata.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(LineVisitor)
    }
}

struct LineVisitor;

impl<'de> Visitor<'de> for LineVisitor {
    type Value = Line;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a time, a text, and perhaps metadata")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Line, A::Error> {
        let missing = || A::Error::custom("a line without a time or a text");
        let time: String = parts.next_element()?.ok_or_else(missing)?;
        let text: Text = parts.next_element()?.ok_or_else(missing)?;
        let _: Option<IgnoredAny> = parts.next_element()?;
        let more: Option<IgnoredAny> = parts.next_element()?;
        match (more, from_nanos(&time)) {
            (None, Some(at)) => Ok(Line { at, text }),
            (Some(_), _) | (_, None) => Err(A::Error::custom("another format")),
        }
    }
}

/// Unix nanoseconds as digits.
fn from_nanos(text: &str) -> Option<DateTime<Utc>> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let nanos: i64 = text.parse().ok().filter(|_| digits)?;
    Some(DateTime::from_timestamp_nanos(nanos))
}
