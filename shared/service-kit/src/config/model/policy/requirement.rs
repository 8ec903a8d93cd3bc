//! One thing that a release needs.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    super::{FactName, SourceName},
    Category,
};

/// One thing that a release needs: facts of a source, or of every source of a category.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// A source of the environment.
    #[serde(default)]
    #[schemars(with = "SourceName")]
    pub source: Option<SourceName>,
    /// Every source of this category, of which there has to be one.
    #[serde(default)]
    #[schemars(with = "Category")]
    pub category: Option<Category>,
    /// The facts that must have passed. Without it: all that were judged, at least one.
    #[serde(default)]
    #[schemars(length(min = 1))]
    pub facts: Vec<FactName>,
    /// Whether it can stop a release, or is shown as a warning only.
    #[serde(default)]
    pub severity: Severity,
    /// What a fact means that is good enough, with reservations.
    #[serde(default = "hold")]
    pub warning: Consequence,
    /// What a fact means that is not finished.
    #[serde(default)]
    pub pending: AtLeastHold,
    /// What a fact means that could not be concluded, or is not there.
    #[serde(default)]
    pub unknown: AtLeastHold,
    /// What a fact means that has no meaning here.
    #[serde(default = "hold")]
    pub not_applicable: Consequence,
    /// Takes facts that a person or the customer's own system declares. Only with `source` and
    /// `facts`.
    #[serde(default)]
    pub accept_declared: bool,
    /// Whether a requirement further in that names the same source or category stands in its place,
    /// looser or not. Otherwise both hold.
    #[serde(default)]
    pub replaceable: bool,
}

/// Whether a requirement can stop a release.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// It can.
    #[default]
    Blocks,
    /// It is shown as a warning only.
    Warns,
}

/// What follows for a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Consequence {
    /// Nothing.
    Allow,
    /// It may go to a part of the traffic.
    Canary,
    /// A person has to agree.
    Approve,
    /// It has to wait.
    Hold,
    /// It may not go.
    Block,
}

/// What follows for a release from what nobody knows: never that it may go.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum AtLeastHold {
    /// It has to wait.
    #[default]
    Hold,
    /// It may not go.
    Block,
}

const fn hold() -> Consequence {
    Consequence::Hold
}
