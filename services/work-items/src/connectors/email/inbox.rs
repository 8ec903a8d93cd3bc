//! What of a delivery report is kept: that somebody reports, of a message of some id, what became of it for
//! our recipients. Whether it is our message shows when it is collected. Pure.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use passport_connector_sdk::{Accepted, Delivery, Kept, Rejected, SenderReply};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    address::Mailbox,
    report::{Action, NoReport, Report, Told},
};

/// Most bytes of a report: our messages are small, and more than their head need not come back.
const MAX_BYTES: usize = 1024 * 1024;

/// Takes reports of these recipients.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Whom the source tells.
    pub recipients: Vec<Mailbox>,
    /// How long a report is of use.
    pub keep_for: TimeDelta,
}

/// What is kept of a report: no address and no id that would lead to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reported {
    /// SHA-256 of the message's id.
    message: String,
    /// When the message came to who reports.
    arrived_at: Option<DateTime<Utc>>,
    recipients: Vec<ReportedOf>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReportedOf {
    /// What stands for the mailbox, under the message's id.
    recipient: String,
    action: Action,
    status: Option<String>,
}

/// What is reported of one recipient of our message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What was done.
    pub action: Action,
    /// The status, such as `5.2.2`.
    pub status: Option<String>,
    /// When that was so.
    pub at: DateTime<Utc>,
}

// === impl Inbox ===

impl Inbox {
    /// Judges a report.
    pub fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        let refused = |why| Rejected::new(StatusCode::BAD_REQUEST, why);
        if delivery.body.len() > MAX_BYTES {
            let why = "the report is larger than 1 MiB";
            return Err(Rejected::new(StatusCode::PAYLOAD_TOO_LARGE, why));
        }
        let report = Report::read(&delivery.body).map_err(|it| refused(why(it)))?;
        let ours = |told: &Told| {
            let mailbox = self.meant(told)?;
            Some(ReportedOf {
                recipient: mailbox.under(&report.message_id)?,
                action: told.action,
                status: told.status.clone(),
            })
        };
        let recipients: Vec<_> = report.recipients.iter().filter_map(ours).collect();
        if recipients.is_empty() {
            return Err(refused("the report tells of no recipient of this source"));
        }
        let reported = Reported {
            message: digest(report.message_id.as_bytes()),
            arrived_at: report.arrived_at,
            recipients,
        };
        // All of it is JSON already.
        let record = serde_json::to_vec(&reported).unwrap_or_default();
        Ok(Accepted {
            idempotency_key: digest(&delivery.body),
            records: vec![Bytes::from(record)],
            keep_for: self.keep_for,
            reply: SenderReply::text(StatusCode::ACCEPTED, "taken"),
        })
    }

    /// Whom of ours it is about: for whom the message was first meant goes before where it ended.
    fn meant(&self, told: &Told) -> Option<&Mailbox> {
        let is_ours = |text: &String| self.recipients.iter().find(|it| it.is(text));
        let original = told.original.as_ref().and_then(is_ours);
        original.or_else(|| told.last.as_ref().and_then(is_ours))
    }
}

/// All that is reported of one recipient of a message.
pub fn reported<'a>(
    kept: &'a Kept,
    message_id: &'a str,
    mailbox: &Mailbox,
) -> impl Iterator<Item = Outcome> + use<'a> {
    let (message, recipient) = (digest(message_id.as_bytes()), mailbox.under(message_id));
    kept.records.iter().flat_map(move |record| {
        let reported: Option<Reported> = serde_json::from_slice(&record.body).ok();
        let reported = reported.filter(|it| it.message == message);
        let came_at = record.received_at;
        // What lies ahead of its own receipt is no time.
        let arrived_at = reported.as_ref().and_then(|it| it.arrived_at);
        let at = arrived_at.filter(|it| *it <= came_at).unwrap_or(came_at);
        let all = reported.map(|it| it.recipients).unwrap_or_default();
        let of_this = all.into_iter();
        let recipient = recipient.clone();
        of_this
            .filter(move |it| Some(&it.recipient) == recipient.as_ref())
            .map(move |it| Outcome {
                action: it.action,
                status: it.status,
                at,
            })
    })
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The same as its error says, for who sends.
fn why(error: NoReport) -> &'static str {
    match error {
        NoReport::Form => {
            "this is no delivery report: wanted is multipart/report with report-type=delivery-status"
        }
        NoReport::NoMessageId => {
            "the report does not give back the headers of the message, with its one Message-ID"
        }
        NoReport::NoRecipient => "the report tells of no recipient in a form that can be read",
    }
}
