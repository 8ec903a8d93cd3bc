//! What is kept of a message that Slack answered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::breadth::Told;

/// What is kept of a message that Slack answered. Every key may be missing: what is read is judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Posted {
    /// Id of the approval request in it, which nobody can guess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Who asked, as an id; of an older one perhaps as Slack names the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// Slack's stamp of the message; an incoming webhook tells none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub posted_ts: Option<String>,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Until when the request may be answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether it was taken by an incoming webhook.
    #[serde(skip_serializing_if = "is_false")]
    pub by_webhook: bool,
    /// Slack's code where it refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Why the answer proves nothing, by its reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unclear: Option<String>,
    /// What it said of the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub breadth: Option<Told>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_false(it: &bool) -> bool {
    !it
}
