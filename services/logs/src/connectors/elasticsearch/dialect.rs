//! How Elasticsearch speaks, after the pages "Run a search" and "Open a point in time" of its
//! documentation.

use http::HeaderMap;
use serde_json::json;

use crate::search_api::Dialect;

/// The header by which servers since 7.14 tell what they are, and what it says.
const PRODUCT: (&str, &[u8]) = ("x-elastic-product", b"Elasticsearch");

/// How Elasticsearch speaks.
pub const DIALECT: Dialect = Dialect {
    open: &["_pit"],
    opening: &[],
    close: &["_pit"],
    closing: |id| json!({"id": id}),
    // It adds `_shard_doc` by itself.
    tie_breaker: None,
    plain_total: true,
    own_words: |_| None,
    is_foreign,
};

/// Older servers, and proxies, leave the header out.
fn is_foreign(headers: &HeaderMap) -> bool {
    let (name, own) = PRODUCT;
    headers.get(name).is_some_and(|it| it.as_bytes() != own)
}
