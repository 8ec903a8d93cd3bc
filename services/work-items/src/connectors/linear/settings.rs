//! What stands under a source.

mod check;

use passport_connector_sdk::{secrets::SecretRef, settings::ThresholdSettings};
use schemars::JsonSchema;
use serde::Deserialize;

/// The one place where all workspaces are asked.
const LINEAR: &str = "https://api.linear.app";

/// A Linear source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The API. Default `https://api.linear.app`; `/graphql` is added.
    #[serde(default = "linear")]
    pub endpoint: String,
    /// An API key, or a token of OAuth.
    pub credential: CredentialSettings,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Ids of states in which the issue is ready. Default: every state of the type `completed`.
    pub ready_states: Option<Vec<String>>,
    /// What is taken for an approval.
    pub approval: Option<ApprovalSettings>,
    /// Secrets of webhooks, 1 to 5: any one of them will do.
    pub signing_secrets: Option<Vec<SecretRef>>,
    /// What is wanted of a fact, instead of its default.
    #[serde(default)]
    pub thresholds: ThresholdSettings,
}

/// How Linear is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "is no reference to a secret, or is one itself: wanted is { env: NAME } or { file: PATH } of an API key, or { token: … } of OAuth"
)]
pub enum CredentialSettings {
    /// With an API key.
    Key(SecretRef),
    /// With a token of OAuth.
    OAuth(TokenSettings),
}

/// A token of OAuth.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TokenSettings {
    /// Reference to it.
    pub token: SecretRef,
}

/// The narrow target: an issue, a release, or both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Key of the one team. Issues of others are never judged.
    pub team: Option<String>,
    /// Identifier of the issue.
    pub issue: Option<String>,
    /// The release.
    pub release: Option<ReleaseSettings>,
}

/// A release of a pipeline.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseSettings {
    /// Id of the pipeline.
    pub pipeline: String,
    /// Its version; `${subject.version}` and `${subject.revision}` are filled in.
    pub version: String,
}

/// What is taken for an approval: Linear has none of its own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalSettings {
    /// Id of a label.
    pub label: Option<String>,
    /// Id of a state.
    pub state: Option<String>,
    /// Ids of the users who may set it, 1 to 50.
    #[serde(default)]
    pub approvers: Vec<String>,
}

fn linear() -> String {
    LINEAR.to_owned()
}
