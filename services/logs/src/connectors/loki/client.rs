//! The reads that are ever sent, after the page "Loki HTTP API".

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use futures::future::join_all;
use http::{HeaderName, HeaderValue};
use passport_connector_sdk::{
    Builder, CollectRequest, ProviderClient, ReadError, Reply, Request, settings::Span,
    settings::tenant as tenant_header,
};

use super::{
    answer::{self, Answer},
    logql::Labels,
    settings::{RangeSettings, Settings},
};

/// A query longer than this goes into a form: servers and proxies limit the length of an address.
const LONG_QUERY: usize = 1_500;

/// One read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    query: String,
    /// What of it is wanted.
    pub kind: Kind,
}

/// What of a query is wanted. Times in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Its number now.
    Instant,
    /// Its number at the last step of a range.
    Range {
        /// How far back it starts.
        window: u32,
        /// Distance of its points.
        step: u32,
    },
    /// The newest lines.
    Lines {
        /// How far back they may lie.
        window: u32,
        /// Most of them.
        limit: u32,
    },
}

/// Answers by what was asked: what two queries share is asked once.
pub type Answers = BTreeMap<Ask, Result<Answer, ReadError>>;

/// Talks to one server.
#[derive(Debug)]
pub struct Client {
    provider: ProviderClient,
    tenant: Option<HeaderValue>,
    /// The labels that narrow the source.
    pub labels: Labels,
}

impl Ask {
    /// The read of a metric query.
    pub fn number(query: String, range: Option<RangeSettings>) -> Self {
        let kind = match range {
            None => Kind::Instant,
            Some(range) => Kind::Range {
                window: range.window.as_secs(),
                step: range.step.as_secs(),
            },
        };
        Self { query, kind }
    }

    /// The read of a log query.
    pub fn lines(query: String, window: Span, limit: u32) -> Self {
        let window = window.as_secs();
        let kind = Kind::Lines { window, limit };
        Self { query, kind }
    }

    /// The read of the newest line of the scope.
    pub fn heartbeat(labels: &Labels, window: Span) -> Self {
        Self::lines(labels.selector(), window, 1)
    }

    /// Its text, with the scope in it.
    pub fn text(&self) -> &str {
        &self.query
    }

    fn path(&self) -> &'static str {
        match self.kind {
            Kind::Instant => "query",
            Kind::Range { .. } | Kind::Lines { .. } => "query_range",
        }
    }

    fn parameters(&self, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
        let mut parameters = vec![("query", self.query.clone())];
        match self.kind {
            Kind::Instant => parameters.push(("time", nanos(now))),
            Kind::Range { window, step } => {
                parameters.extend(between(window, now));
                parameters.push(("step", step.to_string()));
            }
            Kind::Lines { window, limit } => {
                parameters.extend(between(window, now));
                parameters.push(("limit", limit.to_string()));
                parameters.push(("direction", "backward".to_owned()));
            }
        }
        parameters
    }
}

fn between(window: u32, now: DateTime<Utc>) -> [(&'static str, String); 2] {
    let start = now - chrono::TimeDelta::seconds(window.into());
    [("start", nanos(start)), ("end", nanos(now))]
}

/// Unix nanoseconds.
fn nanos(at: DateTime<Utc>) -> String {
    let whole = i128::from(at.timestamp()) * 1_000_000_000;
    (whole + i128::from(at.timestamp_subsec_nanos())).to_string()
}

impl Client {
    /// Checks endpoint, credential and tenant.
    pub fn build(settings: &Settings, builder: &mut Builder<'_>) -> Option<Self> {
        let auth = builder.auth(settings.credential.as_ref());
        let provider = builder.client(&settings.endpoint, auth);
        let tenant = settings.tenant.as_deref();
        let tenant = tenant.map(|it| tenant_header(it, builder));
        Some(Self {
            provider: provider?,
            tenant: match tenant {
                None => None,
                Some(tenant) => Some(tenant?),
            },
            labels: Labels::new(settings.scope.labels.clone()),
        })
    }

    /// Whether a credential is shown.
    pub fn has_credential(&self) -> bool {
        self.provider.has_credential()
    }

    /// Asks everything at once.
    pub async fn ask(&self, asks: BTreeSet<Ask>, request: &CollectRequest) -> Answers {
        let one = async |ask: Ask| {
            let answer = self.ask_one(&ask, request).await;
            (ask, answer)
        };
        join_all(asks.into_iter().map(one))
            .await
            .into_iter()
            .collect()
    }

    async fn ask_one(&self, ask: &Ask, request: &CollectRequest) -> Result<Answer, ReadError> {
        let parameters = ask.parameters(request.now);
        let path = ["loki", "api", "v1", ask.path()];
        let read = if ask.query.len() > LONG_QUERY {
            let pairs: Vec<_> = parameters
                .iter()
                .map(|(key, value)| (*key, value.as_str()))
                .collect();
            Request::post(path).form(&pairs)
        } else {
            let get = Request::get(path);
            parameters
                .into_iter()
                .fold(get, |get, (key, value)| get.query(key, value))
        };
        answer::read(&self.send(read, request).await?)
    }

    /// Values of a label that this credential has seen lines of within the hour.
    pub async fn label_values(
        &self,
        label: &str,
        request: &CollectRequest,
    ) -> Result<Vec<String>, ReadError> {
        let path = ["loki", "api", "v1", "label", label, "values"];
        let read = Request::get(path).query("since", "1h");
        answer::label_values(&self.send(read, request).await?)
    }

    async fn send(&self, read: Request, request: &CollectRequest) -> Result<Reply, ReadError> {
        let read = match &self.tenant {
            Some(tenant) => read.header(HeaderName::from_static("x-scope-orgid"), tenant.clone()),
            None => read,
        };
        self.provider.send(read, request).await
    }
}
