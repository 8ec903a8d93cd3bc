//! What stands under a source.

use std::collections::BTreeMap;

use passport_connector_sdk::{
    Builder,
    secrets::SecretRef,
    settings::{KindQuery, Kinds},
};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{query::Query, scope::Attributes};

/// Most queries of one source.
const MAX_QUERIES: usize = 20;
/// Longest GUID of an entity.
const MAX_GUID: usize = 200;

/// A New Relic source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Where the account's data are kept. Default: us. This or `endpoint`.
    pub region: Option<Region>,
    /// NerdGraph's server, such as `https://api.newrelic.com`, in place of `region`. Redirects are not
    /// followed.
    pub endpoint: Option<String>,
    /// A user key (`NRAK-…`), sent as `API-Key`.
    pub credential: SecretRef,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Queries that may be asked, by fact name. Nothing else is ever sent. 1 to 20.
    pub queries: BTreeMap<String, KindQuery<OwnSettings>>,
}

/// Where an account's data are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Region {
    /// United States.
    Us,
    /// European Union.
    Eu,
    /// FedRAMP.
    Gov,
}

/// The narrow target of a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// Number of the one account.
    #[schemars(required)]
    pub account: Option<u32>,
    /// At least two attributes, such as `appName` and `environment`, that everything that is asked must
    /// have; written `${scope}` in queries.
    pub attributes: BTreeMap<String, String>,
    /// GUID of the entity. Required for `entity` and `issues`.
    pub entity: Option<String>,
}

/// Keys of a query beside the shared ones: one of `nrql`, `entity` and `issues`, and what belongs to it.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewRelic")]
pub struct OwnSettings {
    /// A query with `WHERE ${scope}`, the columns `value`, `n` and `ts`, and one `SINCE`.
    pub nrql: Option<String>,
    /// Least number of events, by the column `n`, that is enough to judge.
    pub min_volume: Option<f64>,
    /// Which percentile of `value` counts, where `value` is the answer of `percentile()`.
    pub percentile: Option<f64>,
    /// `true`: the health of the entity.
    pub entity: Option<bool>,
    /// `true`: the open issues of the entity.
    pub issues: Option<bool>,
}

impl Kinds for OwnSettings {
    /// Health has no unit; this one stands for none.
    const UNITS: &'static [(&'static str, &'static str)] =
        &[("entity", "score"), ("issues", "count")];
}

impl Region {
    const fn endpoint(self) -> &'static str {
        match self {
            Self::Us => "https://api.newrelic.com",
            Self::Eu => "https://api.eu.newrelic.com",
            Self::Gov => "https://gov-api.newrelic.com",
        }
    }
}

impl Settings {
    /// Where to ask: the region's server, or the endpoint as it is written.
    pub fn endpoint(&self, builder: &mut Builder<'_>) -> Option<&str> {
        match (self.region, self.endpoint.as_deref()) {
            (region, None) => Some(region.unwrap_or(Region::Us).endpoint()),
            (None, Some(endpoint)) => Some(endpoint),
            (Some(_), Some(_)) => {
                builder.problem("endpoint", "stands beside `region`", "write one of the two");
                None
            }
        }
    }

    /// The one account.
    pub fn account(&self, builder: &mut Builder<'_>) -> Option<u32> {
        // Numbers of NerdGraph have 31 bits.
        let account = self
            .scope
            .account
            .filter(|it| (1..=i32::MAX as u32).contains(it));
        if account.is_none() {
            let fix = "write the number of the one account, such as 1234567";
            builder.problem("scope.account", "is missing, or is no account", fix);
        }
        account
    }

    /// The GUID of the entity; `Some(None)`: there is none.
    pub fn entity(&self, builder: &mut Builder<'_>) -> Option<Option<String>> {
        let Some(guid) = &self.scope.entity else {
            return Some(None);
        };
        let digit = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '-' | '_');
        let sound = (1..=MAX_GUID).contains(&guid.len()) && guid.chars().all(digit);
        if !sound {
            let fix = "copy it from the entity's metadata";
            builder.problem("scope.entity", "is no GUID of an entity", fix);
            return None;
        }
        Some(Some(guid.clone()))
    }

    /// Checks every query.
    pub fn queries(
        &self,
        attributes: &Attributes,
        builder: &mut Builder<'_>,
    ) -> Option<Vec<Query>> {
        if !(1..=MAX_QUERIES).contains(&self.queries.len()) {
            let fix = "name 1 to 20 queries";
            builder.problem("queries", "holds no query, or too many", fix);
            return None;
        }
        let built: Vec<_> = self
            .queries
            .iter()
            .map(|(id, settings)| Query::build(id, &settings.0, attributes, builder))
            .collect();
        let needs_entity = built.iter().flatten().any(Query::needs_entity);
        if needs_entity && self.scope.entity.is_none() {
            let fix = "write the GUID of the entity, from its metadata";
            builder.problem("scope.entity", "is missing, and a query is about it", fix);
            return None;
        }
        built.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After the page "Introduction to New Relic NerdGraph", endpoints.
    #[test]
    fn each_region_is_asked_at_its_own_host() {
        for (region, endpoint) in [
            ("us", "https://api.newrelic.com"),
            ("eu", "https://api.eu.newrelic.com"),
            ("gov", "https://gov-api.newrelic.com"),
        ] {
            let read: Region = serde_json::from_value(region.into()).unwrap();
            assert_eq!(read.endpoint(), endpoint);
        }
        for other in ["EU", "us2", "api.eu.newrelic.com", ""] {
            assert!(
                serde_json::from_value::<Region>(other.into()).is_err(),
                "{other}"
            );
        }
    }
}
