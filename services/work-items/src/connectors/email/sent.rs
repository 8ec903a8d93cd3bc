//! What is kept of a message that was sent.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::address::Mailbox;

/// What is kept of a message: nobody's address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sent {
    /// Its `Message-ID`, by which reports name it.
    pub message_id: String,
    /// The moment before it was handed over.
    pub accepted_at: DateTime<Utc>,
    /// The reply to all of its recipients, where there was but one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<String>,
    /// How it ended for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<SentTo>,
}

/// How a message ended for one recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentTo {
    /// What stands for the mailbox, under the message's id.
    pub recipient: String,
    /// Its domain.
    pub domain: String,
    /// How it ended.
    pub end: End,
}

/// How a message can end for a recipient.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum End {
    /// With this reply: code and status.
    Replied(String),
    /// With something that is no answer.
    Unclear,
    /// Without an answer, for this reason: it may have arrived.
    Uncertain(String),
    /// It was not handed over, for this reason.
    Unsent(String),
}

// === impl Sent ===

impl Sent {
    /// How it ended for a mailbox; `None`: it was not meant for it.
    pub fn end(&self, mailbox: &Mailbox) -> Option<End> {
        if let Some(reply) = &self.reply {
            return Some(End::Replied(reply.clone()));
        }
        let name = mailbox.under(&self.message_id)?;
        let mut all = self.recipients.iter();
        all.find(|it| it.recipient == name).map(|it| it.end.clone())
    }
}
