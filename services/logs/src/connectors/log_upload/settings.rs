//! What stands under a source, and what is wrong with it.

mod credential;
mod read;
mod request;

use std::collections::BTreeMap;

use passport_connector_sdk::{
    Auth, Builder,
    secrets::SecretRef,
    settings::{LogQuery, Span, is_narrow_value},
    signature::SigningSecrets,
};
use passport_evidence::MaxAge;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Way, client::Client, door::Door, query::Query};
pub use credential::CredentialSettings;
pub use read::{ObservedAt, ReadSettings, TimeFormat};
pub use request::RequestSettings;

/// Most queries of one source.
const MAX_QUERIES: usize = 20;

/// Furthest that a question looks back.
const MAX_WINDOW: Span = Span::of_seconds(86_400);

/// A source of a customer's own log store.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The store, with its path prefix: `https://logs.example.com`. Redirects are not followed.
    /// Without it the source takes uploads and asks nobody.
    pub endpoint: Option<String>,
    /// What is shown to the store; without `endpoint`, the token that uploads show.
    pub credential: Option<CredentialSettings>,
    /// Instead of a token: the secrets that uploads may be signed with, 1 to 5. Only without `endpoint`.
    pub signing_secrets: Option<Vec<SecretRef>>,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// What is read, by fact name. 1 to 20.
    pub queries: BTreeMap<String, LogQuery<OwnSettings>>,
}

/// The narrow target of a source, by the names that the store has for it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The one service.
    pub service: String,
    /// The one environment.
    pub environment: String,
}

/// Keys of a query beside the shared ones.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LogUpload")]
pub struct OwnSettings {
    /// What is asked. Needed where the source has an endpoint, and only there.
    pub request: Option<RequestSettings>,
    /// Where the number stands, and what stands beside it.
    pub read: ReadSettings,
    /// How far back the question looks: `${from}` to `${to}`. Default 5m, at most 24h.
    pub window: Option<Span>,
}

/// One service and environment, checked.
#[derive(Debug, Clone, Serialize)]
pub struct Scope {
    /// The one service.
    pub service: String,
    /// The one environment.
    pub environment: String,
}

// === impl Settings ===

impl Settings {
    /// How long an answer holds: only the operator knows.
    pub fn check_max_age(&self, builder: &mut Builder<'_>) -> Option<MaxAge> {
        if !builder.sets_max_age() {
            let fix = "write how long an answer of this store holds, such as 5m";
            builder.problem("max_age", "is missing", fix);
            return None;
        }
        builder.max_age()
    }

    /// How the source comes to know.
    pub fn way(&self, builder: &mut Builder<'_>) -> Option<Way> {
        match &self.endpoint {
            Some(_) if self.signing_secrets.is_some() => {
                let reason = "is for uploads, and this source asks its endpoint";
                let fix = "leave it out, or make a second source that takes uploads";
                builder.problem("signing_secrets", reason, fix);
                None
            }
            Some(endpoint) => {
                let credential = self.credential.as_ref();
                let auth = match credential {
                    Some(credential) => credential.auth(builder)?,
                    None => Auth::None,
                };
                builder
                    .client(endpoint, auth)
                    .map(Client::new)
                    .map(|client| Way::Asked(Box::new(client)))
            }
            None => self.door(builder).map(Way::Uploaded),
        }
    }

    /// Who may upload: exactly one of a token and secrets.
    fn door(&self, builder: &mut Builder<'_>) -> Option<Door> {
        match (&self.credential, &self.signing_secrets) {
            (Some(credential), None) => {
                let token = credential.upload_token(builder)?;
                builder.keeps_apart("credential");
                Some(Door::Token(builder.secret(token)))
            }
            (None, Some(secrets)) => {
                builder.keeps_apart("signing_secrets");
                SigningSecrets::build(secrets, builder).map(Door::Signed)
            }
            (Some(_), Some(_)) => {
                let reason = "stands beside a token, which would let in what is not signed";
                let fix = "leave `credential` out, or take the token alone";
                builder.problem("signing_secrets", reason, fix);
                None
            }
            (None, None) => {
                let reason = "is missing, and so are the token and the secrets for uploads";
                let fix = "name the store, a `credential` that uploads show, or `signing_secrets`";
                builder.problem("endpoint", reason, fix);
                None
            }
        }
    }

    /// Checks every query.
    pub fn queries(&self, scope: Option<&Scope>, builder: &mut Builder<'_>) -> Option<Vec<Query>> {
        if !(1..=MAX_QUERIES).contains(&self.queries.len()) {
            let fix = "name 1 to 20 queries";
            builder.problem("queries", "holds no query, or too many", fix);
            return None;
        }
        let is_asked = self.endpoint.is_some();
        let built: Vec<_> = self
            .queries
            .iter()
            .map(|(id, settings)| Query::build(id, &settings.0, is_asked, scope, builder))
            .collect();
        built.into_iter().collect()
    }
}

// === impl ScopeSettings ===

impl ScopeSettings {
    /// Names of exactly one service and environment.
    pub fn check(&self, builder: &mut Builder<'_>) -> Option<Scope> {
        let mut sound = true;
        for (key, value) in [
            ("scope.service", &self.service),
            ("scope.environment", &self.environment),
        ] {
            if !is_narrow_value(value) || value.contains("..") {
                let reason = "is no plain name: no patterns, quotes, braces or blanks";
                let fix = "write the one name that the store has for it, such as checkout-api";
                builder.problem(key, reason, fix);
                sound = false;
            }
        }
        sound.then(|| Scope {
            service: self.service.clone(),
            environment: self.environment.clone(),
        })
    }
}

// === impl OwnSettings ===

impl OwnSettings {
    /// How far back the question looks, or a problem.
    pub fn window(&self, at: &str, builder: &mut Builder<'_>) -> Option<Span> {
        let window = self.window.unwrap_or(Span::of_seconds(300));
        if window > MAX_WINDOW {
            builder.problem(format!("{at}.window"), "is over 24h", "write at most 24h");
            return None;
        }
        Some(window)
    }
}
