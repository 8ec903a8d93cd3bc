//! Evidence that is pushed.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// One delivery to `Ingest`. At most one of the bodies is set.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Delivery {
    /// The sender's headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body as text, exact bytes.
    pub body_text: Option<String>,
    /// The body as bytes.
    pub body_base64: Option<String>,
    /// When it arrives; the case's `now` if absent.
    pub received_at: Option<DateTime<Utc>>,
    /// What must become of it.
    pub result: DeliveryResult,
}

/// What becomes of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryResult {
    /// Stored, if only in part.
    Accepted,
    /// Known already; nothing new was stored.
    Duplicate,
    /// Nothing was stored.
    Rejected,
}
