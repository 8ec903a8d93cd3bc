//! How a source shows who it is, or how its uploader does.

use http::HeaderName;
use passport_connector_sdk::{Auth, Builder, secrets::SecretRef, settings::Credential};
use schemars::JsonSchema;
use serde::Deserialize;

/// Headers that mean something of their own.
const TAKEN: [&str; 9] = [
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "te",
    "transfer-encoding",
];

/// One secret as Bearer, a name and a password, or a secret as the whole value of a header.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "is no reference to a secret, or is one itself: wanted is { env: NAME }, { file: PATH }, username and password, or header and value"
)]
pub enum CredentialSettings {
    /// As most stores want it.
    Usual(Credential),
    /// In a header of the store's own.
    Header(HeaderCredential),
}

/// A secret in a header.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeaderCredential {
    /// Name of the header, such as `X-Log-Key`.
    pub header: String,
    /// Reference to its whole value.
    pub value: SecretRef,
}

// === impl CredentialSettings ===

impl CredentialSettings {
    /// What is shown to the store, or a problem.
    pub fn auth(&self, builder: &mut Builder<'_>) -> Option<Auth> {
        match self {
            Self::Usual(credential) => Some(builder.auth(Some(credential))),
            Self::Header(HeaderCredential { header, value }) => {
                let name = HeaderName::try_from(header.as_str()).ok();
                let name = name.filter(|it| !TAKEN.contains(&it.as_str()));
                if name.is_none() {
                    let reason = "is no name of a header, or of one that means something else";
                    let fix = "write the header that the store reads its key from, as X-Log-Key";
                    builder.problem("credential.header", reason, fix);
                }
                Some(Auth::Header(name?, builder.secret(value)))
            }
        }
    }

    /// The token that uploads show, or a problem.
    pub fn upload_token(&self, builder: &mut Builder<'_>) -> Option<&SecretRef> {
        match self {
            Self::Usual(Credential::Token(token)) => Some(token),
            Self::Usual(Credential::Basic(_)) | Self::Header(_) => {
                let reason = "is no single token, and uploads show one";
                builder.problem(
                    "credential",
                    reason,
                    "write { env: NAME } or { file: PATH }",
                );
                None
            }
        }
    }
}
