//! What a release needs.

use std::collections::BTreeMap;
use std::time::Duration;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{FactName, Malformed, SourceName};

/// What a release needs in one environment.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
pub struct Policy {
    /// What must be there and have passed.
    #[serde(default)]
    pub require: Vec<Requirement>,
    /// Tighter max ages by source, for example `{ prom: 2m }`.
    #[serde(default)]
    #[schemars(schema_with = "super::by_name::<SourceName, MaxAge>")]
    pub max_age: BTreeMap<SourceName, MaxAge>,
    /// Further rules, kept as they stand for whoever evaluates the policy.
    #[serde(flatten)]
    pub further: Map<String, Value>,
}

/// One thing that a release needs: facts of a source, or of any source of a category.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// A source of this environment.
    #[serde(default)]
    #[schemars(with = "SourceName")]
    pub source: Option<SourceName>,
    /// At least one source of this category.
    #[serde(default)]
    #[schemars(with = "Category")]
    pub category: Option<Category>,
    /// The facts that must have passed. Without it: all that were judged, at least one.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub facts: Vec<FactName>,
    /// Takes facts that a person or the customer's own system declares. Only with `source` and
    /// `facts`.
    #[serde(default)]
    pub accept_declared: bool,
}

/// What kind of system a source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "the names are the categories' own words")]
pub enum Category {
    CiCd,
    Gitops,
    Runtime,
    Rollout,
    Metrics,
    Observability,
    Logs,
    Errors,
    Incidents,
    WorkItem,
    Change,
    Communication,
    Quality,
    Security,
    Differentiator,
    Custom,
}

/// How long evidence may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub struct MaxAge(pub Duration);

impl TryFrom<String> for MaxAge {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        let unit = text.chars().next_back().ok_or(Malformed)?;
        let digits = text.strip_suffix(unit).unwrap_or_default();
        if !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(Malformed);
        }
        let count: u64 = digits.parse().map_err(|_| Malformed)?;
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            _ => return Err(Malformed),
        };
        let total = count
            .checked_mul(seconds)
            .filter(|total| *total > 0)
            .ok_or(Malformed)?;
        Ok(Self(Duration::from_secs(total)))
    }
}

impl JsonSchema for MaxAge {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MaxAge".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^[1-9][0-9]{0,5}[smhd]$",
            "description": "A whole number with its unit, for example `90s`, `5m`, `12h`, `7d`.",
        })
    }
}
