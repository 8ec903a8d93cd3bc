//! What stands under a source.

mod check;

use passport_connector_sdk::{secrets::SecretRef, settings::ThresholdSettings};
use schemars::JsonSchema;
use serde::Deserialize;

use super::wanted::Deployment;

/// A Jira source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The site, such as `https://acme.atlassian.net`; a data center with its context path; for scoped
    /// tokens `https://api.atlassian.com/ex/jira/<cloud id>`.
    pub endpoint: String,
    /// Where Jira runs.
    #[serde(default)]
    pub deployment: Deployment,
    /// An account's address and API token; or one token: of OAuth, or of a data center.
    pub credential: CredentialSettings,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// What approves a ticket.
    pub approval: ApprovalSettings,
    /// Fields that hold the planned start and end of the change.
    pub window: Option<WindowSettings>,
    /// Ids of link types whose inward side blocks. Default: those that read `is blocked by`.
    pub blocking_link_types: Option<Vec<String>>,
    /// Most pages of a list that are read, 1 to 100.
    #[serde(default = "pages")]
    pub page_limit: u32,
    /// What is wanted of a fact, instead of its default.
    #[serde(default)]
    pub thresholds: ThresholdSettings,
}

/// How Jira is asked.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "is no reference to a secret, or is one itself: wanted is { env: NAME } or { file: PATH } of a token, or email and api_token, each one"
)]
pub enum CredentialSettings {
    /// With a token alone.
    Token(SecretRef),
    /// With an account of Atlassian.
    Account(AccountSettings),
}

/// An account of Atlassian.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// Reference to its address.
    pub email: SecretRef,
    /// Reference to its API token.
    pub api_token: SecretRef,
}

/// The narrow target: one ticket, or those of a version or label.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Keys of projects, 1 to 20. Tickets of others are never judged.
    #[serde(default)]
    pub projects: Vec<String>,
    /// Key of the ticket.
    pub issue: Option<String>,
    /// Name of the version; `${subject.version}` and `${subject.revision}` are filled in.
    pub fix_version: Option<String>,
    /// The label; the same are filled in.
    pub label: Option<String>,
    /// Name or id of the type that tickets must have.
    pub issue_type: Option<String>,
}

/// What approves a ticket.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalSettings {
    /// Where the approval is read.
    #[serde(default)]
    pub source: ApprovalSource,
    /// Ids of statuses that approve.
    #[serde(default)]
    pub approved_statuses: Vec<String>,
    /// Ids of statuses that refuse.
    #[serde(default)]
    pub rejected_statuses: Vec<String>,
    /// Ids of statuses that say nothing yet.
    #[serde(default)]
    pub pending_statuses: Vec<String>,
    /// Ids of resolutions that don't refuse. A ticket that is done with any other is refused.
    #[serde(default)]
    pub approved_resolutions: Vec<String>,
    /// Id of the field that holds the approval.
    pub field: Option<String>,
    /// Ids of the field's options that approve.
    #[serde(default)]
    pub approved_values: Vec<String>,
    /// So many persons must approve, 1 to 50.
    #[serde(default = "one")]
    pub min_approvals: u32,
    /// Whether who reported the ticket may not approve it.
    #[serde(default)]
    pub separation_of_duties: bool,
}

/// Where the approval is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ApprovalSource {
    /// In the ticket's status.
    #[default]
    Status,
    /// In the approvals of service management.
    Jsm,
    /// In a field of its own.
    Field,
}

/// Fields that hold the planned start and end of the change.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindowSettings {
    /// Id of the field with the start.
    pub start_field: Option<String>,
    /// Id of the field with the end.
    pub end_field: Option<String>,
}

fn pages() -> u32 {
    20
}

fn one() -> u32 {
    1
}
