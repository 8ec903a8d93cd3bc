//! Refusals that come as an object of kind `Status`, after the page "Kubernetes API Concepts".

use passport_connector_sdk::{ReadError, Reply};
use serde::{Deserialize, Deserializer, de::IgnoredAny};

/// An answer, as far as it shows whether it is a refusal. Its message may quote the request and is
/// never read.
#[derive(Deserialize)]
pub(super) struct Refusal {
    kind: Option<String>,
    #[serde(default)]
    status: serde_json::Value,
    code: Option<u16>,
    /// Of a list.
    #[serde(default, deserialize_with = "as_it_is")]
    items: Option<Option<IgnoredAny>>,
}

/// Tells what is null from what is absent.
fn as_it_is<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<IgnoredAny>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Fails where an answer with a good status code is a refusal nonetheless, as proxies make them; and where it is a list
/// without items, which would be read as an empty one.
pub(super) fn refusal(reply: &Reply) -> Result<(), ReadError> {
    match reply.json::<Refusal>() {
        Ok(found) => found.error().map_or(Ok(()), Err),
        // What has another shape is judged by who reads it.
        Err(ReadError::Shape) => Ok(()),
        Err(error) => Err(error),
    }
}

impl Refusal {
    /// What the refusal means; `None`: it is none.
    pub(super) fn error(&self) -> Option<ReadError> {
        if self.items == Some(None) {
            return Some(ReadError::Shape);
        }
        let is_refusal = self.kind.as_deref() == Some("Status") && self.status == "Failure";
        let error = match self.code {
            Some(401) => ReadError::Unauthenticated,
            Some(403) => ReadError::Denied,
            Some(404) => ReadError::NotFound,
            Some(408 | 504) => ReadError::TimedOut,
            Some(429) => ReadError::Throttled { retry_at: None },
            Some(400..=499) => ReadError::Rejected,
            Some(500..=599) => ReadError::Unreachable,
            Some(_) | None => ReadError::Malformed,
        };
        is_refusal.then_some(error)
    }
}
