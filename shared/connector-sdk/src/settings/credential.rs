//! References to secrets.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::secrets::SecretRef;

/// What a source shows to its provider: one secret, or a name and a password.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "is no reference to a secret, or is one itself: wanted is { env: NAME }, { file: PATH }, or username and password, each one"
)]
pub enum Credential {
    /// One secret.
    Token(SecretRef),
    /// A name and a password.
    Basic(BasicCredential),
}

/// A name and a password.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BasicCredential {
    /// Reference to the name.
    pub username: SecretRef,
    /// Reference to the password.
    pub password: SecretRef,
}

/// Whom to trust and as whom to appear.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TlsSettings {
    /// Authorities to trust instead of the system's, PEM.
    pub ca: Option<SecretRef>,
    /// The name to ask for and to verify, where it is not the endpoint's host.
    pub server_name: Option<String>,
    /// Client certificate, PEM.
    pub client_cert: Option<SecretRef>,
    /// Its private key, PEM.
    pub client_key: Option<SecretRef>,
}
