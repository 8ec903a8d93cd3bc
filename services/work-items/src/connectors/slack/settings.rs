//! What stands under a source.

mod check;

use std::collections::BTreeSet;

use chrono::TimeDelta;
use passport_connector_sdk::{ActorIds, secrets::SecretRef, settings::Span};
use passport_evidence::{MaxAge, Threshold};
use schemars::JsonSchema;
use serde::Deserialize;

/// A Slack source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How messages are sent.
    #[serde(default)]
    pub mode: Mode,
    /// Where Slack is. Default `https://slack.com`, for an incoming webhook `https://hooks.slack.com`.
    pub endpoint: Option<String>,
    /// Reference to the token of a bot, or to the whole address of an incoming webhook.
    pub credential: SecretRef,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Whether a message is sent about a release, where that is asked for.
    #[serde(default)]
    pub notify: bool,
    /// References to the signing secrets of the app, 1 to 5: any one of them will do. Approvals need them.
    pub signing_secrets: Option<Vec<SecretRef>>,
    /// Ids of the persons who may approve. An empty list: nobody may.
    pub approvers: Option<Vec<String>>,
    /// Id of the person who asks for the release, whose click never counts.
    pub requester: Option<String>,
    /// So many persons must approve.
    #[serde(default = "one")]
    pub min_approvals: u32,
    /// How long a request may be answered; at most and by default 4h and 1h.
    #[serde(default = "hour")]
    pub request_ttl: Span,
}

/// How messages are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By a bot, which is told where its message stands.
    #[default]
    WebApi,
    /// By an address that takes messages for one channel, and tells nothing of them.
    IncomingWebhook,
}

/// The narrow target.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Id of the workspace.
    #[serde(default)]
    pub team: String,
    /// Id of the channel.
    #[serde(default)]
    pub channel: String,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// How messages are sent.
    pub mode: Mode,
    /// Id of the workspace.
    pub team: String,
    /// Id of the channel.
    pub channel: String,
    /// Whether messages are sent.
    pub notifies: bool,
    /// Who may approve, and how it is counted; `None`: nothing is asked.
    pub approval: Option<Approval>,
    /// How long what became of a message is of use.
    pub keep_for: TimeDelta,
    /// How long evidence lasts at most.
    pub lasts: MaxAge,
    /// Makes ids of persons.
    pub actors: ActorIds,
}

/// Who may approve, and how it is counted.
#[derive(Debug, Clone)]
pub struct Approval {
    /// Ids of the persons who may, less the one who asks.
    pub approvers: BTreeSet<String>,
    /// Who asks.
    pub requester: Option<String>,
    /// How many must.
    pub wanted: Threshold,
    /// The same, as a number.
    pub least: u32,
    /// How long a request may be answered.
    pub ttl: TimeDelta,
}

fn one() -> u32 {
    1
}

fn hour() -> Span {
    Span::of_seconds(3_600)
}
