//! One signing secret never signs for two scopes: whoever holds it could speak for both.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use passport_evidence::problem::Problem;
use serde_json::Value;

use crate::config::places::{self, SourceAt};

/// What a reference leads to, however it is spelt.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Secret {
    Env(String),
    File(PathBuf),
}

pub(super) fn problems(file: &Value) -> Vec<Problem> {
    let folder = super::secrets_folder(file).unwrap_or(Path::new(""));
    let mut seen = HashMap::<Secret, SourceAt<'_>>::new();
    let mut problems = Vec::new();
    for source in places::sources(file) {
        for (key, reference) in references(source.value) {
            let Some(secret) = secret(reference, folder) else {
                continue;
            };
            let first = *seen.entry(secret).or_insert(source);
            if first.scope() != source.scope() {
                problems.push(shared(&source, &key, &first));
            }
        }
    }
    problems
}

fn references(source: &Value) -> impl Iterator<Item = (String, &Value)> {
    let several = source
        .get("signing_secrets")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let several = several
        .enumerate()
        .map(|(at, value)| (format!("signing_secrets[{at}]"), value));
    let one = source
        .get("signing_secret")
        .map(|value| ("signing_secret".to_owned(), value));
    several.chain(one)
}

fn secret(reference: &Value, folder: &Path) -> Option<Secret> {
    if let Some(name) = reference.get("env").and_then(Value::as_str) {
        return Some(Secret::Env(name.to_owned()));
    }
    let file = reference.get("file").and_then(Value::as_str)?;
    Some(Secret::File(folder.join(file).components().collect()))
}

fn shared(source: &SourceAt<'_>, key: &str, first: &SourceAt<'_>) -> Problem {
    let reason = format!(
        "is the signing secret of another scope too: {}",
        first.path()
    );
    Problem::new(key, reason, "give each scope a signing secret of its own").under(&source.path())
}
