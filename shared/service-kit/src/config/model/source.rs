//! A source as the file has it; only its connector knows the rest of its keys.

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use super::SourceName;

/// A configured connector.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Value")]
pub struct Source {
    connector: SourceName,
    value: Value,
}

#[derive(Deserialize)]
struct Head {
    connector: SourceName,
}

impl Source {
    /// Which connector it is of.
    pub fn connector(&self) -> &str {
        self.connector.as_str()
    }

    /// Everything that stands under the source's name, `connector` included.
    pub fn value(&self) -> &Value {
        &self.value
    }
}

impl TryFrom<Value> for Source {
    type Error = serde_json::Error;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        let Head { connector } = Head::deserialize(&value)?;
        Ok(Self { connector, value })
    }
}

impl JsonSchema for Source {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Source".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut connector = generator.subschema_for::<SourceName>();
        let says = "Which connector it is of; `passport connectors` lists them.";
        connector.insert("description".to_owned(), says.into());
        json_schema!({
            "description": "A configured connector; its other keys are the connector's.",
            "type": "object",
            "properties": { "connector": connector },
            "required": ["connector"],
        })
    }
}
