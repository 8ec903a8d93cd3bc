//! Where a secret is to be found. A secret in the place of its name is refused, and shown nowhere.

use std::{
    fmt,
    path::{Path, PathBuf},
};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, de::Error};

use crate::redaction::Redactor;

/// Longest name of a variable.
const LONGEST_NAME: usize = 64;

/// Where a secret is to be found.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum SecretRef {
    /// An environment variable of the collector: a name in capitals, such as `PROMETHEUS_TOKEN`.
    #[serde(deserialize_with = "variable")]
    Env(String),
    /// A file, read anew at each use.
    #[serde(deserialize_with = "file")]
    File(PathBuf),
}

// === impl SecretRef ===

/// Also what `Debug` writes: what looks like a secret is not shown, whoever made the reference.
impl fmt::Display for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) if is_variable(name) => {
                write!(f, "environment variable {}", shown(name))
            }
            Self::Env(_) => f.write_str("environment variable of an unusable name"),
            Self::File(path) => write!(f, "file {}", shown_path(path)),
        }
    }
}

impl fmt::Debug for SecretRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

fn variable<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let name = String::deserialize(deserializer)?;
    if !is_variable(&name) {
        return Err(D::Error::custom(
            "is not the name of an environment variable: at most 64 capitals, digits and `_`",
        ));
    }
    named(name)
}

fn file<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PathBuf, D::Error> {
    named(String::deserialize(deserializer)?).map(PathBuf::from)
}

/// A name that is no secret by its looks.
fn named<E: Error>(name: String) -> Result<String, E> {
    match Redactor::new(false).redact(&name).counts.is_empty() {
        true => Ok(name),
        false => Err(E::custom(
            "looks like a secret itself; write where it is to be found",
        )),
    }
}

fn is_variable(name: &str) -> bool {
    let letter = |byte: u8| byte.is_ascii_uppercase() || byte == b'_';
    name.len() <= LONGEST_NAME
        && name.bytes().next().is_some_and(letter)
        && name
            .bytes()
            .all(|byte| letter(byte) || byte.is_ascii_digit())
}

fn shown(name: &str) -> String {
    Redactor::new(true).redact(name).text
}

/// As a whole, and part by part: a path of many parts may look like one long random run.
fn shown_path(path: &Path) -> String {
    let whole = Redactor::new(false).redact(&path.to_string_lossy()).text;
    let parts: Vec<_> = whole.split('/').map(shown).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests;
