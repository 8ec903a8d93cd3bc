//! From a validator's error to words that a person can act on.

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind;
use passport_evidence::problem::Problem;
use serde_json::Value;

use super::branches;
use super::kinds::{found_as, reason, wanted};
use super::schema_walk::{description, follow, holder, path_of};
use crate::config::{near, path};

/// The problems of `value` that one error stands for.
#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "an error of a library that may grow"
)]
pub(super) fn problems(schema: &Value, value: &Value, error: &ValidationError<'_>) -> Vec<Problem> {
    let at = Place {
        schema,
        value,
        error,
    };
    match at.error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            unexpected.iter().map(|key| at.unknown_key(key)).collect()
        }
        ValidationErrorKind::AnyOf { context }
        | ValidationErrorKind::OneOfNotValid { context }
        | ValidationErrorKind::OneOfMultipleValid { context } => branches::problems(&at, context),
        ValidationErrorKind::PropertyNames { error } => vec![at.unusable_name(error)],
        ValidationErrorKind::Required { property } => vec![at.missing(property)],
        ValidationErrorKind::Type { kind } => vec![at.mistyped(&wanted(kind))],
        ValidationErrorKind::Constant { expected_value } => vec![at.not_one_of(&[expected_value])],
        ValidationErrorKind::Enum { options } => {
            vec![
                at.not_one_of(
                    &options
                        .as_array()
                        .map(|all| all.iter().collect::<Vec<_>>())
                        .unwrap_or_default(),
                ),
            ]
        }
        _ => vec![at.unfit()],
    }
}

/// Where an error is, in the value and in the schema.
pub(super) struct Place<'a> {
    pub schema: &'a Value,
    pub value: &'a Value,
    pub error: &'a ValidationError<'a>,
}

impl Place<'_> {
    pub(super) fn path(&self) -> String {
        path_of(self.value, self.error.instance_path().as_str())
    }

    fn holder(&self) -> Option<&Value> {
        holder(self.schema, self.error.schema_path().as_str())
    }

    fn unknown_key(&self, key: &str) -> Problem {
        let properties = self.holder().and_then(|holder| holder.get("properties"));
        let known = properties.and_then(Value::as_object);
        let known = known.iter().flat_map(|all| all.keys()).map(String::as_str);
        let fix = near::mend(key, known, "take it out");
        Problem::new(
            path::key(&self.path(), key),
            "is not a key that can stand here",
            fix,
        )
    }

    fn missing(&self, property: &Value) -> Problem {
        let key = property.as_str().unwrap_or_default();
        let properties = self.holder().and_then(|holder| holder.get("properties"));
        let said = properties
            .and_then(|all| all.get(key))
            .and_then(|at| description(self.schema, at));
        let fix = match said {
            Some(said) => format!("add `{key}`: {said}"),
            None => format!("add `{key}`"),
        };
        Problem::new(path::key(&self.path(), key), "is missing", fix)
    }

    fn unusable_name(&self, error: &ValidationError<'_>) -> Problem {
        let name = error.instance().as_str().unwrap_or_default().to_owned();
        let form = holder(self.schema, error.schema_path().as_str());
        let fix = form.and_then(|form| description(self.schema, form));
        let fix = fix.map_or("use another name".to_owned(), |form| {
            format!("wanted: {form}")
        });
        Problem::new(
            path::key(&self.path(), &name),
            "is not a name that can stand here",
            fix,
        )
    }

    pub(super) fn mistyped(&self, wanted: &str) -> Problem {
        let found = self.error.instance().as_ref();
        if found.is_null() {
            return Problem::new(
                self.path(),
                "has no value",
                "give it one, or take the key out",
            );
        }
        let quotable =
            matches!(found, Value::Number(_) | Value::Bool(_)) && wanted.contains("text");
        let fix = if quotable {
            "put it in quotes".to_owned()
        } else {
            format!("write {wanted}")
        };
        Problem::new(
            self.path(),
            format!("is {} where {wanted} is wanted", found_as(found)),
            fix,
        )
    }

    pub(super) fn not_one_of(&self, options: &[&Value]) -> Problem {
        let found = self.error.instance().as_ref();
        let words = options
            .iter()
            .filter_map(|option| option.as_str())
            .collect::<Vec<_>>();
        let Some(text) = found.as_str().filter(|_| !words.is_empty()) else {
            return if words.is_empty() {
                self.unfit()
            } else {
                self.mistyped("text")
            };
        };
        let fix = near::mend(text, words, "");
        Problem::new(self.path(), "is not a word that can stand here", fix)
    }

    fn unfit(&self) -> Problem {
        let holder = self.holder();
        let said = holder.and_then(|at| description(self.schema, follow(self.schema, at)));
        let fix = said.map_or("see the schema of these settings".to_owned(), |said| {
            format!("wanted: {said}")
        });
        Problem::new(self.path(), reason(self.error.kind()), fix)
    }
}
