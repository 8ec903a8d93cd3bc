//! Judges a signed webhook, of which nothing is kept: it only makes the next collection ask anew.
//! Pure.

use chrono::TimeDelta;
use http::{HeaderName, StatusCode};
use passport_connector_sdk::{
    Accepted, Delivery, Rejected, SenderReply,
    signature::{HexSignature, SigningSecrets},
};
use serde::Deserialize;
use sha2::{Digest, Sha256};

/// After the page "Webhooks": the digits alone.
const SIGNATURE: HexSignature = HexSignature {
    header: HeaderName::from_static("x-sonar-webhook-hmac-sha256"),
    prefix: "",
};

/// What a source takes.
#[derive(Debug, Clone)]
pub struct Inbox {
    /// Whose webhooks.
    pub project_key: String,
    /// What they are signed with.
    pub secrets: SigningSecrets,
    /// How long a repetition is known as one.
    pub keep_for: TimeDelta,
}

#[derive(Deserialize)]
struct Payload {
    project: Project,
}

#[derive(Deserialize)]
struct Project {
    key: String,
}

// === impl Inbox ===

impl Inbox {
    /// First the signature, over the bytes as they came, and only then the text. Who knows the
    /// secret of another project's webhook is told nothing of this one.
    pub fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        self.secrets.verify(delivery, &SIGNATURE)?;
        let read: Result<Payload, _> = serde_json::from_slice(&delivery.body);
        let payload = read.map_err(|_| {
            let why = "not the JSON of a SonarQube webhook";
            Rejected::new(StatusCode::BAD_REQUEST, why)
        })?;
        if payload.project.key != self.project_key {
            return Err(Rejected::unauthorized());
        }
        Ok(Accepted {
            idempotency_key: hex::encode(Sha256::digest(&delivery.body)),
            records: Vec::new(),
            keep_for: self.keep_for,
            reply: SenderReply::text(StatusCode::ACCEPTED, "taken"),
        })
    }
}
