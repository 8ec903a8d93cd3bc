//! What a query says when it is sent.

use std::collections::BTreeMap;

use passport_evidence::QueryDigest;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::Asked;

impl Asked {
    /// With the text that is sent for the number, with the scope in it: every fact of the query then bears
    /// its SHA-256, so that anyone who has the text can tell which question was answered. Companions (a
    /// probe, a volume) are other questions. A text that is short enough to be tried out can be read from
    /// its digest: never give one that holds a secret.
    #[must_use]
    pub fn sent_as(mut self, text: &str) -> Self {
        self.digest = Some(QueryDigest::sha256(Sha256::digest(text).into()));
        self
    }

    /// The same of a question that is sent as JSON: of its compact form, keys sorted, without times.
    #[must_use]
    pub fn sent_as_json(self, question: &Value) -> Self {
        self.sent_as(&sorted(question).to_string())
    }
}

/// The same in an order that no feature of the library changes.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(keys) => {
            let keys = keys.iter().map(|(key, value)| (key.clone(), sorted(value)));
            let keys: BTreeMap<_, _> = keys.collect();
            Value::Object(keys.into_iter().collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
