//! Named queries of several kinds, some of which tell the unit of their answer by themselves.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, de::DeserializeOwned, de::Error as _};
use serde_json::{Map, Value};

use super::NamedQuery;

/// The key that need not be there.
const UNIT: &str = "unit";

/// A connector's own keys of a query, one of which tells what kind of query it is.
pub trait Kinds {
    /// Keys that tell the unit, each with it as it is written.
    const UNITS: &'static [(&'static str, &'static str)];
}

/// A named query that needs a unit only where its kind does not tell it, and takes no other there.
#[derive(Debug, Clone)]
pub struct KindQuery<T>(pub NamedQuery<T>);

impl<'de, T: Kinds + DeserializeOwned> Deserialize<'de> for KindQuery<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut all = Map::<String, Value>::deserialize(deserializer)?;
        let told = T::UNITS.iter().find(|(key, _)| all.contains_key(*key));
        if let Some((key, unit)) = told {
            let stated = all.insert(UNIT.to_owned(), Value::from(*unit));
            if stated.is_some_and(|stated| stated != *unit) {
                let reason = format!("`unit` is not that of `{key}`, which is {unit}");
                return Err(D::Error::custom(reason));
            }
        }
        let query = serde_json::from_value(Value::Object(all)).map_err(D::Error::custom)?;
        Ok(Self(query))
    }
}

impl<T: JsonSchema> JsonSchema for KindQuery<T> {
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
    use serde_json::json;

    use super::*;
    use crate::settings::QueryUnit;

    #[derive(Debug, Deserialize, JsonSchema)]
    #[serde(deny_unknown_fields)]
    struct Own {
        #[serde(rename = "text")]
        _text: Option<String>,
        #[serde(rename = "lines")]
        _lines: Option<String>,
    }

    impl Kinds for Own {
        const UNITS: &'static [(&'static str, &'static str)] = &[("lines", "count")];
    }

    fn unit(entry: Value) -> Result<QueryUnit, serde_json::Error> {
        serde_json::from_value::<KindQuery<Own>>(entry).map(|query| query.0.shared.unit)
    }

    #[test]
    fn a_kind_may_tell_the_unit() {
        assert_eq!(unit(json!({"lines": "x"})).unwrap(), QueryUnit::Count);
        let stated = json!({"lines": "x", "unit": "count"});
        assert_eq!(unit(stated).unwrap(), QueryUnit::Count);
        assert!(unit(json!({"lines": "x", "unit": "ratio"})).is_err());
        assert!(unit(json!({"lines": "x", "unit": null})).is_err());
    }

    #[test]
    fn another_kind_has_to_state_it() {
        let ratio = json!({"text": "x", "unit": "ratio"});
        assert_eq!(unit(ratio).unwrap(), QueryUnit::Ratio);
        assert!(unit(json!({"text": "x"})).is_err());
        assert!(unit(json!({"lines": "x", "linse": "y"})).is_err());
    }

    #[test]
    fn its_schema_does_not_want_a_unit() {
        let schema = schemars::schema_for!(KindQuery<Own>);
        assert_eq!(schema.get("required"), Some(&json!([])));
    }
}
