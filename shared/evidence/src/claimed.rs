//! What somebody else says that they found.

use chrono::{DateTime, Utc};

use crate::{
    actor::Actors,
    evidence::{Evidence, Frame},
    excerpts::Excerpts,
    fact::Fact,
    freshness::MaxAge,
    names::FactName,
    query_digest::QueryDigest,
    reason::Reason,
    status::Status,
    threshold::{Threshold, Verdict},
    value::Value,
};

/// A fact that came off the wire or out of a store. It can be admitted, encoded again or shown;
/// it is not a [`Fact`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimedFact {
    /// From a closed set of each connector.
    pub name: FactName,
    /// What was concluded, so it says.
    pub status: Status,
    /// What was found.
    pub value: Option<Value>,
    /// What was wanted.
    pub threshold: Option<Threshold>,
    /// What the fact is about.
    pub item: Option<String>,
    /// Why it is not passed.
    pub reason: Option<Reason>,
    /// When the provider's data was true.
    pub observed_at: Option<DateTime<Utc>>,
    /// Where a person can look.
    pub link: Option<String>,
    /// What log lines behind it look like.
    pub excerpts: Excerpts,
    /// Which question it is the answer to.
    pub query: Option<QueryDigest>,
    /// What was found where things were well.
    pub baseline: Option<Value>,
    /// Persons behind it.
    pub actors: Actors,
}

/// Evidence that came off the wire or out of a store.
#[derive(Debug, Clone)]
pub struct ClaimedEvidence {
    /// Everything but facts and age.
    pub frame: Frame,
    /// The max age that it was given.
    pub max_age: MaxAge,
    /// The time that it was given.
    pub observed_at: Option<DateTime<Utc>>,
    /// Its facts.
    pub facts: Vec<ClaimedFact>,
}

// === impl ClaimedFact ===

impl ClaimedFact {
    /// Judges the claim: one that says `passed` against its own threshold, or beside a reason why
    /// it should not, becomes unknown (`CONTRADICTORY`). Its time is judged by the evidence.
    pub fn admit(self) -> Fact {
        let contradictory = self.claims_too_much();
        let reason = match (self.status, self.reason) {
            (Status::Passed, _) => None,
            (_, reason) => reason.or(Some(Reason::UnexpectedShape)),
        };
        let fact = Fact {
            name: self.name,
            status: self.status,
            value: self.value,
            threshold: self.threshold,
            item: self.item,
            reason,
            observed_at: self.observed_at,
            link: self.link,
            excerpts: self.excerpts,
            query: self.query,
            baseline: self.baseline,
            actors: self.actors,
        };
        if contradictory {
            fact.contradict(Reason::Contradictory)
        } else {
            fact
        }
    }

    fn claims_too_much(&self) -> bool {
        let judged = match (&self.value, &self.threshold) {
            (Some(value), Some(wanted)) => Some(wanted.judge(value)),
            (None, Some(_)) => Some(Verdict::Incomparable),
            (_, None) => None,
        };
        match self.status {
            Status::Passed => self.reason.is_some() || judged.is_some_and(|it| it != Verdict::Met),
            // A warning about a state names the state that was wanted, which it is not.
            Status::Warning => {
                let measured = self.value.as_ref().and_then(Value::quantity).is_some();
                measured && judged.is_some_and(|it| it != Verdict::Met)
            }
            Status::Failed | Status::Pending | Status::Unknown | Status::NotApplicable => false,
        }
    }
}

impl From<Fact> for ClaimedFact {
    fn from(fact: Fact) -> Self {
        Self {
            name: fact.name,
            status: fact.status,
            value: fact.value,
            threshold: fact.threshold,
            item: fact.item,
            reason: fact.reason,
            observed_at: fact.observed_at,
            link: fact.link,
            excerpts: fact.excerpts,
            query: fact.query,
            baseline: fact.baseline,
            actors: fact.actors,
        }
    }
}

// === impl ClaimedEvidence ===

impl ClaimedEvidence {
    /// Judges every claim and its time.
    pub fn admit(self, now: DateTime<Utc>) -> Evidence {
        let facts = self.facts.into_iter().map(ClaimedFact::admit).collect();
        Evidence::new(self.frame, facts, self.max_age, now)
    }
}

impl From<Evidence> for ClaimedEvidence {
    fn from(evidence: Evidence) -> Self {
        let freshness = evidence.freshness();
        let (frame, facts) = evidence.into_parts();
        Self {
            frame,
            max_age: freshness.max_age,
            observed_at: freshness.observed_at,
            facts: facts.into_iter().map(ClaimedFact::from).collect(),
        }
    }
}
