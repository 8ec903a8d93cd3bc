//! What stands under a source.

use std::collections::BTreeMap;

use passport_aws_api::CredentialSettings;
use passport_connector_sdk::{
    Builder,
    settings::{KindQuery, Kinds, Span},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{query::Query, scope::Scope};

/// Most queries of one source.
const MAX_QUERIES: usize = 20;

/// A CloudWatch source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// One address for both services. Default: the region's own addresses.
    pub endpoint: Option<String>,
    /// Where the Security Token Service answers. Default: the region's own address.
    pub sts_endpoint: Option<String>,
    /// A key, or a role with a token that may assume it.
    pub credential: Option<CredentialSettings>,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Queries that may be asked, by fact name. Nothing else is ever sent. 1 to 20.
    pub queries: BTreeMap<String, KindQuery<OwnSettings>>,
}

/// The narrow target of a source.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The region, such as `eu-central-1`.
    pub region: String,
    /// The account that the credential must be of, twelve digits in quotes. Default: any.
    pub account_id: Option<String>,
    /// Log groups by their names, or all by their ARNs. 1 to 50 where lines are counted.
    #[serde(default)]
    pub log_groups: Vec<String>,
    /// Fields that every line must have with these values; written `${scope}` in queries.
    #[serde(default)]
    pub fields: BTreeMap<String, String>,
}

/// Keys of a query beside the shared ones: one of `insights`, `filter_pattern`, `metric` and `alarm`, and
/// what belongs to it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "CloudwatchLogs")]
pub struct OwnSettings {
    /// `filter` and `parse` commands of Logs Insights, with `${scope}`, whose lines are counted.
    pub insights: Option<String>,
    /// A filter pattern with `${scope}`, whose lines are counted.
    pub filter_pattern: Option<String>,
    /// A metric, whose newest settled period counts.
    pub metric: Option<MetricSettings>,
    /// Name of an alarm.
    pub alarm: Option<String>,
    /// How far back it looks. Default 10m and at most 1h for lines, 15m and at most 24h for metrics.
    pub window: Option<Span>,
    /// How long ago the window ends. Default 5m for lines, 60s for metrics.
    pub settle: Option<Span>,
    /// Most pages that a filter pattern reads of each log group. Default 10, at most 50.
    pub pages: Option<u32>,
    /// How many redacted excerpts of lines are shown, at most 3. Default 0.
    pub excerpts: Option<u32>,
}

/// A metric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MetricSettings {
    /// Its namespace, such as `AWS/ApplicationELB`.
    pub namespace: String,
    /// Its name.
    pub name: String,
    /// Its whole set of dimensions. 1 to 30.
    pub dimensions: BTreeMap<String, String>,
    /// The statistic, such as `Sum` or `p95`.
    pub stat: String,
    /// Length of its periods: 1s, 5s, 10s, 30s, or whole minutes.
    pub period: Span,
}

impl Kinds for OwnSettings {
    const UNITS: &'static [(&'static str, &'static str)] = &[
        ("insights", "count"),
        ("filter_pattern", "count"),
        // It has none; the key need not be there.
        ("alarm", "count"),
    ];
}

impl Settings {
    /// The narrow target, or problems.
    pub fn scope(&self, builder: &mut Builder<'_>) -> Option<Scope> {
        let counts = |it: &KindQuery<OwnSettings>| {
            it.0.own.insights.is_some() || it.0.own.filter_pattern.is_some()
        };
        Scope::check(&self.scope, self.queries.values().any(counts), builder)
    }

    /// Checks every query.
    pub fn queries(&self, scope: &Scope, builder: &mut Builder<'_>) -> Option<Vec<Query>> {
        if !(1..=MAX_QUERIES).contains(&self.queries.len()) {
            let fix = "name 1 to 20 queries";
            builder.problem("queries", "holds no query, or too many", fix);
            return None;
        }
        let built: Vec<_> = self
            .queries
            .iter()
            .map(|(id, settings)| Query::build(id, &settings.0, scope, builder))
            .collect();
        built.into_iter().collect()
    }
}
