//! How bad a finding is, and how many there are of each.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How bad a finding is, least first.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Trivy knows no severity.
    Unknown,
    /// Low.
    Low,
    /// Medium.
    Medium,
    /// High.
    High,
    /// Critical.
    Critical,
}

/// Findings by severity.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Those of a severity. None is not listed.
    of: BTreeMap<Severity, u64>,
    /// Those whose severity the report does not tell: each may be of any.
    untold: u64,
}

// === impl Severity ===

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Self; 5] = [
        Self::Critical,
        Self::High,
        Self::Medium,
        Self::Low,
        Self::Unknown,
    ];

    /// The word in settings and facts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The word that Trivy writes; `None` for any other.
    pub fn read(word: &str) -> Option<Self> {
        match word {
            "UNKNOWN" => Some(Self::Unknown),
            "LOW" => Some(Self::Low),
            "MEDIUM" => Some(Self::Medium),
            "HIGH" => Some(Self::High),
            "CRITICAL" => Some(Self::Critical),
            _ => None,
        }
    }

    /// The severity of a CVSS score; `None` for what is no score.
    pub fn of_score(score: &str) -> Option<Self> {
        let score: f64 = score.parse().ok()?;
        match score {
            _ if !(0.0..=10.0).contains(&score) => None,
            _ if score >= 9.0 => Some(Self::Critical),
            _ if score >= 7.0 => Some(Self::High),
            _ if score >= 4.0 => Some(Self::Medium),
            _ if score > 0.0 => Some(Self::Low),
            _ => Some(Self::Unknown),
        }
    }
}

// === impl Counts ===

impl Counts {
    /// Counts a finding; `None`: its severity is not told.
    pub fn add(&mut self, severity: Option<Severity>) {
        match severity {
            Some(severity) => *self.of.entry(severity).or_default() += 1,
            None => self.untold += 1,
        }
    }

    /// How many are known to be of a severity.
    pub fn of(&self, severity: Severity) -> u64 {
        self.of.get(&severity).copied().unwrap_or_default()
    }

    /// Whether there are some whose severity is not told.
    pub fn has_untold(&self) -> bool {
        self.untold > 0
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.of.is_empty() && self.untold == 0
    }

    /// Whether there are some below a severity.
    pub fn has_below(&self, severity: Severity) -> bool {
        self.of.range(..severity).next().is_some()
    }
}
