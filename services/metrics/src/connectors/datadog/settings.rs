//! What stands under a source.

use std::collections::BTreeMap;

use passport_connector_sdk::{
    Builder,
    secrets::SecretRef,
    settings::{Absent, KindQuery, Kinds, Span},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{query::Query, scope::Tags};

/// Most queries of one source.
const MAX_QUERIES: usize = 20;

/// A Datadog source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The site that the organization is on. This or `endpoint`.
    pub site: Option<Site>,
    /// The API itself, such as `https://api.datadoghq.eu`, in place of `site`. Redirects are not followed.
    pub endpoint: Option<String>,
    /// The two keys that every read shows.
    pub credential: Keys,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Queries that may be asked, by fact name. Nothing else is ever sent. 1 to 20.
    pub queries: BTreeMap<String, KindQuery<OwnSettings>>,
}

/// Sites of Datadog, after its page "Getting Started with Datadog Sites".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Site {
    /// US1.
    #[serde(rename = "datadoghq.com")]
    Us1,
    /// US3.
    #[serde(rename = "us3.datadoghq.com")]
    Us3,
    /// US5.
    #[serde(rename = "us5.datadoghq.com")]
    Us5,
    /// EU1.
    #[serde(rename = "datadoghq.eu")]
    Eu1,
    /// AP1.
    #[serde(rename = "ap1.datadoghq.com")]
    Ap1,
    /// AP2.
    #[serde(rename = "ap2.datadoghq.com")]
    Ap2,
    /// US1-FED.
    #[serde(rename = "ddog-gov.com")]
    Gov,
}

/// The two keys that every read shows.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Keys {
    /// The organization's API key, sent as `DD-API-KEY`.
    #[schemars(required)]
    pub api_key: Option<SecretRef>,
    /// An application key with scopes, sent as `DD-APPLICATION-KEY`.
    #[schemars(required)]
    pub app_key: Option<SecretRef>,
}

/// The narrow target of a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// At least two tags, such as `service` and `env`, that everything that is asked must carry; written
    /// `${scope}` in queries.
    pub tags: BTreeMap<String, String>,
}

/// Keys of a query beside the shared ones: one of `timeseries`, `scalar`, `monitor`, `monitors`, `slo` and
/// `logs`, and what belongs to it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Datadog")]
pub struct OwnSettings {
    /// A metric query with `${scope}` in every `{…}`; its newest whole bucket decides.
    pub timeseries: Option<String>,
    /// A formula over the whole window. Wants a `probe`.
    pub scalar: Option<ScalarSettings>,
    /// A metric query with `${scope}` whose newest whole bucket is the time of a `scalar`.
    pub probe: Option<String>,
    /// Number of a monitor.
    pub monitor: Option<u64>,
    /// `true`: all monitors that are labelled with every tag of the scope.
    pub monitors: Option<bool>,
    /// The monitor's own group, such as `service:checkout-api`. Required for one that alerts by group.
    pub group: Option<String>,
    /// Id of a service level objective.
    pub slo: Option<String>,
    /// A log search whose lines are counted, beside the scope.
    pub logs: Option<String>,
    /// Log indexes to search. Required for `logs`.
    pub indexes: Option<Vec<String>>,
    /// How far back is asked. Default 5m, at most 24h; of an objective 7d, 30d or 90d, and required.
    pub window: Option<Span>,
    /// How long before now the window ends. Default: it ends now.
    pub settle: Option<Span>,
    /// A metric query that shows how much there was to measure.
    pub volume: Option<VolumeSettings>,
    /// What an answer without series means. `zero` wants a `volume`.
    #[serde(default)]
    pub absent: Absent,
}

/// A formula over several metric queries.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScalarSettings {
    /// Arithmetic over the names of `queries`.
    pub formula: String,
    /// Metric queries by name.
    pub queries: BTreeMap<String, ScalarQuery>,
}

/// One metric query of a formula.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScalarQuery {
    /// The query, with `${scope}` in every `{…}`.
    pub query: String,
    /// How its buckets become one number: avg, min, max, sum, last, percentile, mean, l2norm or area.
    #[schemars(required)]
    pub aggregator: Option<String>,
}

/// A companion query and the least that it must give.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VolumeSettings {
    /// A metric query with `${scope}` in every `{…}`; its newest whole bucket counts.
    pub timeseries: String,
    /// Below this there is too little to judge.
    pub min: f64,
}

impl Kinds for OwnSettings {
    /// A monitor's state has no unit; this one stands for none.
    const UNITS: &'static [(&'static str, &'static str)] = &[
        ("monitor", "score"),
        ("monitors", "score"),
        ("slo", "percent"),
        ("logs", "count"),
    ];
}

impl Site {
    const fn endpoint(self) -> &'static str {
        match self {
            Self::Us1 => "https://api.datadoghq.com",
            Self::Us3 => "https://api.us3.datadoghq.com",
            Self::Us5 => "https://api.us5.datadoghq.com",
            Self::Eu1 => "https://api.datadoghq.eu",
            Self::Ap1 => "https://api.ap1.datadoghq.com",
            Self::Ap2 => "https://api.ap2.datadoghq.com",
            Self::Gov => "https://api.ddog-gov.com",
        }
    }
}

impl Settings {
    /// Where to ask: the site's API, or the endpoint as it is written.
    pub fn endpoint(&self, builder: &mut Builder<'_>) -> Option<&str> {
        match (self.site, self.endpoint.as_deref()) {
            (Some(site), None) => Some(site.endpoint()),
            (None, Some(endpoint)) => Some(endpoint),
            (Some(_), Some(_)) => {
                builder.problem("endpoint", "stands beside `site`", "write one of the two");
                None
            }
            (None, None) => {
                let fix = "write the site that the organization is on, such as datadoghq.eu";
                builder.problem("site", "is missing, and there is no `endpoint`", fix);
                None
            }
        }
    }

    /// Checks every query.
    pub fn queries(&self, tags: &Tags, builder: &mut Builder<'_>) -> Option<Vec<Query>> {
        if !(1..=MAX_QUERIES).contains(&self.queries.len()) {
            let fix = "name 1 to 20 queries";
            builder.problem("queries", "holds no query, or too many", fix);
            return None;
        }
        let built: Vec<_> = self
            .queries
            .iter()
            .map(|(id, settings)| Query::build(id, &settings.0, tags, builder))
            .collect();
        built.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After the page "Getting Started with Datadog Sites".
    #[test]
    fn each_site_is_asked_at_its_own_host() {
        for (site, endpoint) in [
            ("datadoghq.com", "https://api.datadoghq.com"),
            ("us3.datadoghq.com", "https://api.us3.datadoghq.com"),
            ("us5.datadoghq.com", "https://api.us5.datadoghq.com"),
            ("datadoghq.eu", "https://api.datadoghq.eu"),
            ("ap1.datadoghq.com", "https://api.ap1.datadoghq.com"),
            ("ap2.datadoghq.com", "https://api.ap2.datadoghq.com"),
            ("ddog-gov.com", "https://api.ddog-gov.com"),
        ] {
            let read: Site = serde_json::from_value(site.into()).unwrap();
            assert_eq!(read.endpoint(), endpoint);
        }
        for other in ["datadoghq", "eu", "DATADOGHQ.EU", "api.datadoghq.eu", ""] {
            assert!(
                serde_json::from_value::<Site>(other.into()).is_err(),
                "{other}"
            );
        }
    }
}
