//! A rule beyond what requirements can say.

use schemars::JsonSchema;
use serde::Deserialize;

use super::{super::Name, requirement::Consequence};

/// A rule beyond what requirements can say. It can make a decision stricter, never milder.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Names the rule in decisions.
    pub name: Name,
    /// An expression in CEL that has to be true, over `facts`, `failures`, `scope` and `subject`.
    #[schemars(length(min = 1, max = 2000))]
    pub that: String,
    /// What follows where it is not true. Where it can't be told, the release is held at least.
    pub otherwise: Consequence,
    /// What to do then, in words.
    #[schemars(length(min = 1, max = 500))]
    pub next: String,
}
