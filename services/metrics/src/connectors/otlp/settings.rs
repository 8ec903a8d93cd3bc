//! What stands under a source, and what is wrong with it.

use std::collections::{BTreeMap, BTreeSet};

use passport_connector_sdk::{
    Builder,
    secrets::SecretRef,
    settings::{Absent, NamedQuery, Span},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::query::Query;

/// Settings of a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The token that senders must show as `Authorization: Bearer …`. It selects the source, so no
    /// other one may have the same.
    pub credential: SecretRef,
    /// Whose metrics are taken. All others are dropped before anything is kept.
    pub scope: ScopeSettings,
    /// How long after the first delivery too few points mean `pending`.
    #[serde(default = "two_minutes")]
    pub warm_up: Span,
    /// Point attributes that are kept, redacted. All others only tell series apart, by a keyed hash.
    #[serde(default)]
    pub keep_attributes: BTreeSet<String>,
    /// What is read of the metrics, by id. Metrics that no query names are dropped.
    pub queries: BTreeMap<String, NamedQuery<QueryKeys>>,
}

/// Whose metrics are taken.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// The resource attribute `service.name`.
    pub service_name: String,
    /// The resource attribute `deployment.environment.name`, or its older name
    /// `deployment.environment`.
    pub deployment_environment: String,
    /// The resource attribute `service.version`. Default: any.
    pub service_version: Option<String>,
}

/// Keys of a query that only this connector has. Exactly one kind: `gauge`, `numerator` with
/// `denominator`, `increase`, or `histogram` or `summary` with `quantile`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryKeys {
    /// The metric whose newest value is read.
    pub gauge: Option<String>,
    /// The counter whose growth is divided.
    pub numerator: Option<String>,
    /// The counter by whose growth it is divided.
    pub denominator: Option<String>,
    /// The counter whose growth is read.
    pub increase: Option<String>,
    /// The histogram whose quantile is read.
    pub histogram: Option<String>,
    /// The summary of which a quantile is read that the sender computed.
    pub summary: Option<String>,
    /// Which quantile, 0 to 1. Of a summary one that is sent.
    pub quantile: Option<f64>,
    /// How long back growth is read. Default: 5m.
    pub window: Option<Span>,
    /// How long before now the window ends. Default: it ends now.
    pub settle: Option<Span>,
    /// Smallest growth of the denominator, the counter or the histogram's count to be judged.
    pub min_volume: Option<f64>,
    /// What a numerator means that was never sent: with `zero` that nothing was counted, where the
    /// denominator shows that there was something to count.
    #[serde(default)]
    pub absent: Absent,
}

const fn two_minutes() -> Span {
    Span::of_seconds(120)
}

/// Names that say that the value is a secret or personal.
const TELLING: [&str; 14] = [
    "token", "secret", "passw", "auth", "cookie", "session", "key", "email", "user", "ip", "addr",
    "phone", "card", "iban",
];

// === impl Settings ===

impl Settings {
    /// Reports everything that is wrong but for the queries.
    pub fn check(&self, builder: &mut Builder<'_>) {
        let scope = &self.scope;
        check_value("scope.service_name", Some(&scope.service_name), builder);
        let environment = Some(&scope.deployment_environment);
        check_value("scope.deployment_environment", environment, builder);
        check_value(
            "scope.service_version",
            scope.service_version.as_ref(),
            builder,
        );
        for name in &self.keep_attributes {
            let lower = name.to_ascii_lowercase();
            if lower.is_empty() || TELLING.iter().any(|telling| lower.contains(telling)) {
                let reason = "names an attribute that may hold a secret or personal data";
                builder.problem("keep_attributes", reason, "leave it out");
            }
        }
    }

    /// The queries, if none of them has a problem.
    pub fn queries(&self, builder: &mut Builder<'_>) -> Option<Vec<Query>> {
        if self.queries.is_empty() {
            builder.problem("queries", "is empty", "name at least one metric to read");
        }
        let resolved: Vec<_> = self
            .queries
            .iter()
            .map(|(id, query)| Query::resolve(id, query, builder))
            .collect();
        resolved.into_iter().collect()
    }
}

fn check_value(path: &str, value: Option<&String>, builder: &mut Builder<'_>) {
    let Some(value) = value else { return };
    let length = value.chars().count();
    let printable = !value.chars().any(|it| it.is_control() || it == '*');
    if !(1..=200).contains(&length) || !printable || value.trim().is_empty() {
        builder.problem(
            path,
            "is empty, a wildcard, or not printable",
            "write the one value that the sender's resource has",
        );
    }
}
