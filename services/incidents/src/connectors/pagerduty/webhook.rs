//! From a signed webhook to what is kept of it ("Webhooks V3"). Pure.
//!
//! What a webhook says is only kept where it is bad news, and only until the API must show it too.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderName, StatusCode};
use passport_connector_sdk::{
    Accepted, Delivery, Object, Part, Rejected, SenderReply,
    signature::{HexSignature, SigningSecrets},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::model::{Priority, Reference};

const SIGNATURE: HexSignature = HexSignature {
    header: HeaderName::from_static("x-pagerduty-signature"),
    prefix: "v1=",
};
/// PagerDuty delivers again for two days.
const KNOWN_AT_LEAST: TimeDelta = TimeDelta::hours(49);
/// Longest id of an event.
const MAX_ID: usize = 200;
/// Events after which an incident is open.
const OPENS: [&str; 4] = [
    "incident.escalated",
    "incident.reopened",
    "incident.triggered",
    "incident.unacknowledged",
];
/// The event after which it is not.
const CLOSES: &str = "incident.resolved";
const TRIGGERED: &str = "triggered";

/// Why a webhook that is well signed is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// Not the JSON that PagerDuty documents.
    Form,
    /// Told like a wrong signature: who knows the secret of one service learns of no other.
    OtherService,
}

#[derive(Deserialize)]
struct Payload {
    event: Object<Event>,
}

#[derive(Deserialize)]
struct Event {
    id: String,
    event_type: String,
    occurred_at: DateTime<Utc>,
    /// Of another shape with each type.
    data: Value,
}

/// What is read of an incident in an event.
#[derive(Deserialize)]
struct Told {
    id: String,
    urgency: Option<String>,
    priority: Option<Object<Priority>>,
    service: Object<Reference>,
}

/// That an incident opened, or that it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// Id of the incident.
    pub incident: String,
    /// Whose it is.
    pub service: String,
    /// When it happened, as PagerDuty says.
    pub at: DateTime<Utc>,
    /// Whether it is open since.
    pub is_open: bool,
    /// `high` or `low`.
    pub urgency: Option<String>,
    /// What the account calls its priority.
    pub priority: Option<String>,
}

/// What a source takes.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Whose webhooks.
    pub services: BTreeSet<String>,
    /// What they are signed with.
    pub secrets: SigningSecrets,
    /// How long evidence may be relied on.
    pub max_age: TimeDelta,
}

// === impl Inbox ===

impl Inbox {
    /// Judges a webhook: first its signature, over the bytes as they came, and only then its text.
    pub fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        self.secrets.verify_any(delivery, &SIGNATURE)?;
        let payload: Object<Payload> =
            serde_json::from_slice(&delivery.body).map_err(|_| Refusal::Form.rejected())?;
        let event = &payload.event;
        if !(1..=MAX_ID).contains(&event.id.len()) {
            return Err(Refusal::Form.rejected());
        }
        let news = self.news(event).map_err(Refusal::rejected)?;
        let records = news.iter().filter_map(|it| serde_json::to_vec(it).ok());
        Ok(Accepted {
            idempotency_key: hex::encode(Sha256::digest(&event.id)),
            records: records.map(Into::into).collect(),
            keep_for: (self.max_age * 2).max(KNOWN_AT_LEAST),
            reply: SenderReply::text(StatusCode::ACCEPTED, "taken"),
        })
    }

    /// `None`: an event that says nothing to this source. Such are taken too: PagerDuty gives up on whoever
    /// often refuses.
    fn news(&self, event: &Event) -> Result<Option<News>, Refusal> {
        let is_open = OPENS.contains(&event.event_type.as_str());
        if !is_open && event.event_type != CLOSES {
            return Ok(None);
        }
        let told: Object<Told> = Object::deserialize(&event.data).map_err(|_| Refusal::Form)?;
        let told = told.0;
        if !self.services.contains(&told.service.id) {
            return Err(Refusal::OtherService);
        }
        Ok(Some(News {
            priority: told
                .priority
                .as_ref()
                .and_then(|it| it.name())
                .map(str::to_owned),
            incident: told.id,
            service: told.service.0.id,
            at: event.occurred_at,
            is_open,
            urgency: told.urgency,
        }))
    }
}

// === impl News ===

impl News {
    /// The same as the API would show it.
    pub fn incident(&self) -> super::model::Incident {
        let priority = self.priority.clone().map(|name| {
            Object(Priority {
                name: Some(name),
                summary: None,
            })
        });
        super::model::Incident {
            id: self.incident.clone(),
            status: TRIGGERED.to_owned(),
            urgency: self.urgency.clone(),
            priority,
            created_at: Some(self.at),
            service: Object(Reference {
                id: self.service.clone(),
            }),
            pending_actions: Some(Vec::new()),
            assignments: Part::Missing,
            acknowledgements: Part::Missing,
        }
    }
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        match self {
            Self::Form => Rejected::new(
                StatusCode::BAD_REQUEST,
                "not the JSON that PagerDuty documents for webhooks of version 3",
            ),
            Self::OtherService => Rejected::unauthorized(),
        }
    }
}
