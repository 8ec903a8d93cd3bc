//! Named queries over logs.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::{Map, Value, json};

use super::NamedQuery;

/// The key that need not be there.
const UNIT: &str = "unit";

/// A named query over logs: it counts lines unless it names another unit.
#[derive(Debug, Clone)]
pub struct LogQuery<T>(pub NamedQuery<T>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for LogQuery<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut all = Map::<String, Value>::deserialize(deserializer)?;
        all.entry(UNIT).or_insert_with(|| json!("count"));
        let query = serde_json::from_value(Value::Object(all)).map_err(D::Error::custom)?;
        Ok(Self(query))
    }
}

impl<T: JsonSchema> JsonSchema for LogQuery<T> {
    fn schema_name() -> Cow<'static, str> {
        NamedQuery::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = NamedQuery::<T>::json_schema(generator);
        if let Some(Value::Array(required)) = schema.get_mut("required") {
            required.retain(|key| key != UNIT);
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::QueryUnit;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Own {
        #[serde(rename = "lines")]
        _lines: String,
    }

    fn unit(entry: Value) -> Result<QueryUnit, serde_json::Error> {
        serde_json::from_value::<LogQuery<Own>>(entry).map(|query| query.0.shared.unit)
    }

    #[test]
    fn without_a_unit_lines_are_counted() {
        assert_eq!(unit(json!({"lines": "x"})).unwrap(), QueryUnit::Count);
        let ratio = json!({"lines": "x", "unit": "ratio"});
        assert_eq!(unit(ratio).unwrap(), QueryUnit::Ratio);
    }

    #[test]
    fn what_is_unknown_or_missing_is_told() {
        assert!(unit(json!({"lines": "x", "linse": "y"})).is_err());
        assert!(unit(json!({})).is_err());
        assert!(unit(json!({"lines": "x", "unit": null})).is_err());
    }

    #[test]
    fn its_schema_does_not_want_a_unit() {
        let schema = schemars::schema_for!(LogQuery<Own>);
        assert_eq!(schema.get("required"), Some(&json!(["lines"])));
    }
}
