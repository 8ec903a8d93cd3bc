//! Where the two products speak differently.

use http::HeaderMap;
use passport_connector_sdk::provider::OwnRefusals;
use serde_json::Value;

use super::ask::Pair;

/// Where the two products speak differently.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// Path below the index that opens a point in time.
    pub open: &'static [&'static str],
    /// What is said in the query of its opening, beside how long it is kept.
    pub opening: &'static [Pair],
    /// Path that closes points in time.
    pub close: &'static [&'static str],
    /// Body that closes the one of this id.
    pub closing: fn(&str) -> Value,
    /// Field that tells lines of one moment apart, where the server does not add one by itself.
    pub tie_breaker: Option<&'static str>,
    /// Whether old servers say how many lines there are with a plain number.
    pub plain_total: bool,
    /// What a refusal means, where it is not what its status says.
    pub own_words: OwnRefusals,
    /// Whether headers tell that another product answered.
    pub is_foreign: fn(&HeaderMap) -> bool,
}
