//! How OpenSearch speaks, after the pages "Search" and "Point in time API" of its documentation.

use http::HeaderMap;
use passport_connector_sdk::ReadError;
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

/// What a managed domain says of a path that it blocks.
#[derive(Deserialize)]
struct Blocked {
    #[serde(rename = "Message")]
    message: String,
}

/// A managed domain blocks some paths for everybody, with the statuses of a bad credential.
fn own_words(_: &HeaderMap, body: &[u8]) -> Option<ReadError> {
    let Blocked { message } = serde_json::from_slice(body).ok()?;
    let blocks = message.starts_with("Your request:") && message.ends_with("is not allowed.");
    blocks.then_some(ReadError::Rejected)
}
