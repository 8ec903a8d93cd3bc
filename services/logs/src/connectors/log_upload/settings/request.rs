//! What is asked.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

/// One request. `${service}`, `${environment}`, `${from}` and `${to}` are replaced in values, in path
/// segments and in the texts of the body.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestSettings {
    /// `GET` (default) or `POST`.
    pub method: Option<String>,
    /// Path below the endpoint: `/v1/services/${service}/errors`.
    pub path: String,
    /// Query keys and their values.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// JSON body of a `POST`.
    pub body: Option<Value>,
}
