//! What became of one thing that a policy asks for.

use passport_evidence::{FactName, Reason, SourceName};

use super::policy::Consequence;

/// What became of one thing that a policy asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementResult {
    /// What was asked, in words.
    pub requirement: String,
    /// What became of it.
    pub state: State,
    /// What follows from that.
    pub consequence: Consequence,
    /// What was found and why it counts so, in words.
    pub explanation: String,
    /// What to do next, in words.
    pub next_action: Option<String>,
    /// Source that the result rests on.
    pub source: Option<SourceName>,
    /// Fact that the result rests on.
    pub fact: Option<FactName>,
    /// Item of that fact.
    pub item: Option<String>,
    /// Why that fact is not passed.
    pub reason: Option<Reason>,
    /// The waiver that accepts it.
    pub waiver_id: Option<String>,
}

/// What became of one thing that a policy asks for, from the best on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// Met by evidence.
    Satisfied,
    /// Met with reservations.
    Warned,
    /// Not met, and accepted by a waiver.
    Waived,
    /// Nothing, or nothing usable, was found.
    Missing,
    /// Evidence says no.
    Violated,
}

// === impl State ===

impl State {
    /// All of them, from the best on.
    pub const ALL: [Self; 5] = [
        Self::Satisfied,
        Self::Warned,
        Self::Waived,
        Self::Missing,
        Self::Violated,
    ];

    /// The word used in JSON and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::Warned => "warned",
            Self::Waived => "waived",
            Self::Missing => "missing",
            Self::Violated => "violated",
        }
    }

    /// What a word stands for; `None` for any other text.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.as_str() == word)
    }
}
