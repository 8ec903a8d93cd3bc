//! What a release needs.
//!
//! A policy can stand at a workspace, at a service and at an environment. What stands further in adds
//! to what stands further out and makes it tighter, never looser; the one exception is a requirement
//! that says of itself that it may be replaced.

mod category;
mod max_age;
mod requirement;
mod rule;

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::Deserialize;

use super::{FactName, SourceName};

pub use category::Category;
pub use max_age::MaxAge;
pub use requirement::{AtLeastHold, Consequence, Requirement, Severity};
pub use rule::Rule;

/// What a release needs.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// What must be there and have passed. Without any requirement, here and further out, every
    /// release is held.
    #[serde(default)]
    pub require: Vec<Requirement>,
    /// Tighter max ages by source, for example `{ prom: 2m }`.
    #[serde(default)]
    #[schemars(schema_with = "super::by_name::<SourceName, MaxAge>")]
    pub max_age: BTreeMap<SourceName, MaxAge>,
    /// What whoever asks has to name of the release. Without it, the release is held.
    #[serde(default)]
    pub bind: BTreeSet<Bind>,
    /// Facts that have to name one and the same artifact, from where it is built to where it runs. At
    /// least two, here and further out.
    #[serde(default)]
    pub one_artifact: Vec<FactAt>,
    /// How many sources have to have answered with a fact that can be relied on.
    #[serde(default)]
    #[schemars(range(max = 1000))]
    pub least_live_sources: u32,
    /// How many persons have to agree to the release.
    #[serde(default)]
    #[schemars(range(max = 10))]
    pub approvals: u32,
    /// The fact that has passed where the subject already runs: evidence that says no then recommends
    /// to roll back.
    #[serde(default)]
    #[schemars(with = "FactAt")]
    pub runs: Option<FactAt>,
    /// Which facts persons may accept for a time although they have failed or are missing. Without it:
    /// none.
    #[serde(default)]
    #[schemars(with = "Waivers")]
    pub waivers: Option<Waivers>,
    /// Further rules, as expressions over what was found.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// A part of what is being released.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bind {
    /// The full commit id.
    Revision,
    /// A digest of the artifact.
    ArtifactDigest,
}

/// A fact of a source.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactAt {
    /// A source of the environment.
    pub source: SourceName,
    /// One of its facts.
    pub fact: FactName,
}

/// Which facts persons may accept for a time, and how.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Waivers {
    /// The facts. Further in, only some of those further out.
    pub of: Vec<FactAt>,
    /// The longest that a waiver may last, for example `24h`.
    pub longest: MaxAge,
    /// Whether a second person has to agree.
    #[serde(default)]
    pub second_actor: bool,
}
