//! Delivery reports (RFC 3464): what is read of a message that says so. Pure. A report is mail, and anybody
//! can write mail: what could be read in two ways is read in none.

mod dated;
mod fields;
mod mime;
mod parts;

use chrono::{DateTime, Utc};

use self::{
    fields::Fields,
    parts::{Part, Parts},
};
use super::smtp::is_status;

/// Longest `Message-ID` that is looked at.
const MAX_ID: usize = 250;
/// Most recipients that a report tells of, and are read.
const MAX_RECIPIENTS: usize = 100;

/// What a delivery report says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Id of the message that it is about, as that came back.
    pub message_id: String,
    /// When the message came to who reports.
    pub arrived_at: Option<DateTime<Utc>>,
    /// What became of it, by recipient.
    pub recipients: Vec<Told>,
}

/// What became of a message for one recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// Whom the message was first meant for, where the report says.
    pub original: Option<String>,
    /// Whom it was meant for where it is reported of.
    pub last: Option<String>,
    /// What was done.
    pub action: Action,
    /// The status, such as `5.2.2`; `None`: there is none that is one.
    pub status: Option<String>,
}

/// What can be done with a message (RFC 3464, section 2.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Action {
    /// It lies in the mailbox.
    Delivered,
    /// It was handed to a server that reports nothing.
    Relayed,
    /// It was handed to several others.
    Expanded,
    /// It is still tried.
    Delayed,
    /// It is not tried any more.
    Failed,
    /// Something else.
    Other,
}

/// Why a message is no report that could count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoReport {
    /// It is something else.
    #[error("no delivery report")]
    Form,
    /// It does not say of which message it is.
    #[error("no Message-ID of the message that came back")]
    NoMessageId,
    /// It tells of nobody.
    #[error("no recipient")]
    NoRecipient,
}

// === impl Report ===

impl Report {
    /// Reads a message.
    ///
    /// # Errors
    /// It is no report that could count.
    pub fn read(message: &[u8]) -> Result<Self, NoReport> {
        let whole = Part::read(message).ok_or(NoReport::Form)?;
        let parts = Parts::of(&whole).ok_or(NoReport::Form)?;
        let message_id = message_id(&parts.returned).ok_or(NoReport::NoMessageId)?;
        let (of_message, recipients) = parts.status.split_first().ok_or(NoReport::Form)?;
        let recipients: Option<Vec<_>> = recipients.iter().map(told).collect();
        let recipients = recipients.filter(|all| (1..=MAX_RECIPIENTS).contains(&all.len()));
        let arrived_at = of_message.only("arrival-date");
        Ok(Self {
            message_id,
            arrived_at: arrived_at.and_then(|it| dated::parse(&it)),
            recipients: recipients.ok_or(NoReport::NoRecipient)?,
        })
    }
}

/// The one id of the message, in its brackets.
fn message_id(returned: &Fields) -> Option<String> {
    let id = returned.only("message-id")?;
    let is_inner = |it: u8| it.is_ascii_graphic() && it != b'<' && it != b'>';
    let inner = id.strip_prefix('<')?.strip_suffix('>')?;
    let is_id = id.len() <= MAX_ID && inner.contains('@') && inner.bytes().all(is_inner);
    is_id.then_some(id)
}

fn told(fields: &Fields) -> Option<Told> {
    let recipient = |name| fields.only(name).as_deref().and_then(address);
    let action = fields.only("action")?;
    // A text in brackets may follow (RFC 5322, section 3.2.2).
    let status = fields.only("status");
    let status = status
        .as_deref()
        .and_then(|it| it.split([' ', '\t', '(']).next());
    Some(Told {
        original: recipient("original-recipient"),
        last: recipient("final-recipient"),
        action: Action::of(&action),
        status: status
            .filter(|it| is_status(it).is_some())
            .map(str::to_owned),
    })
}

/// The address in a field such as `rfc822; cab@example.com`.
fn address(field: &str) -> Option<String> {
    let (kind, address) = field.split_once(';')?;
    let kind = kind.trim();
    let is_mail = kind.eq_ignore_ascii_case("rfc822") || kind.eq_ignore_ascii_case("utf-8");
    let address = address.trim();
    // Some servers write brackets around it.
    let inner = address
        .strip_prefix('<')
        .and_then(|it| it.strip_suffix('>'));
    is_mail.then(|| inner.unwrap_or(address).to_owned())
}

// === impl Action ===

impl Action {
    fn of(text: &str) -> Self {
        match text.trim().to_ascii_lowercase().as_str() {
            "delivered" => Self::Delivered,
            "relayed" => Self::Relayed,
            "expanded" => Self::Expanded,
            "delayed" => Self::Delayed,
            "failed" => Self::Failed,
            _ => Self::Other,
        }
    }
}
