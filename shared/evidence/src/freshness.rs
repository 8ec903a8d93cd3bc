//! How old facts are and how long they may be relied on.

use std::{num::NonZeroU32, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};

use crate::{fact::Fact, names::FactName, reason::Reason, status::Status};

/// How far a time of observation may lie ahead of our clock and still be taken as now.
pub const SKEW: TimeDelta = TimeDelta::seconds(60);

/// The fact that tells how broad a credential is.
pub const CREDENTIAL_SCOPE: FactName = FactName::fixed("credential_scope");

/// How long a credential counts as checked. It does not follow the source's max age and says
/// nothing about the age of the source's data.
const CREDENTIAL_SCOPE_MAX_AGE: TimeDelta = TimeDelta::hours(24);

/// How long facts may be relied on: whole seconds, above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MaxAge(NonZeroU32);

impl MaxAge {
    /// `None` for zero and for more than a century.
    pub fn from_secs(seconds: u64) -> Option<Self> {
        u32::try_from(seconds)
            .ok()
            .and_then(NonZeroU32::new)
            .map(Self)
    }

    /// `None` for a duration that is not in whole seconds above zero.
    pub fn from_duration(duration: Duration) -> Option<Self> {
        if duration.subsec_nanos() == 0 {
            Self::from_secs(duration.as_secs())
        } else {
            None
        }
    }

    /// In seconds.
    pub const fn as_secs(self) -> u32 {
        self.0.get()
    }

    /// As a span of time.
    pub const fn as_delta(self) -> TimeDelta {
        TimeDelta::seconds(self.0.get() as i64)
    }
}

/// When the data was true and how long it may be relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Freshness {
    /// When the provider's data was true; `None`: there is no trusted time, and nothing is fresh.
    pub observed_at: Option<DateTime<Utc>>,
    /// How long after that it may be relied on.
    pub max_age: MaxAge,
}

/// How a time of observation stands to the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Age {
    /// Young enough.
    Fresh,
    /// Too old.
    Stale {
        /// How much too old.
        by: TimeDelta,
    },
    /// Ahead of the clock by more than the allowed skew.
    FromFuture {
        /// How far ahead.
        by: TimeDelta,
    },
    /// No trusted time.
    Timeless,
}

impl Freshness {
    /// How it stands at a moment.
    pub fn at(&self, now: DateTime<Utc>) -> Age {
        age(self.observed_at, self.max_age.as_delta(), now)
    }
}

fn age(observed_at: Option<DateTime<Utc>>, max_age: TimeDelta, now: DateTime<Utc>) -> Age {
    let Some(observed_at) = observed_at else {
        return Age::Timeless;
    };
    let old = now.signed_duration_since(observed_at);
    if old < -SKEW {
        Age::FromFuture { by: -old }
    } else if old > max_age {
        Age::Stale { by: old - max_age }
    } else {
        Age::Fresh
    }
}

/// Judges the time of every fact: what is too old, too far ahead, or has no time becomes unknown.
///
/// The one function that does so: at collection, whenever kept evidence is served, and at decision
/// time. A failure without a time stays one (nothing shows that it went away), and what was never
/// concluded has nothing to lose.
pub fn refresh(facts: Vec<Fact>, max_age: MaxAge, now: DateTime<Utc>) -> Vec<Fact> {
    facts
        .into_iter()
        .map(|fact| refresh_one(fact, max_age, now))
        .collect()
}

fn refresh_one(mut fact: Fact, max_age: MaxAge, now: DateTime<Utc>) -> Fact {
    let limit = match fact.name == CREDENTIAL_SCOPE {
        true => CREDENTIAL_SCOPE_MAX_AGE,
        false => max_age.as_delta(),
    };
    match age(fact.observed_at, limit, now) {
        Age::Fresh => {
            fact.observed_at = fact.observed_at.map(|at| at.min(now));
            fact
        }
        Age::Stale { .. } => lose(fact, Reason::Stale),
        Age::FromFuture { .. } => lose(fact, Reason::Future).observed(None),
        Age::Timeless => fact.doubt(Reason::NoTime),
    }
}

fn lose(fact: Fact, reason: Reason) -> Fact {
    match fact.status {
        Status::Passed | Status::Warning | Status::Failed | Status::Pending => {
            fact.contradict(reason)
        }
        Status::Unknown | Status::NotApplicable => fact,
    }
}

/// The time of the evidence: the oldest among the facts that were not given up for their time, or,
/// if all were, the oldest of all. `None`: there is no trusted time.
pub fn oldest(facts: &[Fact]) -> Option<DateTime<Utc>> {
    let given_up = |fact: &&Fact| {
        fact.status == Status::Unknown && fact.reason.is_some_and(Reason::is_about_time)
    };
    let of_data = || facts.iter().filter(|fact| fact.name != CREDENTIAL_SCOPE);
    let usable = of_data()
        .filter(|fact| !given_up(fact))
        .filter_map(Fact::observed_at)
        .min();
    usable.or_else(|| of_data().filter_map(Fact::observed_at).min())
}

#[cfg(test)]
mod tests;
