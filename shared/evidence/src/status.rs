//! Outcome of one fact.

use std::fmt;

/// Outcome of one fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// The value met its threshold, or the state is known to be good.
    Passed,
    /// The value missed its threshold, or the state is known to be bad.
    Failed,
    /// Good enough, with reservations.
    Warning,
    /// Not finished; asking again later may give another answer.
    Pending,
    /// Nothing could be concluded.
    Unknown,
    /// The fact has no meaning here, or no judgement was asked for.
    NotApplicable,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 6] = [
        Self::Passed,
        Self::Failed,
        Self::Warning,
        Self::Pending,
        Self::Unknown,
        Self::NotApplicable,
    ];

    /// The word used in JSON and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Warning => "warning",
            Self::Pending => "pending",
            Self::Unknown => "unknown",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The status that a word stands for; `None` for any other word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }

    /// How much a part weighs when parts are folded into one fact: a failed part decides before an
    /// unknown one, that before a pending one, and so on. What is not applicable decides nothing.
    pub const fn weight(self) -> u8 {
        match self {
            Self::Failed => 5,
            Self::Unknown => 4,
            Self::Pending => 3,
            Self::Warning => 2,
            Self::Passed => 1,
            Self::NotApplicable => 0,
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
