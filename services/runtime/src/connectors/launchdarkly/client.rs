//! The reads that are ever sent, after LaunchDarkly's REST API.
//!
//! An environment is never read by itself, nor expanded in a project: its body carries the SDK key and the
//! mobile key. `expand` is never sent, and the version always is: older versions of the API list a
//! project with its environments and their keys.

use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue, header::ACCEPT};
use passport_connector_sdk::{CollectRequest, Object, ProviderClient, ReadError, Request};
use passport_evidence::Reason;
use serde::de::DeserializeOwned;

use super::{
    flag::Flag,
    lists::{
        Approval, ApprovalSettings, EvaluationStatus, Listed, ListedFlag, ListedProject,
        ScheduledChange,
    },
};

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const VERSION_HEADER: HeaderName = HeaderName::from_static("ld-api-version");
const VERSION: HeaderValue = HeaderValue::from_static("20240415");
/// Of the few reads that have no other yet.
const BETA: HeaderValue = HeaderValue::from_static("beta");
/// Most flags of a page.
const PAGE: usize = 20;
/// Most pages of flags whose keys or names hold a key.
const MAX_PAGES: usize = 5;

/// An answer and how old it is.
pub type Read<T> = (T, DateTime<Utc>);

/// Asks about flags of one environment.
#[derive(Debug)]
pub struct Client {
    pub provider: ProviderClient,
    pub project: String,
    pub environment: String,
}

/// A state of guarded rollouts that lists of flags are filtered by ("List feature flags").
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarded {
    /// There is none.
    None,
    /// The state that stands most against a release.
    State(&'static str),
    /// There is one, in no state that is known.
    Untold,
}

/// The states, what stands most against a release first.
const STATES: [&str; 5] = [
    "regressed",
    "rolledBack",
    "monitoring",
    "completed",
    "archived",
];

// === impl Client ===

impl Client {
    /// A flag with the one environment.
    pub async fn flag(&self, key: &str, request: &CollectRequest) -> Result<Read<Flag>, ReadError> {
        let ask = get(&["flags", &self.project, key]).query("env", &self.environment);
        let (flag, at) = self.read::<Flag>(ask, request).await?;
        match flag.key == key {
            true => Ok((flag, at)),
            false => Err(ReadError::OutOfScope),
        }
    }

    /// Whether a flag is evaluated.
    pub async fn status(
        &self,
        key: &str,
        request: &CollectRequest,
    ) -> Result<Read<EvaluationStatus>, Reason> {
        let path = ["flag-statuses", &self.project, &self.environment, key];
        told(self.read(get(&path), request).await)
    }

    /// Approval requests for a flag. The list is whole.
    pub async fn approvals(
        &self,
        key: &str,
        request: &CollectRequest,
    ) -> Result<Read<Vec<Approval>>, Reason> {
        self.whole(self.of_flag(key, "approval-requests"), request)
            .await
    }

    /// Scheduled changes of a flag. The list is whole.
    pub async fn scheduled(
        &self,
        key: &str,
        request: &CollectRequest,
    ) -> Result<Read<Vec<ScheduledChange>>, Reason> {
        self.whole(self.of_flag(key, "scheduled-changes"), request)
            .await
    }

    /// Whether changes of flags need an approval in the environment.
    pub async fn approval_settings(
        &self,
        request: &CollectRequest,
    ) -> Result<Read<ApprovalSettings>, Reason> {
        let path = ["approval-requests", "projects", &self.project, "settings"];
        let ask = versioned(&path, BETA)
            .query("environmentKey", &self.environment)
            .query("resourceKind", "flag");
        told(self.read(ask, request).await)
    }

    /// The state of a flag's guarded rollout: of several the one that stands most against a release.
    pub async fn guarded(
        &self,
        key: &str,
        request: &CollectRequest,
    ) -> Result<Read<Guarded>, Reason> {
        let (is_any, mut oldest) = self.is_listed(key, "any", request).await?;
        if !is_any {
            return Ok((Guarded::None, oldest));
        }
        for state in STATES {
            let (is_in, at) = self.is_listed(key, state, request).await?;
            oldest = oldest.min(at);
            if is_in {
                return Ok((Guarded::State(state), oldest));
            }
        }
        Ok((Guarded::Untold, oldest))
    }

    /// How many projects the token sees, as far as that is more than one: of one, whether it is the
    /// source's.
    pub async fn sees_others(&self, request: &CollectRequest) -> Result<bool, ReadError> {
        let ask = get(&["projects"]).query("limit", "2");
        let (page, _) = self.read::<Listed<ListedProject>>(ask, request).await?;
        let is_other = page.items.iter().any(|it| it.key != self.project);
        Ok(is_other || page.has_more_than(1))
    }

    /// One object of the API.
    pub async fn object<T: DeserializeOwned>(
        &self,
        path: &[&str],
        request: &CollectRequest,
    ) -> Result<Read<T>, ReadError> {
        self.read(get(path), request).await
    }

    /// Whether a flag is in the list of those whose guarded rollout is in this state. The list is searched
    /// by text, and holds others with it.
    async fn is_listed(
        &self,
        key: &str,
        state: &str,
        request: &CollectRequest,
    ) -> Result<Read<bool>, Reason> {
        let environment = &self.environment;
        let filter = format!("query:{key},guardedRollout:{state},filterEnv:{environment}");
        let (mut seen, mut oldest) = (0, request.now);
        for _ in 0..MAX_PAGES {
            let ask = get(&["flags", &self.project]).query("filter", &filter);
            let ask = ask
                .query("env", environment)
                .query("limit", PAGE.to_string());
            let ask = match seen {
                0 => ask,
                _ => ask.query("offset", seen.to_string()),
            };
            let (page, at) = told(self.read::<Listed<ListedFlag>>(ask, request).await)?;
            oldest = oldest.min(at);
            seen += page.items.len();
            if page.items.iter().any(|it| it.key == key) {
                return Ok((true, oldest));
            }
            if !page.has_more_than(seen) {
                return Ok((false, oldest));
            }
            if page.items.is_empty() {
                break;
            }
        }
        Err(Reason::Incomplete)
    }

    async fn whole<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<Read<Vec<T>>, Reason> {
        let (list, at) = told(self.read::<Listed<T>>(ask, request).await)?;
        match list.has_more_than(list.items.len()) {
            true => Err(Reason::Incomplete),
            false => Ok((list.items.into_iter().map(|it| it.0).collect(), at)),
        }
    }

    async fn read<T: DeserializeOwned>(
        &self,
        ask: Request,
        request: &CollectRequest,
    ) -> Result<Read<T>, ReadError> {
        let reply = self.provider.send(ask, request).await?;
        let found: Object<T> = reply.json()?;
        Ok((found.0, reply.observed_at()))
    }

    fn of_flag(&self, key: &str, what: &str) -> Request {
        let environment = &self.environment;
        let start = ["projects", &self.project, "flags", key];
        let path: Vec<_> = start
            .iter()
            .copied()
            .chain(["environments", environment, what])
            .collect();
        get(&path)
    }
}

fn get(path: &[&str]) -> Request {
    versioned(path, VERSION)
}

fn versioned(path: &[&str], version: HeaderValue) -> Request {
    let path: Vec<_> = ["api", "v2"].iter().chain(path).copied().collect();
    let ask = Request::get(path).header(ACCEPT, JSON);
    ask.header(VERSION_HEADER, version)
}

fn told<T>(read: Result<T, ReadError>) -> Result<T, Reason> {
    read.map_err(ReadError::reason)
}
