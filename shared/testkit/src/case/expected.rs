//! What must come out of a case. What is not mentioned is not compared.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;

/// What must come out.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// Which of the three kinds of outcome it is.
    pub outcome: Outcome,
    /// The failure, where it is one.
    pub failure: Option<ExpectedFailure>,
    /// The refusal, where it is one.
    pub refused: Option<ExpectedRefusal>,
    /// When the evidence was true.
    pub freshness: Option<ExpectedFreshness>,
    /// Facts that must be there.
    #[serde(default)]
    pub facts: Vec<ExpectedFact>,
    /// Texts that must be in no output.
    #[serde(default)]
    pub absent: Vec<String>,
}

/// The kinds of outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// The source answered.
    Evidence,
    /// The source could not answer.
    Failure,
    /// The configuration is refused when it loads.
    Refused,
}

/// A failure.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExpectedFailure {
    /// Its code, as in the public JSON.
    pub code: String,
    /// When to ask again.
    pub retry_at: Option<DateTime<Utc>>,
}

/// A refusal of the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExpectedRefusal {
    /// The path within the source that is wrong.
    pub path: String,
}

/// When evidence was true.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExpectedFreshness {
    /// `None`: not compared. `Some(None)`: there must be no trusted time.
    #[serde(default, deserialize_with = "present")]
    pub observed_at: Option<Option<DateTime<Utc>>>,
    /// How long it may be relied on, in seconds.
    pub max_age_seconds: Option<u64>,
}

/// A fact that must be there.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ExpectedFact {
    /// Its name.
    pub name: String,
    /// Its item.
    pub item: Option<String>,
    /// Its status, as in the public JSON.
    pub status: String,
    /// Its reason, as in the public JSON.
    pub reason: Option<String>,
    /// Its value, compared as a quantity.
    pub value: Option<String>,
    /// Its threshold.
    pub threshold: Option<String>,
    /// The digest of the question that it answers, as in the public JSON.
    pub query_digest: Option<String>,
    /// What it was compared with, itself compared as a quantity.
    pub baseline: Option<String>,
    /// Where a person can look.
    pub link: Option<String>,
    /// How many persons stand behind it, by role; under `further`: how many more are only counted. Who they are
    /// differs with the provider's address.
    pub actors: Option<BTreeMap<String, u32>>,
}

/// Tells `null` apart from nothing.
fn present<'de, D: serde::Deserializer<'de>>(
    time: D,
) -> Result<Option<Option<DateTime<Utc>>>, D::Error> {
    Option::deserialize(time).map(Some)
}
