//! What stands under a source.

use std::collections::BTreeMap;

use passport_connector_sdk::{
    Builder,
    settings::{LogQuery, Span},
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::{
    body::Target,
    condition::{Condition, Wanted},
    field, index,
    query::Query,
};

/// Most queries of one source.
const MAX_QUERIES: usize = 20;
/// Fewest terms of a scope.
const MIN_TERMS: usize = 2;

/// A source of logs that are searched. `C`: what it may show to its server.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings<C> {
    /// The server, with its path prefix: `https://logs.example.com`. Redirects are not followed.
    pub endpoint: String,
    /// What is shown to the server. Default: nothing but a client certificate, where `tls` has one.
    pub credential: Option<C>,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Field with the time of a line.
    #[serde(default = "timestamp")]
    pub time_field: String,
    /// What its values are.
    #[serde(default)]
    pub time_unit: TimeUnit,
    /// Queries that may be asked, by fact name. Nothing else is ever sent. 1 to 20.
    pub queries: BTreeMap<String, LogQuery<OwnSettings>>,
}

/// The narrow target of a source.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// One index, alias or data stream, or a prefix with a star at its end.
    pub index: String,
    /// Exact values of keyword fields that every line must have. At least two.
    pub terms: BTreeMap<String, String>,
}

/// What the values of the time field are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum TimeUnit {
    /// Dates.
    #[default]
    Date,
    /// Numbers of milliseconds since 1970.
    EpochMillis,
}

/// Keys of a query beside the shared ones.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Search")]
pub struct OwnSettings {
    /// Exact values by field; a list means any of them. Default: all lines of the scope.
    #[serde(rename = "match", default)]
    #[schemars(with = "BTreeMap<String, Wanted>")]
    pub matching: BTreeMap<String, Value>,
    /// How far back lines are counted. Default 5m, at most 24h.
    pub window: Option<Span>,
    /// How long before now the window ends. Default: now. Shorter than `max_age`.
    pub settle: Option<Span>,
    /// How many redacted excerpts may be shown, at most 3. Default 0.
    pub excerpts: Option<u32>,
    /// Field with the message. Default `message`.
    pub message_field: Option<String>,
    /// Most pages that are read to tell kinds apart, 1 to 10. Default 3.
    pub pages: Option<u32>,
    /// Lines of a page, 1 to 500. Default 100.
    pub page_size: Option<u32>,
}

fn timestamp() -> String {
    "@timestamp".to_owned()
}

impl<C> Settings<C> {
    /// The index that is read.
    pub fn index(&self, builder: &mut Builder<'_>) -> Option<String> {
        index::check(&self.scope.index, builder)
    }

    /// What narrows every question.
    pub fn target(&self, builder: &mut Builder<'_>) -> Option<Target> {
        let scope = self.scope.conditions(builder);
        let is_field = field::is_exact(&self.time_field);
        if !is_field {
            builder.problem("time_field", "names no field", "write @timestamp");
        }
        Some(Target {
            scope: scope.filter(|_| is_field)?,
            time_field: self.time_field.clone(),
            time_unit: self.time_unit,
        })
    }

    /// Checks every query.
    pub fn queries(&self, builder: &mut Builder<'_>) -> Option<Vec<Query>> {
        if !(1..=MAX_QUERIES).contains(&self.queries.len()) {
            let fix = "name 1 to 20 queries";
            builder.problem("queries", "holds no query, or too many", fix);
            return None;
        }
        let terms = &self.scope.terms;
        let built: Vec<_> = self
            .queries
            .iter()
            .map(|(id, settings)| Query::build(id, &settings.0, terms, builder))
            .collect();
        built.into_iter().collect()
    }
}

impl ScopeSettings {
    fn conditions(&self, builder: &mut Builder<'_>) -> Option<Vec<Condition>> {
        let mut sound = self.terms.len() >= MIN_TERMS;
        if !sound {
            let fix = "name two fields at least, such as service.name and service.environment";
            builder.problem("scope.terms", "has fewer than two terms", fix);
        }
        for (name, value) in &self.terms {
            if !field::is_exact(name) || !field::is_exact(value) {
                let reason = "is no exact value of a field: no patterns, no control characters";
                let fix = "write what the field holds, such as checkout-api";
                builder.problem(format!("scope.terms.{name}"), reason, fix);
                sound = false;
            }
        }
        let terms = self.terms.iter();
        sound.then(|| terms.map(|(name, it)| Condition::text(name, it)).collect())
    }
}
