//! Kinds of statements.

use chrono::TimeDelta;
use passport_evidence::FactName;
use serde::{Deserialize, Serialize};

/// What kind of statement it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A failed or missing fact is accepted for a time.
    Waiver,
    /// A person vouches for a fact.
    Attestation,
    /// A release in an emergency is agreed to.
    EmergencyApproval,
    /// A scan was made elsewhere.
    ExternalScan,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::Waiver,
        Self::Attestation,
        Self::EmergencyApproval,
        Self::ExternalScan,
    ];

    /// The word of settings and records.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiver => "waiver",
            Self::Attestation => "attestation",
            Self::EmergencyApproval => "emergency_approval",
            Self::ExternalScan => "external_scan",
        }
    }

    /// The kind that a word stands for; `None` for any other.
    pub fn read(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.as_str() == word)
    }

    /// The fact that tells of it.
    pub const fn fact(self) -> FactName {
        match self {
            Self::Waiver => FactName::fixed("manual_waiver"),
            Self::Attestation => FactName::fixed("manual_attestation"),
            Self::EmergencyApproval => FactName::fixed("manual_emergency_approval"),
            Self::ExternalScan => FactName::fixed("manual_external_scan"),
        }
    }

    /// Whether it is nothing before a second person has confirmed it.
    pub const fn wants_two(self) -> bool {
        match self {
            Self::Waiver | Self::EmergencyApproval => true,
            Self::Attestation | Self::ExternalScan => false,
        }
    }

    /// How long it may last, where the source allows so much.
    pub fn life(self, max_life: TimeDelta) -> TimeDelta {
        match self {
            Self::EmergencyApproval => max_life.min(TimeDelta::hours(4)),
            Self::Waiver | Self::Attestation | Self::ExternalScan => max_life,
        }
    }
}
