//! Named queries: what every connector that asks for numbers shares.

use std::borrow::Cow;

use bigdecimal::BigDecimal;
use passport_evidence::{FactName, Limits, Threshold as Parsed, Unit, quantity};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::{Map, Value};

use crate::{kind::Builder, query::Asked};

/// One entry of `queries`: the shared keys, and the connector's own.
#[derive(Debug, Clone)]
pub struct NamedQuery<T> {
    /// Keys that mean the same for every connector.
    pub shared: QuerySettings,
    /// The connector's own keys.
    pub own: T,
}

/// Keys of a query that mean the same for every connector.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct QuerySettings {
    /// The fact that the query gives; its id then becomes the fact's item. Default: the id.
    pub fact: Option<String>,
    /// Unit of the number. Declared, never guessed from its size.
    pub unit: QueryUnit,
    /// Lowest and highest number that can be. Default: ratio 0 to 1, percent 0 to 100, else 0 up.
    pub domain: Option<[f64; 2]>,
    /// What is wanted, such as `< 1%`; `none`: shown and not judged. Default: the fact's own.
    pub threshold: Option<Threshold>,
    /// Missing this one, while meeting the other, is a warning.
    pub warn_threshold: Option<Threshold>,
    /// What to do with several series.
    #[serde(default)]
    pub reduce: Reduce,
    /// How many series there must be.
    pub expect_series: Option<u32>,
}

/// A threshold as text.
pub type Threshold = String;

/// Unit of a query's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueryUnit {
    /// A share; 1 is all.
    Ratio,
    /// A share in hundredths.
    Percent,
    /// Seconds.
    Seconds,
    /// Milliseconds.
    Milliseconds,
    /// Bytes.
    Bytes,
    /// Things counted.
    Count,
    /// Things in a second.
    PerSecond,
    /// A provider's own scale.
    Score,
}

/// What to do with several series.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Reduce {
    /// There must be one.
    #[default]
    Single,
    /// The worst of them counts.
    Worst,
    /// Their sum counts; for counts only.
    Sum,
}

/// What an empty answer means.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Absent {
    /// Nothing.
    #[default]
    Unknown,
    /// Zero, where the volume companion shows that there is something to count.
    Zero,
}

/// Names of the shared keys.
const SHARED: [&str; 7] = [
    "fact",
    "unit",
    "domain",
    "threshold",
    "warn_threshold",
    "reduce",
    "expect_series",
];

// === impl NamedQuery ===

impl<'de, T: DeserializeOwned> Deserialize<'de> for NamedQuery<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let all = Map::<String, Value>::deserialize(deserializer)?;
        let (shared, own): (Map<_, _>, Map<_, _>) = all
            .into_iter()
            .partition(|(key, _)| SHARED.contains(&key.as_str()));
        Ok(Self {
            shared: serde_json::from_value(Value::Object(shared)).map_err(D::Error::custom)?,
            own: serde_json::from_value(Value::Object(own)).map_err(D::Error::custom)?,
        })
    }
}

impl<T: JsonSchema> JsonSchema for NamedQuery<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("{}Query", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let own = T::json_schema(generator);
        merged(&[QuerySettings::json_schema(generator), own])
    }
}

/// One object schema with the properties of several; no further keys.
pub(crate) fn merged(parts: &[Schema]) -> Schema {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for part in parts {
        if let Some(Value::Object(own)) = part.get("properties") {
            properties.extend(own.clone());
        }
        if let Some(Value::Array(own)) = part.get("required") {
            required.extend(own.iter().cloned());
        }
    }
    schemars::json_schema!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

// === impl QueryUnit ===

impl QueryUnit {
    /// The unit that numbers are in.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Ratio => Unit::Ratio,
            Self::Percent => Unit::Percent,
            Self::Seconds => Unit::Seconds,
            Self::Milliseconds => Unit::Milliseconds,
            Self::Bytes => Unit::Bytes,
            Self::Count => Unit::Count,
            Self::PerSecond => Unit::PerSecond,
            Self::Score => Unit::Score,
        }
    }

    /// Highest number that can be.
    fn ceiling(self) -> Option<u32> {
        match self {
            Self::Ratio => Some(1),
            Self::Percent => Some(100),
            Self::Seconds
            | Self::Milliseconds
            | Self::Bytes
            | Self::Count
            | Self::PerSecond
            | Self::Score => None,
        }
    }
}

