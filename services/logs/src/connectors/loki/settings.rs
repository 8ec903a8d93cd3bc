//! What stands under a source.

use std::collections::BTreeMap;

use passport_connector_sdk::{
    Builder,
    settings::{Credential, LogQuery, Span, check_labels},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{logql::Labels, query::Query};

/// Most queries of one source.
const MAX_QUERIES: usize = 20;

/// Furthest that a question looks back.
pub const MAX_WINDOW: Span = Span::of_seconds(86_400);

/// A Loki source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The server, with its path prefix: `https://loki.example.com`. Redirects are not followed.
    pub endpoint: String,
    /// What is shown to the server, or to the proxy before it. Default: nothing.
    pub credential: Option<Credential>,
    /// One tenant, sent as `X-Scope-OrgID`.
    pub tenant: Option<String>,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// How far back the newest line of the scope is looked for. At most 24h.
    #[serde(default = "one_hour")]
    pub heartbeat_window: Span,
    /// Queries that may be asked, by fact name. Nothing else is ever sent. 1 to 20.
    pub queries: BTreeMap<String, LogQuery<OwnSettings>>,
}

/// The narrow target of a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Labels that every selector of every query must match by equality; written `${scope}` there.
    pub labels: BTreeMap<String, String>,
}

/// Keys of a query beside the shared ones: one of `logql` and `lines`, and what belongs to it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Loki")]
pub struct OwnSettings {
    /// A metric query, with `${scope}` in every selector.
    pub logql: Option<String>,
    /// Asks `logql` for a range, of which only the last step counts.
    pub range: Option<RangeSettings>,
    /// A log query with `${scope}`, whose lines are counted.
    pub lines: Option<String>,
    /// Most lines that are counted. Default 100, at most 1000.
    pub limit: Option<u32>,
    /// How far back lines are counted. Default 5m, at most 24h.
    pub window: Option<Span>,
    /// How many redacted excerpts may be shown beside `lines`, at most 3. Default 0.
    pub excerpts: Option<u32>,
}

/// A range query.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RangeSettings {
    /// How far back it starts. At most 24h.
    pub window: Span,
    /// Distance of its points, at most `window`.
    pub step: Span,
}

fn one_hour() -> Span {
    Span::of_seconds(3_600)
}

impl ScopeSettings {
    /// Label names and values that select exactly one thing.
    pub fn check(&self, builder: &mut Builder<'_>) -> Option<Labels> {
        let sound = check_labels(&self.labels, "streams", builder);
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
            .map(|(id, settings)| Query::build(id, &settings.0, labels, builder))
            .collect();
        built.into_iter().collect()
    }

    /// How far back the newest line is looked for.
    pub fn heartbeat_window(&self, builder: &mut Builder<'_>) -> Option<Span> {
        let fits = self.heartbeat_window <= MAX_WINDOW;
        if !fits {
            builder.problem("heartbeat_window", "is over 24h", "write 1h");
        }
        fits.then_some(self.heartbeat_window)
    }
}
