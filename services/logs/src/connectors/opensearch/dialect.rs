//! How OpenSearch speaks, after the pages "Search" and "Point in time API" of its documentation.

use passport_connector_sdk::{ReadError, provider};
use serde::Deserialize;
use serde_json::json;

use crate::search_api::Dialect;

/// How OpenSearch speaks.
pub const DIALECT: Dialect = Dialect {
    open: &["_search", "point_in_time"],
    // It would open one that lacks parts of the index.
    opening: &[("allow_partial_pit_creation", "false")],
    close: &["_search", "point_in_time"],
    closing: |id| json!({"pit_id": [id]}),
    // Servers before 3.3 add none, and have no `_shard_doc`.
    tie_breaker: Some("_doc"),
    plain_total: false,
    own_words,
    is_foreign: |_| false,
};

/// What stands before a domain that AWS manages says, with a word of its own for the key of its own.
#[derive(Deserialize)]
struct Refusal {
    #[serde(rename = "Message")]
    of_domain: Option<String>,
    #[serde(rename = "message")]
    of_signature: Option<String>,
}

/// What it says of signatures and keys that are not accepted, with the status of a missing permission.
const REJECTED: [&str; 3] = [
    "The security token included in the request is",
    "The request signature we calculated does not match",
    "Signature expired",
];

/// A managed domain blocks some paths for everybody, with the statuses of a bad credential, and refuses a
/// bad signature with that of a missing permission.
fn own_words(refusal: &provider::Refusal<'_>) -> Option<ReadError> {
    if !refusal.status().is_client_error() {
        return None;
    }
    let said: Refusal = serde_json::from_slice(refusal.body()).ok()?;
    let domain = said.of_domain.unwrap_or_default();
    if domain.starts_with("Your request:") && domain.ends_with("is not allowed.") {
        return Some(ReadError::Rejected);
    }
    let signature = said.of_signature.unwrap_or_default();
    let rejects = REJECTED.iter().any(|it| signature.starts_with(it));
    rejects.then_some(ReadError::Unauthenticated)
}
