//! The reads that are ever sent, after Jira's REST API and that of its service management.

use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue, header::ACCEPT};
use passport_connector_sdk::{
    CollectError, CollectRequest, Object, ProviderClient, ReadError, Reply, Request,
};
use passport_evidence::{FailureCode, Reason};
use serde::de::DeserializeOwned;

use super::{
    model::{Myself, Ticket},
    names,
    wanted::{Deployment, Wanted},
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
/// Says how a login went, also where the answer is one for nobody.
const LOGIN: HeaderName = HeaderName::from_static("x-seraph-loginreason");
const LOGIN_FAILED: &str = "AUTHENTICATED_FAILED";

/// Asks one site.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub deployment: Deployment,
}

/// What a read gave, and when that was true.
pub struct Dated<T> {
    /// What was read.
    pub read: T,
    /// When it was true.
    pub at: DateTime<Utc>,
}

/// A list that was read.
pub struct Listed<T> {
    /// What was read of it.
    pub rows: Vec<T>,
    /// Whether that is all of it.
    pub is_whole: bool,
}

/// Why a read gave nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missed {
    /// As for other providers.
    Read(ReadError),
    /// What was asked for was taken out of the API.
    Gone,
}

// === impl Missed ===

impl Missed {
    /// The reason of facts that can't be judged.
    ///
    /// # Errors
    /// The source could not be asked at all.
    pub fn reason(self) -> Result<Reason, CollectError> {
        match self {
            Self::Gone => Err(CollectError::new(FailureCode::NotSupported)),
            Self::Read(error) => error.failure().map_or(Ok(error.reason()), Err),
        }
    }
}

impl From<ReadError> for Missed {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

// === impl Client ===

impl Client {
    /// Proves that the credential is accepted: some reads answer strangers too.
    pub async fn myself(&self, request: &CollectRequest) -> Result<DateTime<Utc>, Missed> {
        let reply = self.send(self.api(&["myself"]), request).await?;
        let _: Object<Myself> = reply.json()?;
        Ok(reply.observed_at())
    }

    /// What can be done where who asks is not told: an own Jira knows the paths of the cloud not at all, or lets
    /// nobody near them.
    pub fn advised(&self, error: CollectError) -> CollectError {
        let is_elsewhere = matches!(error.code, FailureCode::Denied | FailureCode::NotFound);
        match self.deployment {
            Deployment::Cloud if is_elsewhere => error.advising(
                "Jira does not say who asks; an own Jira wants `deployment: datacenter`, one in the cloud a credential \
                 that may use it",
            ),
            Deployment::Cloud | Deployment::Datacenter => error,
        }
    }

    /// The ticket of a key.
    pub async fn issue(
        &self,
        key: &str,
        wanted: &Wanted,
        request: &CollectRequest,
    ) -> Result<Dated<Ticket>, Missed> {
        let ask = self.api(&["issue", key]);
        let ask = ask.query("fields", wanted.fields().join(","));
        let read: Dated<Object<Ticket>> = self.one(ask, request).await?;
        match names::project_of(&read.read.key) {
            Some(_) => Ok(read.map(|it| it.0)),
            None => Err(ReadError::Shape.into()),
        }
    }

    /// One answer of this shape.
    pub async fn one<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<Dated<T>, Missed> {
        let reply = self.send(ask, request).await?;
        Ok(Dated {
            read: reply.json()?,
            at: reply.observed_at(),
        })
    }

    /// A read below the API's version.
    pub fn api(&self, path: &[&str]) -> Request {
        get(&self.path(path))
    }

    /// A search, which is sent with its conditions in the body.
    pub fn search(&self, path: &[&str], body: &serde_json::Value) -> Request {
        let ask = Request::post(self.path(path)).header(ACCEPT, JSON);
        ask.body(JSON, body.to_string())
    }

    fn path<'a>(&self, path: &[&'a str]) -> Vec<&'a str> {
        let version = match self.deployment {
            Deployment::Cloud => "3",
            Deployment::Datacenter => "2",
        };
        let base = ["rest", "api", version];
        base.into_iter().chain(path.iter().copied()).collect()
    }

    async fn send(&self, ask: Request, request: &CollectRequest) -> Result<Reply, Missed> {
        match self.provider.send(ask.clone(), request).await {
            Ok(reply) if says_login_failed(&reply) => Err(ReadError::Unauthenticated.into()),
            Ok(reply) => Ok(reply),
            Err(ReadError::Rejected) => Err(self.refusal(ask, request).await),
            Err(error) => Err(error.into()),
        }
    }

    /// Why a question was refused: only the status tells whether it may be asked at all any more.
    async fn refusal(&self, ask: Request, request: &CollectRequest) -> Missed {
        match self.provider.send_unsorted(ask, request).await {
            Ok(refused) if refused.status().as_u16() == 410 => Missed::Gone,
            Ok(_) | Err(_) => ReadError::Rejected.into(),
        }
    }
}

// === impl Dated ===

impl<T> Dated<T> {
    /// The same moment of something else.
    pub fn map<U>(self, to: impl FnOnce(T) -> U) -> Dated<U> {
        Dated {
            read: to(self.read),
            at: self.at,
        }
    }
}

/// A read of this path.
pub fn get(path: &[&str]) -> Request {
    Request::get(path.iter().copied()).header(ACCEPT, JSON)
}

fn says_login_failed(reply: &Reply) -> bool {
    let mut said = reply.headers().get_all(LOGIN).iter();
    said.any(|it| it.to_str().is_ok_and(|it| it.contains(LOGIN_FAILED)))
}
