//! Tables of a provider's known states.

use crate::reason::Reason;

/// What a known state means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meaning {
    /// The state is good.
    Passed,
    /// Good, with reservations.
    Warning(Reason),
    /// The state is bad.
    Failed(Reason),
    /// Not decided yet.
    Pending(Reason),
    /// Proves nothing either way.
    Unknown(Reason),
    /// Says that the question does not arise.
    NotApplicable(Reason),
}

/// The states that a provider documents and what each means. Compared to the letter; what is not
/// in the table is unknown.
#[derive(Debug, Clone, Copy)]
pub struct StateTable(&'static [(&'static str, Meaning)]);

impl StateTable {
    /// A table of states, as the provider writes them.
    pub const fn new(rows: &'static [(&'static str, Meaning)]) -> Self {
        Self(rows)
    }

    /// What a state means.
    pub fn meaning(&self, state: &str) -> Meaning {
        self.0
            .iter()
            .find_map(|(known, meaning)| (*known == state).then_some(*meaning))
            .unwrap_or(Meaning::Unknown(Reason::UnrecognizedState))
    }
}
