//! Words for the kinds of values and errors.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{JsonType, JsonTypeSet};
use serde_json::Value;

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "an error of a library that may grow"
)]
pub(super) fn reason(kind: &ValidationErrorKind) -> String {
    match kind {
        ValidationErrorKind::MinItems { limit: 1 }
        | ValidationErrorKind::MinLength { limit: 1 }
        | ValidationErrorKind::MinProperties { limit: 1 } => "is empty".to_owned(),
        ValidationErrorKind::MinItems { limit } => format!("has fewer than {limit} items"),
        ValidationErrorKind::MaxItems { limit } => format!("has more than {limit} items"),
        ValidationErrorKind::MinProperties { limit } => format!("has fewer than {limit} keys"),
        ValidationErrorKind::MaxProperties { limit } => format!("has more than {limit} keys"),
        ValidationErrorKind::MinLength { limit } => format!("is shorter than {limit} characters"),
        ValidationErrorKind::MaxLength { limit } => format!("is longer than {limit} characters"),
        ValidationErrorKind::Minimum { limit } => format!("is below {limit}"),
        ValidationErrorKind::Maximum { limit } => format!("is above {limit}"),
        ValidationErrorKind::UniqueItems => "holds one item twice".to_owned(),
        _ => "does not have the form wanted".to_owned(),
    }
}

pub(super) fn wanted(kind: &TypeKind) -> String {
    let types = match kind {
        TypeKind::Single(one) => JsonTypeSet::empty().insert(*one),
        TypeKind::Multiple(many) => *many,
    };
    types
        .iter()
        .map(type_words)
        .collect::<Vec<_>>()
        .join(" or ")
}

fn type_words(of: JsonType) -> &'static str {
    match of {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a mapping of keys",
        JsonType::String => "text",
    }
}

pub(super) fn found_as(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a mapping",
    }
}
