//! What stands under a source.

use passport_connector_sdk::{Auth, Builder, secrets::SecretRef};
use schemars::JsonSchema;
use serde::Deserialize;

use crate::search_api::{self, Shown, Signing};

/// An OpenSearch source.
pub type Settings = search_api::Settings<CredentialSettings>;

/// Longest name of a region.
const MAX_REGION: usize = 30;

/// What is shown to the server: a name and a password, a token, or requests signed for AWS.
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
    /// Reference to the id of an access key, with which requests are signed.
    access_key_id: Option<SecretRef>,
    /// Reference to its secret.
    secret_access_key: Option<SecretRef>,
    /// Reference to what makes a temporary key valid.
    session_token: Option<SecretRef>,
    /// The region of the domain, beside a key.
    region: Option<String>,
    /// What is signed for, beside a key.
    service: Option<Service>,
}

/// What requests are signed for.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Service {
    /// A domain.
    Es,
    /// A serverless collection.
    Aoss,
}

impl Service {
    const fn name(self) -> &'static str {
        match self {
            Self::Es => "es",
            Self::Aoss => "aoss",
        }
    }
}

/// What requests show, or a problem at `credential`.
pub fn shown(credential: Option<&CredentialSettings>, builder: &mut Builder<'_>) -> Option<Shown> {
    let Some(credential) = credential else {
        return Some(Shown::Header(Auth::None));
    };
    let basic = credential.basic(builder);
    let token = credential.token.as_ref();
    let token = token.map(|it| Some(Shown::Header(Auth::Bearer(builder.secret(it)))));
    let signed = credential.signed(builder);
    let mut forms = [basic, token, signed].into_iter().flatten();
    match (forms.next(), forms.next()) {
        (Some(Some(only)), None) => Some(only),
        // Which part is missing was said.
        (Some(None), None) => None,
        (None, _) | (Some(_), Some(_)) => {
            let fix = "write username and password, or token, or access_key_id, secret_access_key, \
                       region and service";
            builder.problem("credential", "is not one whole credential", fix);
            None
        }
    }
}

impl CredentialSettings {
    /// `None`: there is no name and no password; `Some(None)`: there is one of them.
    fn basic(&self, builder: &mut Builder<'_>) -> Option<Option<Shown>> {
        match (&self.username, &self.password) {
            (None, None) => None,
            (Some(username), Some(password)) => Some(Some(Shown::Header(Auth::Basic {
                username: builder.secret(username),
                password: builder.secret(password),
            }))),
            (Some(_), None) | (None, Some(_)) => {
                let reason = "is half a credential: username and password belong together";
                builder.problem("credential", reason, "write both");
                Some(None)
            }
        }
    }

    /// `None`: nothing of a key is there; `Some(None)`: not all of it.
    fn signed(&self, builder: &mut Builder<'_>) -> Option<Option<Shown>> {
        let beside = self.session_token.is_some() || self.region.is_some();
        let key = (&self.access_key_id, &self.secret_access_key);
        if key == (&None, &None) && !beside && self.service.is_none() {
            return None;
        }
        let (Some(id), Some(secret), Some(region), Some(service)) =
            (key.0, key.1, &self.region, self.service)
        else {
            let reason = "lacks a part of what requests are signed with";
            let fix = "write access_key_id, secret_access_key, region and service: es or aoss";
            builder.problem("credential", reason, fix);
            return Some(None);
        };
        if !is_region(region) {
            builder.problem("credential.region", "names no region", "write eu-central-1");
            return Some(None);
        }
        Some(Some(Shown::Signature(Signing {
            id: builder.secret(id),
            secret: builder.secret(secret),
            session: self.session_token.as_ref().map(|it| builder.secret(it)),
            region: region.clone(),
            service: service.name(),
        })))
    }
}

/// Whether a text has the form of a region's name, such as `eu-west-1`.
fn is_region(text: &str) -> bool {
    let mut parts = text.rsplit('-');
    let number = parts.next().is_some_and(|it| {
        (1..=2).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_digit())
    });
    let names: Vec<_> = parts.collect();
    let is_name = |it: &&str| !it.is_empty() && it.bytes().all(|byte| byte.is_ascii_lowercase());
    number && names.len() >= 2 && names.iter().all(is_name) && text.len() <= MAX_REGION
}
