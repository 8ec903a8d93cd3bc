//! A click on a button, and what is kept of it: neither a name nor an address nor a token.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Object;
use serde::{Deserialize, Serialize};
use url::form_urlencoded;

use super::Inbox;
use crate::connectors::slack::{message, names};

const FIELD: &str = "payload";
const CLICK: &str = "block_actions";
const BUTTON: &str = "button";
/// Longest id of a request that may be ours.
const MAX_REQUEST: usize = 128;
/// Furthest that a click may be from the time of the request that tells of it, in seconds.
const WINDOW: u64 = 300;

/// A body that is no form of Slack's.
#[derive(Debug)]
pub struct NoForm;

/// What a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Approve the release.
    Approve,
    /// Decline it.
    Decline,
}

/// What is kept of a click.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Click {
    /// Id of the request.
    pub request: String,
    /// What was done.
    pub act: Act,
    /// Who did, as an id that tells nothing.
    pub actor: String,
    /// Whether that person was allowed to, when it came in.
    pub allowed: bool,
    /// Slack's stamp of it, in whole seconds.
    pub at: DateTime<Utc>,
}

/// A click as Slack tells of it.
#[derive(Debug)]
pub struct Pressed {
    /// The workspace.
    pub team: String,
    person: String,
    act: Act,
    request: String,
    at: DateTime<Utc>,
}

#[derive(Deserialize)]
struct Kind {
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct Payload {
    user: Object<Named>,
    team: Object<Named>,
    actions: Vec<Object<Action>>,
}

#[derive(Deserialize)]
struct Named {
    id: String,
}

#[derive(Deserialize)]
struct Action {
    #[serde(rename = "type")]
    kind: String,
    action_id: String,
    value: String,
    action_ts: String,
}

/// Reads a body; `None`: a form of Slack's that tells of no click on one of our buttons.
///
/// # Errors
/// It is no form, has no payload or several, or that is no JSON of a kind.
pub fn read(body: &[u8]) -> Result<Option<Pressed>, NoForm> {
    let mut fields = form_urlencoded::parse(body).filter(|(key, _)| key == FIELD);
    let (Some((_, payload)), None) = (fields.next(), fields.next()) else {
        return Err(NoForm);
    };
    let kind: Object<Kind> = serde_json::from_str(&payload).map_err(|_| NoForm)?;
    if kind.kind != CLICK {
        return Ok(None);
    }
    let payload = serde_json::from_str::<Object<Payload>>(&payload);
    Ok(payload.ok().and_then(|it| it.0.pressed()))
}

// === impl Payload ===

impl Payload {
    /// A click is one action: of several nobody knows which was meant.
    fn pressed(self) -> Option<Pressed> {
        let mut actions = self.actions.into_iter();
        let action = actions.next().filter(|_| actions.next().is_none())?.0;
        let act = match action.action_id.as_str() {
            message::APPROVE => Act::Approve,
            message::DECLINE => Act::Decline,
            _ => return None,
        };
        let is_inner = |it: u8| it.is_ascii_alphanumeric() || it == b'_' || it == b'-';
        let is_request =
            (1..=MAX_REQUEST).contains(&action.value.len()) && action.value.bytes().all(is_inner);
        let is_ours = action.kind == BUTTON && is_request && names::is_person(&self.user.id);
        let at = DateTime::from_timestamp(names::seconds(&action.action_ts)?, 0)?;
        is_ours.then_some(Pressed {
            team: self.team.0.id,
            person: self.user.0.id,
            act,
            request: action.value,
            at,
        })
    }
}

// === impl Pressed ===

impl Pressed {
    /// What is kept of it; `None` where its time is not that of the request that tells of it, or nobody could
    /// be told from anybody.
    pub fn kept(self, sent_at: DateTime<Utc>, inbox: &Inbox) -> Option<Click> {
        let apart = sent_at.timestamp().abs_diff(self.at.timestamp());
        let actor = inbox.actors.id(&self.team, &self.person)?;
        (apart <= WINDOW).then(|| Click {
            request: self.request,
            act: self.act,
            actor,
            allowed: inbox.may_approve(&self.person),
            at: self.at,
        })
    }
}
