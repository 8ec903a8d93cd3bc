//! Signed evidence that the customer's own system sends.

mod envelope;
mod kept;
mod payload;
mod signed;

use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use passport_connector_sdk::{
    Accepted, Builder, Delivery, Kept, Observation, Rejected, SenderReply, settings::Span, upload,
};
use passport_evidence::{Fact, FactName, MaxAge, Reason, Scope};

use super::settings::Settings;
use kept::{Sent, Summary};
use payload::Flaw;
use signed::Door;

/// Most bytes of a delivery.
pub const MAX_BYTES: usize = 256 * 1024;

/// How long a delivery is kept: longer than it can be replayed or be of use, so that an older one does
/// not pass in its place.
const KEPT_FOR: TimeDelta = TimeDelta::hours(1);

/// A source that takes what is sent.
pub struct Inbound {
    door: Door,
    facts: Vec<FactName>,
    cap: Span,
    scope: Scope,
}

/// Why a delivery is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Refusal {
    #[error("{0}")]
    Upload(#[from] upload::Refusal),
    #[error("the payload {0}")]
    Payload(#[from] Flaw),
}

// === impl Inbound ===

impl Inbound {
    /// Checks the source.
    pub fn build(settings: &Settings, builder: &mut Builder<'_>) -> Option<Self> {
        let door = Door::build(settings, builder);
        builder.keeps_apart("signing_secrets");
        let facts = settings.fact_names(builder);
        let cap = settings.cap(builder);
        for name in facts.iter().flatten() {
            builder.names_fact(name.clone());
        }
        Some(Self {
            door: door?,
            facts: facts?,
            cap: cap?,
            scope: builder.scope().clone(),
        })
    }

    /// Judges a delivery: its size, its signature and time, and only then what is in it.
    pub fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        let size = upload::check_size(delivery, MAX_BYTES);
        size.map_err(|it| Refusal::Upload(it).rejected())?;
        let signed = self.door.open(delivery)?;
        let read = payload::read(delivery, signed.at, &self.facts, &self.scope);
        let (payload, event) = read.map_err(|it| Refusal::Payload(it).rejected())?;
        let summary = Summary::new(payload, signed.at, delivery.received_at, self.cap);
        let record = summary.to_bytes().ok_or(Flaw::Form);
        Ok(Accepted {
            idempotency_key: signed.key(event.as_deref(), &delivery.body),
            records: vec![record.map_err(|it| Refusal::Payload(it).rejected())?],
            keep_for: KEPT_FOR,
            reply: SenderReply::text(StatusCode::ACCEPTED, "the facts are kept"),
        })
    }

    /// What was sent, each fact as of its newest delivery.
    pub fn observation(&self, kept: &Kept, now: DateTime<Utc>) -> Observation {
        let sent: Vec<_> = kept.records.iter().filter_map(Sent::read).collect();
        let newest = |name: &FactName| Sent::newest(&sent, name);
        let fresh = self.facts.iter().filter_map(newest);
        let lives = fresh.filter(|it| it.is_fresh(now)).map(Sent::max_age);
        let lasts = lives.min().or(MaxAge::from_secs(self.cap.as_secs().into()));
        let fact = |name: &FactName| match newest(name) {
            None => Fact::unknown(name.clone(), Reason::NoData),
            Some(sent) => sent.fact(name, now),
        };
        Observation::declared(self.facts.iter().map(fact).collect()).lasting(lasts)
    }
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        let status = match self {
            Self::Upload(refusal) => refusal.status(),
            Self::Payload(Flaw::Json) => StatusCode::BAD_REQUEST,
            Self::Payload(Flaw::Batch) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Payload(_) => StatusCode::UNPROCESSABLE_ENTITY,
        };
        let why = self.to_string().into_bytes();
        Rejected::with(SenderReply::new(status, "text/plain; charset=utf-8", why))
    }
}
