//! What a connector's collection gives.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FailureCode, MaxAge, Origin};

/// What a source was seen to be. The chassis makes evidence of it, so that a connector can claim
/// neither another scope nor a longer life.
#[derive(Debug, Clone)]
pub struct Observation {
    /// What was found.
    pub facts: Vec<Fact>,
    /// How it came to be known.
    pub origin: Origin,
    /// A shorter life than the source's, for what will soon be otherwise. A longer one changes
    /// nothing.
    pub lasts: Option<MaxAge>,
}

impl Observation {
    /// Facts read from the provider.
    pub fn pulled(facts: Vec<Fact>) -> Self {
        Self {
            facts,
            origin: Origin::Pulled,
            lasts: None,
        }
    }

    /// Facts from what the provider or its tool delivered.
    pub fn delivered(facts: Vec<Fact>) -> Self {
        Self {
            facts,
            origin: Origin::Delivered,
            lasts: None,
        }
    }

    /// Facts that a customer's system or a person states.
    pub fn declared(facts: Vec<Fact>) -> Self {
        Self {
            facts,
            origin: Origin::Declared,
            lasts: None,
        }
    }

    /// The same, to be relied on no longer than this.
    #[must_use]
    pub fn lasting(self, at_most: Option<MaxAge>) -> Self {
        Self {
            lasts: at_most,
            ..self
        }
    }

    /// How long it may be relied on, where its source says `max_age`.
    pub(crate) fn max_age(&self, max_age: MaxAge) -> MaxAge {
        self.lasts.map_or(max_age, |lasts| lasts.min(max_age))
    }
}

/// A source that could not be asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {}", .said.unwrap_or(advice(*.code)))]
pub struct CollectError {
    /// Why.
    pub code: FailureCode,
    /// Not worth asking before.
    pub retry_at: Option<DateTime<Utc>>,
    /// What a person can do about it, where that is not what the code alone says.
    said: Option<&'static str>,
}

impl CollectError {
    /// Without a time to try again.
    pub fn new(code: FailureCode) -> Self {
        Self {
            code,
            retry_at: None,
            said: None,
        }
    }

    /// The collector's own database does not answer. No fault of the provider.
    pub(crate) fn unread() -> Self {
        Self::new(FailureCode::Internal).advising(
            "what was delivered can't be read now; see that the collector's database runs",
        )
    }

    /// The same, not worth asking before.
    #[must_use]
    pub(crate) fn retry_at(self, retry_at: Option<DateTime<Utc>>) -> Self {
        Self { retry_at, ..self }
    }

    /// The same, with other advice than its code gives. It holds nothing that a provider said.
    #[must_use]
    pub fn advising(self, advice: &'static str) -> Self {
        Self {
            said: Some(advice),
            ..self
        }
    }

    /// What a person can do about it.
    pub fn advice(&self) -> &'static str {
        self.said.unwrap_or(advice(self.code))
    }
}

const fn advice(code: FailureCode) -> &'static str {
    match code {
        FailureCode::Unreachable => {
            "the provider could not be reached; check that it runs and that the endpoint is right"
        }
        FailureCode::TimedOut => {
            "the provider did not answer in time; try again, or ask with a longer deadline"
        }
        FailureCode::Throttled => "the provider asks for fewer requests; wait, then try again",
        FailureCode::Unauthenticated => {
            "the provider does not accept the credential; renew it where the source names it"
        }
        FailureCode::Denied => {
            "the credential may not read this; grant it read access to the source's scope"
        }
        FailureCode::NotFound => {
            "the target does not exist at the provider; check the endpoint and the scope"
        }
        FailureCode::Malformed => {
            "the answer is not this provider's; check that the endpoint is its API, not a login page"
        }
        FailureCode::TooLarge => "the answer is over the limit; narrow the source",
        FailureCode::OutOfScope => {
            "the endpoint's address may not be reached, or the answer is about another target"
        }
        FailureCode::TooBroad => {
            "the credential can do more than this source needs; use a narrower one"
        }
        FailureCode::NotConfigured => "a setting or secret is absent; the collector's log names it",
        FailureCode::NotSupported => "the provider, or its version, does not offer this",
        FailureCode::Internal => "a fault of the collector itself; look at its log",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_may_advise_something_of_its_own() {
        let usual = CollectError::new(FailureCode::NotFound);
        assert_eq!(usual.advice(), advice(FailureCode::NotFound));
        let own = usual.advising("look elsewhere");
        assert_eq!(own.advice(), "look elsewhere");
        assert_eq!(own.to_string(), "NOT_FOUND: look elsewhere");
    }
}
