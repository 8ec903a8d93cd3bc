//! What is kept of deliveries, and what of it counts.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    Record,
    settings::Span,
    upload::{self, ToldTime},
};
use passport_evidence::{
    Actors, Age, ClaimedFact, Excerpts, Fact, FactName, Freshness, MaxAge, Reason, Status,
};
use serde::{Deserialize, Serialize};

use super::payload::{Claim, Payload};

/// Longest life of what carries no signed time.
const WITHOUT_TIME: u32 = 300;

/// What is kept of a delivery.
#[derive(Serialize, Deserialize)]
pub struct Summary {
    observed_at: Option<DateTime<Utc>>,
    max_age: u32,
    facts: Vec<Claim>,
}

/// A delivery that was kept.
pub struct Sent {
    received_at: DateTime<Utc>,
    time: ToldTime,
    max_age: MaxAge,
    summary: Summary,
}

// === impl Summary ===

impl Summary {
    /// Of a payload that came in then. A sender claims no longer life than the source allows, and
    /// without a signed time no more than 300 s.
    pub fn new(
        payload: Payload,
        signed_at: Option<DateTime<Utc>>,
        received_at: DateTime<Utc>,
        cap: Span,
    ) -> Self {
        let cap = match signed_at {
            Some(_) => cap.as_secs(),
            None => cap.as_secs().min(WITHOUT_TIME),
        };
        let claimed = payload.max_age.and_then(|it| u32::try_from(it).ok());
        Self {
            // Waiting does not make a time true that lay ahead.
            observed_at: payload.observed_at.map(|it| match it <= received_at {
                true => it,
                false if it <= received_at + passport_evidence::freshness::SKEW => received_at,
                false => it,
            }),
            max_age: claimed.unwrap_or(cap).min(cap),
            facts: payload.facts,
        }
    }

    /// As it is kept; `None` only where it can't be written.
    pub fn to_bytes(&self) -> Option<Bytes> {
        serde_json::to_vec(self).ok().map(Bytes::from)
    }
}

// === impl Sent ===

impl Sent {
    /// Reads what was kept; `None` where that can't be done any more.
    pub fn read(record: &Record) -> Option<Self> {
        let summary: Summary = serde_json::from_slice(&record.body).ok()?;
        Some(Self {
            received_at: record.received_at,
            time: ToldTime::of(summary.observed_at, record.received_at),
            max_age: MaxAge::from_secs(summary.max_age.into())?,
            summary,
        })
    }

    /// The newest that states a fact, by its own time; of several of one time the last that came in.
    pub fn newest<'a>(all: &'a [Self], name: &FactName) -> Option<&'a Self> {
        let stating = all.iter().filter(|it| it.claim(name).is_some());
        stating.max_by_key(|it| it.time.no_later_than(it.received_at))
    }

    /// How long it may be relied on.
    pub fn max_age(&self) -> MaxAge {
        self.max_age
    }

    /// Whether it is young enough by its own account.
    pub fn is_fresh(&self, now: DateTime<Utc>) -> bool {
        match self.time {
            ToldTime::At(at) => self.age(at, now) == Age::Fresh,
            ToldTime::Untold | ToldTime::Ahead => false,
        }
    }

    fn age(&self, at: DateTime<Utc>, now: DateTime<Utc>) -> Age {
        let freshness = Freshness {
            observed_at: Some(at),
            max_age: self.max_age,
        };
        freshness.at(now)
    }

    fn claim(&self, name: &FactName) -> Option<&Claim> {
        let mut facts = self.summary.facts.iter();
        facts.find(|it| it.name == name.as_str())
    }

    /// A fact as it was stated: admitted as what others say is, and no younger than it was sent.
    pub fn fact(&self, name: &FactName, now: DateTime<Utc>) -> Fact {
        let claim = self.claim(name);
        let stated = claim.and_then(|it| Some((it, it.status()?)));
        let Some((claim, status)) = stated else {
            return Fact::unknown(name.clone(), Reason::NoData);
        };
        let reason = claim.reason.as_deref().and_then(Reason::from_code);
        let claimed = ClaimedFact {
            excerpts: Excerpts::default(),
            query: None,
            baseline: None,
            actors: Actors::default(),
            name: name.clone(),
            status,
            value: claim.found(),
            threshold: claim.wanted(),
            item: claim.item.clone(),
            reason: match status {
                Status::Passed => None,
                Status::Failed
                | Status::Warning
                | Status::Pending
                | Status::Unknown
                | Status::NotApplicable => reason.or(Some(Reason::SelfDeclared)),
            },
            observed_at: None,
            link: None,
        };
        let fact = upload::observed(claimed.admit(), self.time);
        match self.time {
            ToldTime::At(at) if matches!(self.age(at, now), Age::Stale { .. }) => outlived(fact),
            ToldTime::At(_) | ToldTime::Untold | ToldTime::Ahead => fact,
        }
    }
}

/// A fact past the life that its sender gave it.
fn outlived(fact: Fact) -> Fact {
    match fact.status() {
        Status::Passed | Status::Warning | Status::Failed | Status::Pending => {
            fact.contradict(Reason::Stale)
        }
        Status::Unknown | Status::NotApplicable => fact,
    }
}
