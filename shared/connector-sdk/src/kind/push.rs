//! Pushed evidence.

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderValue, StatusCode, header::CONTENT_TYPE};
use passport_evidence::{Person, Subject, person};

use super::Noticed;
use crate::keep::Notices;

/// A delivery, exactly as its sender made it: signatures cover these bytes.
#[derive(Clone)]
pub struct Delivery {
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// When it came in, by the collector's clock.
    pub received_at: DateTime<Utc>,
}

/// A delivery that is worth keeping.
#[derive(Clone)]
pub struct Accepted {
    /// The same delivery again has the same key.
    pub idempotency_key: String,
    /// What to keep; may be nothing.
    pub records: Vec<Bytes>,
    /// How long it is of use.
    pub keep_for: TimeDelta,
    /// What the sender gets.
    pub reply: SenderReply,
}

/// A delivery that is not taken. Nothing of it is kept.
#[derive(Debug, Clone)]
pub struct Rejected {
    /// What the sender gets.
    pub reply: Box<SenderReply>,
}

/// What a sender gets over HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct SenderReply {
    /// Status.
    pub status: StatusCode,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
}

/// One thing that was kept.
#[derive(Clone)]
pub struct Record {
    /// When it came in.
    pub received_at: DateTime<Utc>,
    /// What the connector wanted kept.
    pub body: Bytes,
}

/// What was kept for one source.
#[derive(Debug, Clone, Default)]
pub struct Kept {
    /// Oldest first.
    pub records: Vec<Record>,
    /// When the source first took a delivery, however long ago.
    pub first_delivery_at: Option<DateTime<Utc>>,
    /// What became of the notices that it sent.
    pub notices: Notices,
}

// === impl Kept ===

impl Kept {
    /// What became of the notice about a release; `None`: none was ever asked for.
    pub fn noticed(&self, subject: &Subject) -> Option<&Noticed> {
        self.notices.of(subject)
    }
}

// === impl Rejected ===

impl Rejected {
    /// A rejection with a status and a plain sentence for the sender.
    pub fn new(status: StatusCode, why: &'static str) -> Self {
        Self::with(SenderReply::text(status, why))
    }

    /// A rejection with a reply in the sender's own protocol.
    pub fn with(reply: SenderReply) -> Self {
        Self {
            reply: Box::new(reply),
        }
    }

    /// The same answer for an unknown source, a bad signature and a missing token, so that none can
    /// be told from the others.
    pub fn unauthorized() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "not authorized for this source")
    }

    /// The connector takes no deliveries.
    pub fn not_supported() -> Self {
        Self::new(
            StatusCode::NOT_IMPLEMENTED,
            "this source takes no deliveries",
        )
    }
}

// === impl SenderReply ===

impl SenderReply {
    /// A reply with a body of a media type.
    pub fn new(status: StatusCode, media_type: &'static str, body: impl Into<Bytes>) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static(media_type))]);
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    /// A plain sentence.
    pub fn text(status: StatusCode, text: &'static str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", text)
    }
}

impl std::fmt::Debug for SenderReply {
    /// Neither headers nor body: a reply may repeat what the sender wrote.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SenderReply")
            .field("status", &self.status)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

// === impl Delivery ===

impl Delivery {
    /// The person who delivers, as the gateway says; `None` for a provider, a service and whoever
    /// shows nothing. The gateway takes out what a sender says of himself.
    pub fn person(&self) -> Option<Person> {
        Person::read(self.header(person::PERSON)?, self.header(person::RIGHTS)?)
    }

    /// The text of a header that is there once.
    pub fn header(&self, name: &str) -> Option<&str> {
        only(&self.headers, name)
    }
}

impl std::fmt::Debug for Delivery {
    /// Neither headers nor body: both may hold secrets.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Delivery")
            .field("body_bytes", &self.body.len())
            .field("received_at", &self.received_at)
            .finish_non_exhaustive()
    }
}

/// The text of a header that is there once.
pub(crate) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

// === impl Accepted ===

impl std::fmt::Debug for Accepted {
    /// Neither records nor key: both are made from what a sender wrote.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Accepted")
            .field("records", &self.records.len())
            .field("keep_for", &self.keep_for)
            .field("reply", &self.reply)
            .finish_non_exhaustive()
    }
}

// === impl Record ===

impl std::fmt::Debug for Record {
    /// No body: it may hold what may not be shown.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Record")
            .field("received_at", &self.received_at)
            .field("body_bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
