//! Conditions that lines must meet.

use schemars::JsonSchema;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::field;

/// A field that must have an exact value.
#[derive(Debug, Clone, PartialEq)]
pub struct Condition {
    /// Name of the field.
    pub field: String,
    /// What it must be.
    pub wanted: Wanted,
}

/// An exact value, or a list of which any one will do.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Wanted {
    /// This one.
    One(Exact),
    /// Any of these.
    Any(Vec<Exact>),
}

/// A value that is compared as it is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum Exact {
    /// A text.
    Text(String),
    /// A whole number.
    Number(i64),
    /// Yes or no.
    Flag(bool),
}

// === impl Exact ===

impl Exact {
    /// `None` where a value is no exact one: a fraction, nothing, a pattern, a list or a table.
    fn of(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => field::is_exact(text).then(|| Self::Text(text.clone())),
            Value::Number(number) => number.as_i64().map(Self::Number),
            Value::Bool(flag) => Some(Self::Flag(*flag)),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// As it stands in a line; numbers and flags are texts to some of them.
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

// === impl Wanted ===

impl Wanted {
    /// `None` where it is none; an empty list would match no line, and so count none.
    pub fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Array(items) => {
                let all: Option<Vec<_>> = items.iter().map(Exact::of).collect();
                all.filter(|all| !all.is_empty()).map(Self::Any)
            }
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Object(_) => Exact::of(value).map(Self::One),
        }
    }

    fn includes(&self, shown: &str) -> bool {
        match self {
            Self::One(exact) => exact.text() == shown,
            Self::Any(all) => all.iter().any(|it| it.text() == shown),
        }
    }
}

// === impl Condition ===

impl Condition {
    /// A field that must have this text.
    pub fn text(field: &str, text: &str) -> Self {
        Self {
            field: field.to_owned(),
            wanted: Wanted::One(Exact::Text(text.to_owned())),
        }
    }

    /// The filter that keeps out what does not meet it.
    pub fn filter(&self) -> Value {
        let kind = match self.wanted {
            Wanted::One(_) => "term",
            Wanted::Any(_) => "terms",
        };
        entry(kind, entry(&self.field, json!(self.wanted)))
    }

    /// Whether a line shows another value. One that does not show the field at all tells nothing.
    pub fn is_missed_by(&self, line: &Value) -> bool {
        let shown = field::all_shown(line, &self.field).into_iter();
        let all: Vec<_> = shown.flat_map(texts).collect();
        !all.is_empty() && !all.iter().any(|it| self.wanted.includes(it))
    }
}

/// An object with one key.
pub fn entry(key: &str, value: Value) -> Value {
    Value::Object(Map::from_iter([(key.to_owned(), value)]))
}

/// The plain values of a field, which may have several.
fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Number(number) => vec![number.to_string()],
        Value::Bool(flag) => vec![flag.to_string()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Null | Value::Object(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_exact() {
        for good in [json!("error"), json!(500), json!(true), json!(["a", 1])] {
            assert!(Wanted::of(&good).is_some(), "{good}");
        }
        for bad in [
            json!(null),
            json!([]),
            json!({}),
            json!(""),
            json!("err*"),
            json!(1.5),
            json!([["a"]]),
            json!(["a", null]),
            json!({"gte": 1}),
            json!("a\n"),
            json!(18_446_744_073_709_551_615_u64),
        ] {
            assert_eq!(Wanted::of(&bad), None, "{bad}");
        }
    }

    #[test]
    fn a_line_misses_a_condition_only_where_it_shows_another_value() {
        let level = Condition {
            field: "log.level".to_owned(),
            wanted: Wanted::of(&json!(["error", 500])).unwrap(),
        };
        for met in [
            json!({"log": {"level": "error"}}),
            json!({"log.level": 500}),
            json!({"log.level": ["warn", "error"]}),
            json!({"log.level": []}),
            json!({}),
            json!({"log.level": null}),
            json!(null),
        ] {
            assert!(!level.is_missed_by(&met), "{met}");
        }
        for missed in [
            json!({"log.level": "warn"}),
            json!({"log": {"level": ["a", "b"]}}),
        ] {
            assert!(level.is_missed_by(&missed), "{missed}");
        }
    }
}
