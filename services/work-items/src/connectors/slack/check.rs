//! Whether the credential works, and how much it may do. Nothing is posted.

use passport_connector_sdk::{
    CollectError, CollectRequest, Object, ProviderClient, Request, credential_scope::Breadth,
};
use passport_evidence::FailureCode;
use serde::Deserialize;

use super::breadth::Told;

/// Errors that say that the token is none ("Authentication errors").
const NO_TOKEN: [&str; 6] = [
    "account_inactive",
    "invalid_auth",
    "not_authed",
    "token_expired",
    "token_revoked",
    "two_factor_setup_required",
];

/// How the credential is checked.
#[derive(Debug, Clone)]
pub struct Checks {
    /// Asks whose token it is. `None`: an incoming webhook can only be posted to.
    client: Option<ProviderClient>,
}

/// The answer of `auth.test`.
#[derive(Deserialize)]
struct Test {
    ok: bool,
    error: Option<String>,
    team_id: Option<String>,
    /// There for a bot alone.
    bot_id: Option<String>,
}

// === impl Checks ===

impl Checks {
    /// By the Web API.
    pub fn api(client: ProviderClient) -> Self {
        let client = Some(client);
        Self { client }
    }

    /// Not at all.
    pub fn none() -> Self {
        Self { client: None }
    }

    /// How much the credential may do.
    ///
    /// # Errors
    /// It is not accepted, is of another workspace, or can't be asked about.
    pub async fn ask(&self, team: &str, request: &CollectRequest) -> Result<Breadth, CollectError> {
        let Some(client) = &self.client else {
            let advice = "whether an incoming webhook works shows only when a message is sent";
            return Err(CollectError::new(FailureCode::NotSupported).advising(advice));
        };
        let malformed = || CollectError::new(FailureCode::Malformed);
        let reply = client
            .send(Request::get(["api", "auth.test"]), request)
            .await;
        let reply = reply.map_err(|it| it.failure().unwrap_or_else(malformed))?;
        let test = reply.json::<Object<Test>>();
        let test = test.map_err(|it| it.failure().unwrap_or_else(malformed))?;
        if !test.ok {
            return Err(CollectError::new(refused(test.error.as_deref())));
        }
        if test.team_id.as_deref() != Some(team) {
            let advice = "the token is of another workspace than `scope.team`";
            return Err(CollectError::new(FailureCode::OutOfScope).advising(advice));
        }
        Ok(match test.bot_id {
            Some(_) => Told::of(reply.headers()).breadth(),
            None => Breadth::Broad,
        })
    }
}

fn refused(error: Option<&str>) -> FailureCode {
    match error {
        Some("ratelimited") => FailureCode::Throttled,
        Some(code) if is_no_token(code) => FailureCode::Unauthenticated,
        Some(_) => FailureCode::Denied,
        None => FailureCode::Malformed,
    }
}

/// Whether this code says that the token is none.
pub fn is_no_token(code: &str) -> bool {
    NO_TOKEN.contains(&code)
}
