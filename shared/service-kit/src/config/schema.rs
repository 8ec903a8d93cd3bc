//! The JSON Schema of the file, for `passport config schema` and for editors.

#[cfg(test)]
mod tests;

use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::model::Settings;

/// The schema of the file where sources are only known to have a connector.
pub(super) fn of_file() -> Value {
    SchemaSettings::draft2020_12()
        .into_generator()
        .into_root_schema_for::<Settings>()
        .to_value()
}

/// The schema (2020-12) of the whole file, in which each source has the keys of its connector.
/// `connectors` are ids with the schemas of a whole source; a schema that says nothing of the key
/// `connector` itself gets it.
pub fn schema(connectors: &[(&str, Value)]) -> Value {
    let mut file = of_file();
    let mut defs = Map::new();
    for (id, connector) in connectors {
        adopt(&mut defs, id, connector.clone());
    }
    let choice = connectors
        .iter()
        .map(|(id, _)| chosen(id))
        .collect::<Vec<_>>();
    let ids = connectors.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    let all = file.pointer_mut("/$defs").and_then(Value::as_object_mut);
    if let Some(all) = all.filter(|_| !connectors.is_empty()) {
        if let Some(source) = all.get_mut("Source").and_then(Value::as_object_mut) {
            source.insert("allOf".to_owned(), choice.into());
            source.insert(
                "properties".to_owned(),
                json!({ "connector": { "enum": ids } }),
            );
        }
        all.append(&mut defs);
    }
    file
}

fn chosen(id: &str) -> Value {
    json!({
        "if": { "properties": { "connector": { "const": id } }, "required": ["connector"] },
        "then": { "$ref": format!("#/$defs/{id}") },
    })
}

/// Takes a connector's schema in as a definition, and its definitions beside it under names of
/// their own, so that every reference stays within the one document.
fn adopt(defs: &mut Map<String, Value>, id: &str, mut connector: Value) {
    redirect(&mut connector, id);
    if let Some(root) = connector.as_object_mut() {
        root.remove("$schema");
        for inner in ["$defs", "definitions"] {
            let own = root.remove(inner);
            for (name, def) in own
                .as_ref()
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
            {
                defs.insert(format!("{id}.{name}"), def.clone());
            }
        }
        if let Some(properties) = root.get_mut("properties").and_then(Value::as_object_mut) {
            properties
                .entry("connector")
                .or_insert_with(|| json!({ "const": id }));
        }
    }
    defs.insert(id.to_owned(), connector);
}

fn redirect(value: &mut Value, id: &str) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(target)) = map.get_mut("$ref") {
                *target = redirected(target, id);
            }
            map.values_mut().for_each(|inner| redirect(inner, id));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| redirect(item, id)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn redirected(target: &str, id: &str) -> String {
    let name = target
        .strip_prefix("#/$defs/")
        .or_else(|| target.strip_prefix("#/definitions/"));
    match name {
        Some(name) => format!("#/$defs/{id}.{name}"),
        None if target == "#" => format!("#/$defs/{id}"),
        None => target.to_owned(),
    }
}