// === impl QuerySettings ===

impl QuerySettings {
    /// Checks the entry of an id and says what is asked. `None` after a problem.
    pub fn resolve(&self, id: &str, builder: &mut Builder<'_>) -> Option<Asked> {
        let at = format!("queries.{id}");
        let (name, default_threshold) = self.fact(id, builder)?;
        if self.reduce == Reduce::Sum && self.unit != QueryUnit::Count {
            builder.problem(
                format!("{at}.reduce"),
                "only counts can be summed",
                "use `worst`",
            );
        }
        let limits = self.limits(&at, default_threshold, builder)?;
        Some(Asked {
            item: item(&name, id),
            name,
            unit: self.unit.unit(),
            domain: self.domain(&at, builder)?,
            limits,
            reduce: self.reduce,
            expect_series: self.expect_series,
            digest: None,
        })
    }

    /// The fact that the entry of an id gives, and its own threshold.
    pub(super) fn fact(
        &self,
        id: &str,
        builder: &mut Builder<'_>,
    ) -> Option<(FactName, Option<&'static str>)> {
        let descriptor = builder.descriptor();
        let name = self.fact.as_deref().unwrap_or(id);
        let (Some(fact), Ok(name)) = (descriptor.fact(name), FactName::new(name)) else {
            let known: Vec<_> = descriptor.facts.iter().map(|fact| fact.name).collect();
            builder.problem(
                format!("queries.{id}"),
                "is no fact of this connector",
                format!(
                    "use one of {}, or set `fact` to one of them",
                    known.join(", ")
                ),
            );
            return None;
        };
        Some((name, fact.default_threshold))
    }

    fn limits(&self, at: &str, default: Option<&str>, builder: &mut Builder<'_>) -> Option<Limits> {
        let wanted = match self.threshold.as_deref().or(default) {
            Some("none") => return Some(Limits::default()),
            Some(wanted) => wanted,
            None => {
                builder.problem(
                    format!("{at}.threshold"),
                    "is missing, and the fact has none of its own",
                    "write what is wanted, such as `< 1%`, or `none`",
                );
                return None;
            }
        };
        let threshold = self.parse(format!("{at}.threshold"), wanted, builder);
        let warn = self.warn_threshold.as_deref();
        let warn = warn.map(|text| self.parse(format!("{at}.warn_threshold"), text, builder));
        let warn_threshold = match warn {
            Some(warn) => Some(warn?),
            None => None,
        };
        Some(Limits {
            threshold: Some(threshold?),
            warn_threshold,
        })
    }

    fn parse(&self, at: String, text: &str, builder: &mut Builder<'_>) -> Option<Parsed> {
        let parsed = text
            .parse::<Parsed>()
            .and_then(|it| it.in_unit(self.unit.unit()));
        parsed
            .map_err(|error| {
                builder.problem(
                    at,
                    error.to_string(),
                    "write one such as `< 1%` or `<= 500ms`",
                );
            })
            .ok()
    }

    fn domain(
        &self,
        at: &str,
        builder: &mut Builder<'_>,
    ) -> Option<(Option<BigDecimal>, Option<BigDecimal>)> {
        let Some([low, high]) = self.domain else {
            return Some((Some(0.into()), self.unit.ceiling().map(BigDecimal::from)));
        };
        match (quantity::from_f64(low), quantity::from_f64(high)) {
            (Ok(low), Ok(high)) if low <= high => Some((Some(low), Some(high))),
            _ => {
                let fix = "write the lowest and the highest number, as in [0, 1]";
                builder.problem(format!("{at}.domain"), "is no range", fix);
                None
            }
        }
    }
}

/// What tells an entry's fact from the same fact of another entry.
pub(super) fn item(name: &FactName, id: &str) -> Option<String> {
    (name.as_str() != id || name.as_str() == "custom_metric").then(|| id.to_owned())
}
