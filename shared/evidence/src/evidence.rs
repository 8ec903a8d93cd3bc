//! What one source found out.

use chrono::{DateTime, Utc};

use crate::{
    fact::Fact,
    failure::{Failure, FailureCode},
    freshness::{self, Freshness, MaxAge},
    names::SourceName,
    scope::{Scope, Subject},
};

/// How facts came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// Read from the provider.
    Pulled,
    /// Delivered by the provider or its tool.
    Delivered,
    /// Stated by a customer's system or a person. Satisfies only what a policy lets it satisfy.
    Declared,
}

impl Origin {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Pulled, Self::Delivered, Self::Declared];

    /// The word used in JSON and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pulled => "pulled",
            Self::Delivered => "delivered",
            Self::Declared => "declared",
        }
    }

    /// What a word stands for; `None` for any other.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|origin| origin.as_str() == word)
    }
}

/// A refresh that failed while the evidence shown was still fresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedRefresh {
    /// Why it failed.
    pub code: FailureCode,
    /// When it failed, by the collector's clock.
    pub at: DateTime<Utc>,
}

/// Where evidence comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provenance {
    /// How the facts came to be known.
    pub origin: Origin,
    /// When the collector asked, by its own clock.
    pub collected_at: DateTime<Utc>,
    /// Set when a newer attempt failed and this is the last good answer.
    pub failed_refresh: Option<FailedRefresh>,
}

/// What one source found out about one scope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The connector that spoke.
    pub connector: String,
    /// What it is about.
    pub scope: Scope,
    /// Name of the source within the scope.
    pub source: SourceName,
    /// What is being released, as the caller gave it.
    pub subject: Option<Subject>,
    /// Where it comes from.
    pub provenance: Provenance,
    freshness: Freshness,
    facts: Vec<Fact>,
}

/// Everything of an evidence but its facts and their age.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The connector that spoke.
    pub connector: String,
    /// What it is about.
    pub scope: Scope,
    /// Name of the source within the scope.
    pub source: SourceName,
    /// What is being released, as the caller gave it.
    pub subject: Option<Subject>,
    /// Where it comes from.
    pub provenance: Provenance,
}

impl Evidence {
    /// Puts facts into their frame, judging the time of each against the max age.
    pub fn new(frame: Frame, facts: Vec<Fact>, max_age: MaxAge, now: DateTime<Utc>) -> Self {
        let facts = freshness::refresh(facts, max_age, now);
        Self {
            connector: frame.connector,
            scope: frame.scope,
            source: frame.source,
            subject: frame.subject,
            provenance: frame.provenance,
            freshness: Freshness {
                observed_at: freshness::oldest(&facts),
                max_age,
            },
            facts,
        }
    }

    /// The same evidence at a later moment, or under a tighter max age. Facts only ever lose.
    pub fn aged(self, max_age: Option<MaxAge>, now: DateTime<Utc>) -> Self {
        let tightest = max_age.map_or(self.freshness.max_age, |age| {
            age.min(self.freshness.max_age)
        });
        let (frame, facts) = self.into_parts();
        Self::new(frame, facts, tightest, now)
    }

    /// Takes it apart.
    pub fn into_parts(self) -> (Frame, Vec<Fact>) {
        let Self {
            connector,
            scope,
            source,
            subject,
            provenance,
            facts,
            freshness: _,
        } = self;
        (
            Frame {
                connector,
                scope,
                source,
                subject,
                provenance,
            },
            facts,
        )
    }

    /// How old it is.
    pub fn freshness(&self) -> Freshness {
        self.freshness
    }

    /// What was found.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }
}

/// What became of one source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It answered.
    Evidence(Evidence),
    /// It could not answer.
    Failure(Failure),
}

impl Outcome {
    /// Name of the source.
    pub fn source(&self) -> &SourceName {
        match self {
            Self::Evidence(evidence) => &evidence.source,
            Self::Failure(failure) => &failure.source,
        }
    }
}
