//! What stands under a source.

use passport_connector_sdk::{Auth, Builder, secrets::SecretRef};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::search_api::{self, Shown};

/// An Elasticsearch source.
pub type Settings = search_api::Settings<CredentialSettings>;

/// What is shown to the server: an API key, a token, or a name and a password.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ElasticsearchCredential")]
pub struct CredentialSettings {
    /// Reference to an API key in its encoded form, base64 of id and key with a colon between.
    api_key: Option<SecretRef>,
    /// Reference to a token, sent as Bearer.
    token: Option<SecretRef>,
    /// Reference to the name.
    username: Option<SecretRef>,
    /// Reference to the password.
    password: Option<SecretRef>,
}

/// What requests show, or a problem at `credential`.
pub fn shown(credential: Option<&CredentialSettings>, builder: &mut Builder<'_>) -> Option<Shown> {
    let Some(credential) = credential else {
        return Some(Shown::Header(Auth::None));
    };
    let CredentialSettings {
        api_key,
        token,
        username,
        password,
    } = credential;
    let auth = match (api_key, token, username, password) {
        (Some(key), None, None, None) => Auth::Scheme("ApiKey", builder.secret(key)),
        (None, Some(token), None, None) => Auth::Bearer(builder.secret(token)),
        (None, None, Some(username), Some(password)) => Auth::Basic {
            username: builder.secret(username),
            password: builder.secret(password),
        },
        _ => {
            let fix = "write api_key, or token, or username and password, each as { env: NAME }";
            builder.problem("credential", "is not one whole credential", fix);
            return None;
        }
    };
    Some(Shown::Header(auth))
}
