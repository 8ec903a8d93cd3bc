//! How bad an issue is, and how many there are of each.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad an issue is, least first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

/// Issues by severity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts(BTreeMap<Severity, u64>);

/// Issues that are open, and those that were ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issues {
    /// Open issues of security.
    pub security: Counts,
    /// Open issues of licences.
    pub license: Counts,
    /// Those of security that Snyk knows a fix for.
    pub fixable: Counts,
    /// Open, but ignored, whatever their severity.
    pub ignored: u64,
}

// === impl Severity ===

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Self; 4] = [Self::Critical, Self::High, Self::Medium, Self::Low];

    /// The word of settings, facts and Snyk alike.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// Snyk's word; `None` for any other.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }
}

// === impl Counts ===

impl Counts {
    /// Counts one.
    pub fn add(&mut self, severity: Severity) {
        self.add_many(severity, 1);
    }

    /// How many are known to be of a severity.
    pub fn of(&self, severity: Severity) -> u64 {
        self.0.get(&severity).copied().unwrap_or_default()
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn add_many(&mut self, severity: Severity, more: u64) {
        let count = self.0.entry(severity).or_default();
        *count = count.saturating_add(more);
    }

    fn add_all(&mut self, other: &Self) {
        let each = other.0.iter();
        each.for_each(|(severity, more)| self.add_many(*severity, *more));
    }
}

// === impl Issues ===

impl Issues {
    /// Adds those of another project.
    pub fn add_all(&mut self, other: &Self) {
        self.security.add_all(&other.security);
        self.license.add_all(&other.license);
        self.fixable.add_all(&other.fixable);
        self.ignored = self.ignored.saturating_add(other.ignored);
    }

    /// Those of several projects together.
    pub fn sum<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut sum = Self::default();
        all.into_iter().for_each(|it| sum.add_all(it));
        sum
    }
}
