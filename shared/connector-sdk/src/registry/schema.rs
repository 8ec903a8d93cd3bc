//! What may stand in a source, for editors and for the first check of a configuration.

use schemars::SchemaGenerator;
use serde_json::{Map, Value};

use super::connects;
use crate::{kind::ConnectorKind, settings::CommonSettings};

/// Schema of a whole source of one kind.
pub(super) fn source_schema<K: ConnectorKind>() -> Value {
    let mut generator = SchemaGenerator::default();
    let own = generator.root_schema_for::<K::Settings>().to_value();
    let common = generator.root_schema_for::<CommonSettings>().to_value();
    let mut whole = own;
    let common_keys: Vec<_> = CommonSettings::keys(connects(&K::DESCRIPTOR)).collect();
    merge(&mut whole, &common, "properties", |key| {
        common_keys.contains(&key)
    });
    merge(&mut whole, &common, "$defs", |_| true);
    if let Some(properties) = whole.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(
            "connector".to_owned(),
            serde_json::json!({ "const": K::DESCRIPTOR.id }),
        );
    }
    match whole.get_mut("required").and_then(Value::as_array_mut) {
        Some(required) => required.push("connector".into()),
        None => {
            if let Some(object) = whole.as_object_mut() {
                object.insert("required".to_owned(), serde_json::json!(["connector"]));
            }
        }
    }
    whole
}

fn merge(into: &mut Value, from: &Value, part: &str, wanted: impl Fn(&str) -> bool) {
    let Some(found) = from.get(part).and_then(Value::as_object) else {
        return;
    };
    let Some(object) = into.as_object_mut() else {
        return;
    };
    let own = object
        .entry(part)
        .or_insert_with(|| Value::Object(Map::new()));
    let Some(own) = own.as_object_mut() else {
        return;
    };
    for (key, value) in found {
        if wanted(key) && !own.contains_key(key) {
            own.insert(key.clone(), value.clone());
        }
    }
}
