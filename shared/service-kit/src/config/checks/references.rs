//! Secrets are referred to, never written down.

use std::path::{Component, Path};

use passport_evidence::problem::Problem;
use serde_json::{Map, Value};

use crate::config::path;

const WRITE: &str =
    "put it in the environment or a file, and write `{ env: NAME }` or `{ file: PATH }`";

/// Keys whose own keys are names that the user chose, so they tell nothing of what they hold.
const CHOSEN: [&str; 3] = ["scope", "thresholds", "measures"];

/// Whether a key by this name wants a reference to a secret.
pub(in crate::config) fn wants_reference(key: &str) -> bool {
    const WORDS: [&str; 11] = [
        "credential",
        "password",
        "secret",
        "token",
        "api_key",
        "app_key",
        "client_key",
        "private_key",
        "secret_access_key",
        "signing_secrets",
        "kubeconfig",
    ];
    const ENDINGS: [&str; 4] = ["_secret", "_secrets", "_password", "_token"];
    WORDS.contains(&key) || ENDINGS.iter().any(|ending| key.ends_with(ending))
}

/// What is wrong with the references of one source. Paths are relative to it.
pub(super) fn problems(source: &Value, folder: Option<&Path>) -> Vec<Problem> {
    let mut look = Look {
        folder,
        found: Vec::new(),
    };
    if let Some(map) = source.as_object() {
        look.outside("", map);
    }
    look.found
}

struct Look<'a> {
    folder: Option<&'a Path>,
    found: Vec<Problem>,
}

impl Look<'_> {
    /// Where keys say whether a secret is wanted.
    fn outside(&mut self, at: &str, map: &Map<String, Value>) {
        for (key, value) in map
            .iter()
            .filter(|(key, _)| !CHOSEN.contains(&key.as_str()))
        {
            let at = path::key(at, key);
            match value {
                value if wants_reference(key) => self.wanted(&at, value),
                Value::Object(map) => self.outside(&at, map),
                Value::Array(items) => self.items(&at, items),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
            }
        }
    }

    fn items(&mut self, at: &str, items: &[Value]) {
        for (index, item) in items.iter().enumerate() {
            if let Some(map) = item.as_object() {
                self.outside(&path::index(at, index), map);
            }
        }
    }

    /// Where a reference, a list of them, or parts that are references, must stand.
    fn wanted(&mut self, at: &str, value: &Value) {
        match value {
            Value::String(_) | Value::Number(_) => {
                self.add(at, "holds the secret itself", WRITE);
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.wanted(&path::index(at, index), item);
                }
            }
            Value::Object(map) if map.contains_key("env") || map.contains_key("file") => {
                self.reference(at, map);
            }
            Value::Object(map) => self.parts(at, map),
            Value::Null => self.add(at, "has no value", WRITE),
            Value::Bool(_) => {}
        }
    }

    /// A credential of several parts. Parts such as a header's name are no secrets; a key of no
    /// known meaning that has no value may itself be one.
    fn parts(&mut self, at: &str, map: &Map<String, Value>) {
        if map
            .iter()
            .any(|(key, value)| value.is_null() && !is_part(key))
        {
            return self.add(at, "holds a key without a value", WRITE);
        }
        for (key, value) in map {
            if is_part(key) || value.is_object() {
                self.wanted(&path::key(at, key), value);
            }
        }
    }

    fn reference(&mut self, at: &str, map: &Map<String, Value>) {
        if map.contains_key("env") && map.contains_key("file") {
            return self.add(
                at,
                "names both a variable and a file",
                "keep one of `env` and `file`",
            );
        }
        if let Some(name) = map.get("env").and_then(Value::as_str)
            && !is_variable(name)
        {
            let fix =
                "write its name, at most 64 capitals, digits and `_`; never the secret itself";
            self.add(
                &path::key(at, "env"),
                "is not the name of an environment variable",
                fix,
            );
        }
        if let Some(file) = map.get("file").and_then(Value::as_str) {
            self.file(&path::key(at, "file"), Path::new(file));
        }
    }

    fn file(&mut self, at: &str, file: &Path) {
        let Some(folder) = self.folder else {
            return self.add(
                at,
                "names a file, but no folder of secrets is set",
                "set `secrets.folder` to the folder it lies in",
            );
        };
        let climbs = file.components().any(|part| part == Component::ParentDir);
        if climbs || !folder.join(file).starts_with(folder) || file.as_os_str().is_empty() {
            self.add(
                at,
                "does not lie in the folder of secrets",
                "name a file under `secrets.folder`, without `..`",
            );
        }
    }

    fn add(&mut self, at: &str, reason: &str, fix: &str) {
        self.found.push(Problem::new(at, reason, fix));
    }
}

fn is_part(key: &str) -> bool {
    wants_reference(key) || key.ends_with("key") || key == "value"
}

/// Portable names alone: secrets that would pass for a name have small letters or are longer.
fn is_variable(name: &str) -> bool {
    const LONGEST: usize = 64;
    let letter = |c: char| c.is_ascii_uppercase() || c == '_';
    name.len() <= LONGEST
        && name.starts_with(letter)
        && name.chars().all(|c| letter(c) || c.is_ascii_digit())
}
