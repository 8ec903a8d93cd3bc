//! Reads the settings of a source.

use passport_evidence::{Descriptor, problem};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::connects;
use crate::{kind::Builder, settings::CommonSettings};

/// Parts the keys that mean the same everywhere from the connector's own.
pub(super) fn split(
    object: Map<String, Value>,
    descriptor: &Descriptor,
) -> (Map<String, Value>, Map<String, Value>) {
    let common: Vec<_> = CommonSettings::keys(connects(descriptor)).collect();
    object
        .into_iter()
        .filter(|(key, _)| key != "connector")
        .partition(|(key, _)| common.contains(&key.as_str()))
}

/// Deserialises settings; what does not fit is a problem at its path.
pub(super) fn read<T: DeserializeOwned>(
    object: Map<String, Value>,
    builder: &mut Builder<'_>,
) -> Option<T> {
    serde_path_to_error::deserialize(Value::Object(object))
        .map_err(|error| {
            let said = error.inner().to_string();
            builder.problem(
                path_of(error.path(), &said),
                without_values(said),
                "see the connector's README for what is wanted",
            );
        })
        .ok()
}

/// What was said, less the value that it is about: that may be a secret in the wrong place.
fn without_values(said: String) -> String {
    const REPEAT: [&str; 4] = [
        "invalid type: ",
        "invalid value: ",
        "invalid length ",
        "unknown variant `",
    ];
    if !REPEAT.iter().any(|start| said.starts_with(start)) {
        return said;
    }
    match said.rsplit_once(", expected ") {
        Some((_, wanted)) => format!("is not what is wanted here: {wanted}"),
        None => "is not what is wanted here".to_owned(),
    }
}

/// The path of what does not fit; an unknown or missing key is named only in serde's message.
fn path_of(path: &serde_path_to_error::Path, reason: &str) -> String {
    let mut dotted = match path.to_string().as_str() {
        "." => String::new(),
        path => path.to_owned(),
    };
    let named = reason
        .strip_prefix("unknown field `")
        .or_else(|| reason.strip_prefix("missing field `"))
        .and_then(|rest| rest.split('`').next());
    if let Some(key) = named.filter(|key| !dotted.ends_with(key)) {
        dotted = problem::join(&dotted, key);
    }
    dotted
}
