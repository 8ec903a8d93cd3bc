//! A signed webhook says that something changed: the next collection asks anew, and nothing of it is kept
//! ("Webhooks"). Pure.

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderName, StatusCode};
use passport_connector_sdk::{
    Accepted, Delivery, Object, Rejected, SenderReply,
    signature::{HexSignature, SigningSecrets},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::model::Team;
use passport_connector_sdk::Part;

const SIGNATURE: HexSignature = HexSignature {
    header: HeaderName::from_static("linear-signature"),
    prefix: "",
};
const DELIVERY: &str = "linear-delivery";
/// How far the time that is signed may lie from now.
const WINDOW: TimeDelta = TimeDelta::seconds(60);
/// Longest id of a delivery.
const MAX_ID: usize = 100;

/// Why a webhook that is well signed is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// Not the JSON that Linear documents.
    Form,
    /// Without the id of its delivery.
    NoId,
    /// Made at another time: it may be one that was seen before.
    Time,
    /// Told like a wrong signature: who knows the secret of one team learns of no other.
    OtherTeam,
}

#[derive(Deserialize)]
struct Payload {
    /// When it was sent, in Unix milliseconds.
    #[serde(rename = "webhookTimestamp")]
    sent_at: i64,
    /// Of another shape with each type of event.
    #[serde(default)]
    data: Part<Object<Data>>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    team: Part<Object<Team>>,
}

/// What a source takes.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Key of the team whose events it takes.
    pub team: String,
    /// What they are signed with.
    pub secrets: SigningSecrets,
    /// How long the same delivery is known again.
    pub keep_for: TimeDelta,
}

// === impl Inbox ===

impl Inbox {
    /// Judges a webhook: first its signature, over the bytes as they came, and only then its text.
    pub fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        self.secrets.verify(delivery, &SIGNATURE)?;
        let id = self.read(delivery).map_err(Refusal::rejected)?;
        let key = Sha256::new().chain_update(id).chain_update([0]);
        let key = key.chain_update(&delivery.body).finalize();
        Ok(Accepted {
            idempotency_key: hex::encode(key),
            records: Vec::new(),
            keep_for: self.keep_for,
            // Linear takes any other status for a failure.
            reply: SenderReply::text(StatusCode::OK, "taken"),
        })
    }

    /// The id of a delivery that is for this source, and of now.
    fn read<'a>(&self, delivery: &'a Delivery) -> Result<&'a str, Refusal> {
        let payload: Object<Payload> =
            serde_json::from_slice(&delivery.body).map_err(|_| Refusal::Form)?;
        if !is_now(payload.sent_at, delivery.received_at) {
            return Err(Refusal::Time);
        }
        match &payload.data {
            Part::Is(data) if !self.is_ours(&data.team) => Err(Refusal::OtherTeam),
            Part::Is(_) | Part::Null | Part::Missing | Part::Odd => {
                id(delivery).ok_or(Refusal::NoId)
            }
        }
    }

    /// Whether an event may be of the source's team: many don't say of which one they are.
    fn is_ours(&self, team: &Part<Object<Team>>) -> bool {
        match team {
            Part::Is(team) => team.key == self.team,
            Part::Null | Part::Missing | Part::Odd => true,
        }
    }
}

fn is_now(sent_at: i64, received_at: DateTime<Utc>) -> bool {
    let sent_at = DateTime::from_timestamp_millis(sent_at);
    sent_at.is_some_and(|it| (received_at - it).abs() <= WINDOW)
}

fn id(delivery: &Delivery) -> Option<&str> {
    let id = delivery.header(DELIVERY)?;
    (1..=MAX_ID).contains(&id.len()).then_some(id)
}

// === impl Refusal ===

impl Refusal {
    fn rejected(self) -> Rejected {
        let why = match self {
            Self::Form => "not the JSON that Linear documents for webhooks",
            Self::NoId => "without the one header Linear-Delivery",
            Self::Time => "not sent within 60 seconds of now; check the clock",
            Self::OtherTeam => return Rejected::unauthorized(),
        };
        Rejected::new(StatusCode::BAD_REQUEST, why)
    }
}
