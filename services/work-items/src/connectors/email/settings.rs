//! What stands under a source.

mod check;

use passport_connector_sdk::settings::Credential;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{address::Mailbox, smtp::Security};

/// An email source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The mail server, for example `smtp://smtp.example.com:587`, or with `smtps://` one that speaks TLS from
    /// the first byte. Without a port: 587, and 465.
    pub endpoint: String,
    /// When the connection goes on in TLS. Default `starttls`, for `smtps://` `implicit`.
    pub security: Option<Security>,
    /// Who logs in, by references to `username` and `password`; without it nobody does.
    pub credential: Option<Credential>,
    /// The narrow target.
    #[serde(default)]
    pub scope: ScopeSettings,
    /// Whether a message is sent about a release, where that is asked for.
    #[serde(default)]
    pub notify: bool,
    /// Whether delivery reports are taken.
    #[serde(default)]
    pub dsn: bool,
}

/// The narrow target.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Who sends, and gets reports of what could not be delivered: one mailbox.
    #[serde(default)]
    pub from: String,
    /// Who is told, 1 to 10 mailboxes. Each gets a message of its own.
    #[serde(default)]
    pub recipients: Vec<String>,
}

/// What a source wants, once its settings were checked.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// Who sends.
    pub from: Mailbox,
    /// Who is told.
    pub recipients: Vec<Mailbox>,
    /// Whether messages are sent.
    pub notifies: bool,
    /// Whether delivery reports are taken, and so asked for.
    pub takes_reports: bool,
}
