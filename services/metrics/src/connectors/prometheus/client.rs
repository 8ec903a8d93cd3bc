//! The reads that are ever sent, after the page "HTTP API" of Prometheus, and the parameters
//! that "Query" of Thanos and "HTTP API" of VictoriaMetrics add.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use http::{HeaderName, HeaderValue};
use passport_connector_sdk::{
    Builder, CollectRequest, ProviderClient, ReadError, Reply, Request,
    settings::{Span, tenant as tenant_header},
};
use tokio::time::Instant;

use super::{
    answer::{self, Answer},
    exemplar::{self, OfSeries},
    settings::{Flavor, OwnSettings, RangeSettings, Settings},
    template::Labels,
};

/// A query longer than this goes into a form: servers and proxies limit the length of an address.
const LONG_QUERY: usize = 1_500;
/// How far back exemplars are looked for.
const EXEMPLARS: TimeDelta = TimeDelta::minutes(5);

/// One read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ask {
    query: String,
    range: Option<Range>,
    /// Most series that are read.
    pub limit: u16,
    /// How many seconds ago it is asked as of.
    ago: u32,
}

/// A range, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    window: u32,
    step: u32,
    settle: u32,
}

/// Answers by what was asked: what two queries share is asked once.
pub type Answers = BTreeMap<Ask, Result<Answer, ReadError>>;

/// Talks to one server.
#[derive(Debug)]
pub struct Client {
    provider: ProviderClient,
    tenant: Option<HeaderValue>,
    flavor: Flavor,
    /// The labels that narrow the source.
    pub labels: Labels,
}

impl Ask {
    /// The main read of a query.
    pub fn new(query: String, own: &OwnSettings) -> Self {
        Self {
            query,
            range: own.range.map(Range::from),
            limit: own.limit,
            ago: 0,
        }
    }

    /// A companion read, which gives one series.
    pub fn instant(query: String) -> Self {
        Self {
            query,
            range: None,
            limit: 1,
            ago: 0,
        }
    }

    /// The same, of which so many series are read.
    pub fn of_series(self, limit: u16) -> Self {
        Self { limit, ..self }
    }

    /// The same, as of so many seconds ago.
    pub fn before(&self, ago: u32) -> Self {
        Self {
            ago,
            ..self.clone()
        }
    }

    /// What is asked, with the scope in it.
    pub fn text(&self) -> &str {
        &self.query
    }

    fn path(&self) -> &'static str {
        match self.range {
            Some(_) => "query_range",
            None => "query",
        }
    }

    fn parameters(&self, flavor: Flavor, request: &CollectRequest) -> Vec<(&str, String)> {
        let mut parameters = vec![("query", self.query.clone())];
        let at = request.now - TimeDelta::seconds(self.ago.into());
        match self.range {
            None => parameters.push(("time", seconds(at))),
            Some(range) => {
                let (start, end) = range.bounds(at);
                parameters.push(("start", start.to_string()));
                parameters.push(("end", end.to_string()));
                parameters.push(("step", range.step.to_string()));
            }
        }
        let left = request.deadline.saturating_duration_since(Instant::now());
        parameters.push(("timeout", format!("{}ms", left.as_millis().max(1))));
        // One more than is read, so that a cut answer can be told from a full one.
        parameters.push(("limit", (u32::from(self.limit) + 1).to_string()));
        match flavor {
            Flavor::Prometheus | Flavor::Mimir => {}
            Flavor::Thanos => {
                parameters.push(("dedup", "true".to_owned()));
                parameters.push(("partial_response", "false".to_owned()));
            }
            Flavor::VictoriaMetrics => parameters.push(("nocache", "1".to_owned())),
        }
        parameters
    }
}

// === impl Range ===

impl From<RangeSettings> for Range {
    fn from(settings: RangeSettings) -> Self {
        Self {
            window: settings.window.as_secs(),
            step: settings.step.as_secs().max(1),
            settle: settings.settle.map_or(0, Span::as_secs),
        }
    }
}

impl Range {
    /// Its first and its last second. Steps begin at whole multiples: a server answers for each moment
    /// that it is asked for, and one that is not over yet would be judged by what there is of it.
    fn bounds(self, at: DateTime<Utc>) -> (i64, i64) {
        let whole = |second: i64| second - second.rem_euclid(self.step.into());
        let end = whole(at.timestamp() - i64::from(self.settle));
        (end - whole(self.window.into()), end)
    }
}

/// Unix seconds, with as many decimals as there are.
fn seconds(at: DateTime<Utc>) -> String {
    match at.timestamp_subsec_millis() {
        0 => at.timestamp().to_string(),
        millis => format!("{}.{millis:03}", at.timestamp()),
    }
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
            flavor: settings.flavor,
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
        let parameters = ask.parameters(self.flavor, request);
        let path = ["api", "v1", ask.path()];
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

    /// Values of a label that this credential sees.
    pub async fn label_values(
        &self,
        label: &str,
        request: &CollectRequest,
    ) -> Result<Vec<String>, ReadError> {
        let path = ["api", "v1", "label", label, "values"];
        let reply = self
            .send(Request::get(path).query("limit", "50"), request)
            .await?;
        answer::label_values(&reply)
    }

    /// Reads the server's configuration, only to see whether this credential may.
    pub async fn configuration(&self, request: &CollectRequest) -> Result<(), ReadError> {
        let path = ["api", "v1", "status", "config"];
        self.send(Request::get(path), request).await.map(drop)
    }

    /// Exemplars of a query's series in the last minutes.
    pub async fn exemplars(
        &self,
        query: &str,
        request: &CollectRequest,
    ) -> Result<Vec<OfSeries>, ReadError> {
        let start = request.now - EXEMPLARS;
        let read = Request::get(["api", "v1", "query_exemplars"])
            .query("query", query)
            .query("start", seconds(start))
            .query("end", seconds(request.now));
        exemplar::read(&self.send(read, request).await?)
    }

    async fn send(&self, read: Request, request: &CollectRequest) -> Result<Reply, ReadError> {
        let read = match &self.tenant {
            Some(tenant) => read.header(HeaderName::from_static("x-scope-orgid"), tenant.clone()),
            None => read,
        };
        self.provider.send(read, request).await
    }
}
