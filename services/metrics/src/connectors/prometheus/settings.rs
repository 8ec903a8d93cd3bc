//! What stands under a source.

use std::collections::BTreeMap;

use passport_connector_sdk::{
    Builder,
    settings::{Absent, Credential, NamedQuery, Span, check_labels},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{query::Query, template::Labels};

/// Most queries of one source.
const MAX_QUERIES: usize = 20;

/// A Prometheus source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The server, with its path prefix: `https://prometheus.example.com`. Redirects are not
    /// followed.
    pub endpoint: String,
    /// What is shown to the server, or to the proxy before it. Default: nothing.
    pub credential: Option<Credential>,
    /// One tenant, sent as `X-Scope-OrgID`.
    pub tenant: Option<String>,
    /// What kind of server it is.
    #[serde(default)]
    pub flavor: Flavor,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Queries that may be asked, by fact name. Nothing else is ever sent. 1 to 20.
    pub queries: BTreeMap<String, NamedQuery<OwnSettings>>,
}

/// What kind of server it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Flavor {
    /// Prometheus itself.
    #[default]
    Prometheus,
    /// Thanos Query: asks for deduplication and refuses partial answers.
    Thanos,
    /// Grafana Mimir.
    Mimir,
    /// VictoriaMetrics: asks past its cache.
    VictoriaMetrics,
}

/// The narrow target of a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Labels that every selector of every query must match by equality; written `${scope}` there.
    pub labels: BTreeMap<String, String>,
}

/// Keys of a query beside the shared ones.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Prometheus")]
pub struct OwnSettings {
    /// The query, with `${scope}` in every selector.
    pub promql: String,
    /// The selector whose newest sample is the time of the fact. Default: every one of `promql`, of
    /// which the oldest time counts.
    pub probe: Option<String>,
    /// A query that shows how much there was to measure.
    pub volume: Option<VolumeSettings>,
    /// What an empty answer means. `zero` wants a `volume`.
    #[serde(default)]
    pub absent: Absent,
    /// Whether a scalar is an answer. It has no labels that could be checked.
    #[serde(default)]
    pub allow_scalar: bool,
    /// The highest finite bucket of a histogram: a quantile equal to it is a lower bound.
    pub bucket_ceiling: Option<String>,
    /// Asks for a range, whose newest point decides, instead of an instant.
    pub range: Option<RangeSettings>,
    /// Asks the same as of before as well, and is then judged by both. Wants a threshold that says which way
    /// is better.
    pub baseline: Option<BaselineSettings>,
    /// Links the fact to the trace of an exemplar.
    pub exemplar: Option<ExemplarSettings>,
    /// Most series that are read. Default 50.
    #[serde(default = "default_limit")]
    pub limit: u16,
}

/// A companion query and the least that it must give.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumeSettings {
    /// The query, with `${scope}` in every selector.
    pub promql: String,
    /// Below this there is too little to judge.
    pub min: f64,
}

/// A range query.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RangeSettings {
    /// How far back it starts.
    pub window: Span,
    /// Distance of its points. They lie on whole multiples of it, so that the newest is the last that is
    /// over.
    pub step: Span,
    /// How long before now it ends, for data that arrive late. Default: now.
    pub settle: Option<Span>,
}

/// What a number was before.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct BaselineSettings {
    /// How long ago the release before was running, such as `1d`. At most 30 days.
    pub before: Span,
    /// How much worse than then the number may be, as a share of what it was, such as `10%`.
    pub tolerance: String,
    /// And by how much beside that, in the query's dimension, such as `5ms`: of nothing no share is
    /// anything. Default: nothing.
    pub slack: Option<String>,
    /// How it is told that another release ran then. Default: it is taken for granted.
    pub release: Option<ReleaseSettings>,
}

/// Where series say which release they are of.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseSettings {
    /// The label that holds the version, as the release that is asked about is named.
    pub label: String,
    /// The selector of series that carry it, with `${scope}`. Default: the first probe.
    pub series: Option<String>,
}

/// Where traces can be looked at.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExemplarSettings {
    /// The page of a trace, with `${trace}` where its id goes: `https://traces.example.com/trace/${trace}`.
    pub link: String,
    /// The exemplar's label that holds the id. Default `trace_id`.
    #[serde(default = "trace_id")]
    pub label: String,
}

fn trace_id() -> String {
    "trace_id".to_owned()
}

fn default_limit() -> u16 {
    50
}

impl ScopeSettings {
    /// Label names and values that select exactly one thing.
    pub fn check(&self, builder: &mut Builder<'_>) -> Option<Labels> {
        let sound = check_labels(&self.labels, "series", builder);
        sound.then(|| Labels::new(self.labels.clone()))
    }
}

impl Settings {
    /// Checks every query.
    pub fn queries(&self, labels: &Labels, builder: &mut Builder<'_>) -> Option<Vec<Query>> {
        if !(1..=MAX_QUERIES).contains(&self.queries.len()) {
            let fix = "name 1 to 20 queries";
            builder.problem("queries", "holds no query, or too many", fix);
            return None;
        }
        let built: Vec<_> = self
            .queries
            .iter()
            .map(|(id, settings)| Query::build(id, settings, labels, builder))
            .collect();
        built.into_iter().collect()
    }
}
