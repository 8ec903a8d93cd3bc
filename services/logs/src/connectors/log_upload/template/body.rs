//! The JSON body of a request.

use serde_json::Value;

use super::Text;
use crate::connectors::log_upload::settings::Scope;

/// A JSON body, still with its placeholders.
#[derive(Debug, Clone)]
pub struct Body(Value, Scope);

/// The texts of a body; its keys are not among them.
pub fn texts(body: &Value) -> Vec<&str> {
    match body {
        Value::String(text) => vec![text],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(keys) => keys.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

// === impl Body ===

impl Body {
    /// A body whose placeholders of the scope mean this one.
    pub fn new(body: &Value, scope: &Scope) -> Self {
        Self(body.clone(), scope.clone())
    }

    /// Whether every placeholder is known.
    pub fn is_sound(&self) -> bool {
        texts(&self.0)
            .into_iter()
            .all(|it| Text::parse(it, &self.1).is_some())
    }

    /// The body of a moment.
    pub fn filled(&self, from: &str, to: &str) -> Value {
        fill(&self.0, &|text| match Text::parse(text, &self.1) {
            Some(parsed) => parsed.filled(from, to),
            None => text.to_owned(),
        })
    }
}

fn fill(value: &Value, text: &impl Fn(&str) -> String) -> Value {
    match value {
        Value::String(it) => Value::String(text(it)),
        Value::Array(items) => items.iter().map(|it| fill(it, text)).collect(),
        Value::Object(keys) => {
            let keys = keys.iter().map(|(key, it)| (key.clone(), fill(it, text)));
            Value::Object(keys.collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    }
}
