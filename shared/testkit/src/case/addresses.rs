//! The loopback addresses that a case leaves open until its servers run.

use serde_json::Value;

/// Stands for the provider's origin.
pub const BASE: &str = "{{BASE}}";
/// Stands for the mail server's `smtp://host:port`.
pub const SMTP: &str = "{{SMTP}}";

/// Where the servers of a case are reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Addresses {
    /// The provider's origin, such as `http://127.0.0.1:4000`.
    pub base: Option<String>,
    /// The mail server, such as `smtp://127.0.0.1:4025`.
    pub smtp: Option<String>,
}

// === impl Addresses ===

impl Addresses {
    /// A provider alone.
    pub fn base(base: impl Into<String>) -> Self {
        Self {
            base: Some(base.into()),
            smtp: None,
        }
    }

    /// The text with what is known put in.
    pub fn fill(&self, text: &str) -> String {
        let known = [(BASE, &self.base), (SMTP, &self.smtp)];
        known
            .iter()
            .fold(text.to_owned(), |text, (name, address)| match address {
                Some(address) => text.replace(name, address),
                None => text,
            })
    }

    /// The JSON with what is known put in, in every text and every key at every depth.
    pub fn fill_json(&self, json: &Value) -> Value {
        match json {
            Value::String(text) => Value::String(self.fill(text)),
            Value::Array(items) => items.iter().map(|item| self.fill_json(item)).collect(),
            Value::Object(keys) => keys
                .iter()
                .map(|(key, value)| (self.fill(key), self.fill_json(value)))
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => json.clone(),
        }
    }
}
