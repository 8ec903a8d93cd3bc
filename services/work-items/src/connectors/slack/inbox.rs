//! From a signed click to what is kept of it ("Verifying requests from Slack", "block_actions payload").

mod click;
mod signed;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use http::StatusCode;
use passport_connector_sdk::{
    Accepted, Delivery, Rejected, SenderReply, signature::SigningSecrets,
};
use sha2::{Digest, Sha256};

use super::{actor::Actors, rejections::Rejections, settings::Wanted};
pub use click::{Act, Click};

/// What a clock may be wrong, beyond the life of a request.
const MARGIN: TimeDelta = TimeDelta::minutes(15);

/// What a source takes.
#[derive(Debug)]
pub struct Inbox {
    secrets: SigningSecrets,
    /// Turns persons into ids.
    pub actors: Actors,
    /// What was turned away.
    pub rejections: Rejections,
    team: String,
    approvers: BTreeSet<String>,
    requester: Option<String>,
    keep_for: TimeDelta,
    asks: bool,
}

// === impl Inbox ===

impl Inbox {
    /// Takes clicks that are signed with one of the secrets.
    pub fn new(secrets: SigningSecrets, actors: Actors, wanted: &Wanted) -> Self {
        let approval = wanted.approval.as_ref();
        let approvers = approval.map(|it| it.approvers.clone());
        Self {
            secrets,
            actors,
            rejections: Rejections::default(),
            team: wanted.team.clone(),
            approvers: approvers.unwrap_or_default(),
            requester: approval.and_then(|it| it.requester.clone()),
            keep_for: wanted.keep_for + MARGIN,
            asks: approval.is_some(),
        }
    }

    /// The id of who asks for releases.
    pub fn requester(&self) -> Option<String> {
        let requester = self.requester.as_ref()?;
        self.actors.id(&self.team, requester)
    }

    /// Judges a delivery: first its signature, over the bytes as they came, and only then its text.
    pub fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        let Some(sent_at) = signed::verified(&self.secrets, delivery) else {
            self.rejections.add(delivery.received_at);
            return Err(Rejected::unauthorized());
        };
        let pressed = click::read(&delivery.body).map_err(|click::NoForm| {
            let why = "not the form that Slack sends for interactions; is this its Request URL?";
            Rejected::new(StatusCode::BAD_REQUEST, why)
        })?;
        let pressed = pressed.filter(|it| self.asks && it.team == self.team);
        let click = pressed.and_then(|it| it.kept(sent_at, self));
        let records = click.iter().filter_map(|it| serde_json::to_vec(it).ok());
        Ok(Accepted {
            idempotency_key: format!("click:{}", hex::encode(Sha256::digest(&delivery.body))),
            records: records.map(Into::into).collect(),
            keep_for: self.keep_for,
            reply: SenderReply::text(StatusCode::OK, ""),
        })
    }

    fn may_approve(&self, person: &str) -> bool {
        self.approvers.contains(person) && self.requester.as_deref() != Some(person)
    }
}
