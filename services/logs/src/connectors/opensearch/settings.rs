//! What stands under a source.

use passport_connector_sdk::{Auth, Builder, secrets::SecretRef};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::search_api;

/// An OpenSearch source.
pub type Settings = search_api::Settings<CredentialSettings>;

/// What is shown to the server: a name and a password, or a token.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "OpenSearchCredential")]
pub struct CredentialSettings {
    /// Reference to the name.
    username: Option<SecretRef>,
    /// Reference to the password.
    password: Option<SecretRef>,
    /// Reference to a token, sent as Bearer.
    token: Option<SecretRef>,
}

/// What requests show, or a problem at `credential`.
pub fn auth(credential: Option<&CredentialSettings>, builder: &mut Builder<'_>) -> Option<Auth> {
    let Some(credential) = credential else {
        return Some(Auth::None);
    };
    match (
        &credential.username,
        &credential.password,
        &credential.token,
    ) {
        (Some(username), Some(password), None) => Some(Auth::Basic {
            username: builder.secret(username),
            password: builder.secret(password),
        }),
        (None, None, Some(token)) => Some(Auth::Bearer(builder.secret(token))),
        _ => {
            let fix = "write username and password, or token, each as { env: NAME }";
            builder.problem("credential", "is not one whole credential", fix);
            None
        }
    }
}
