//! Makes an outcome of an answer.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use passport_evidence::{
    Age, Evidence, Fact, FailedRefresh, Failure, FailureCode, MaxAge, Outcome, Provenance, Reason,
    Status,
    evidence::Frame,
    freshness::{self, CREDENTIAL_SCOPE},
};

use super::{
    Inner, Running,
    cache::{Entry, Key},
    collect::Wish,
};
use crate::{
    kind::{CollectError, Observation},
    meters::meters,
};

impl Inner {
    /// What becomes of one source: evidence or a failure, never neither.
    pub(super) async fn outcome(self: &Arc<Self>, running: &Arc<Running>, wish: &Wish) -> Outcome {
        let outcome = match self.answered(running, wish).await {
            Ok(evidence) => Outcome::Evidence(evidence),
            Err(error) => Outcome::Failure(failure(running, error)),
        };
        self.count(running, &outcome);
        outcome
    }

    /// By connector and code: both from closed lists, so that the metric stays small.
    fn count(&self, running: &Running, outcome: &Outcome) {
        let code = match outcome {
            Outcome::Evidence(_) => "EVIDENCE",
            Outcome::Failure(failure) => failure.code.as_str(),
        };
        let connector = running.source.descriptor.id;
        meters().outcome(connector, code);
        let Outcome::Evidence(evidence) = outcome else {
            return;
        };
        meters().evidence(connector, freshness_of(evidence));
        let age = freshness::oldest(evidence.facts()).map(|at| self.clock.now() - at);
        if let Some(age) = age {
            // What lies ahead of the clock has no age.
            meters().age(connector, age.to_std().unwrap_or_default());
        }
    }

    async fn answered(
        self: &Arc<Self>,
        running: &Arc<Running>,
        wish: &Wish,
    ) -> Result<Evidence, CollectError> {
        let key = self.key(running, wish).await?;
        let entry = self.entry(running, &key, wish).await;
        match &entry.answer {
            Ok(observation) => self.evidence(running, &key, &entry, observation, wish),
            Err(error) => match self.last_good(running, &key, error, wish).await {
                Some(evidence) => Ok(evidence),
                None => Err(error.clone()),
            },
        }
    }

    fn evidence(
        &self,
        running: &Running,
        key: &Key,
        entry: &Entry,
        observation: &Observation,
        wish: &Wish,
    ) -> Result<Evidence, CollectError> {
        let now = self.clock.now();
        let mut facts = observation.facts.clone();
        match facts.iter_mut().find(|it| *it.name() == CREDENTIAL_SCOPE) {
            // A check may ask more than a collection: who collects does not know better.
            Some(said) if said.status() == Status::Passed => {
                if let Some(against) = running.status.said_against(key.generation) {
                    *said = against;
                }
            }
            Some(_) => {}
            None => facts.extend(running.status.credential_scope(key.generation, now)),
        }
        if running.source.require_narrow_credential && facts.iter().any(says_too_broad) {
            return Err(CollectError::new(FailureCode::TooBroad));
        }
        let provenance = Provenance {
            origin: observation.origin,
            collected_at: entry.collected_at,
            failed_refresh: None,
        };
        let lasts = observation.max_age(running.source.max_age);
        Ok(self.framed(running, wish, provenance, facts, lasts, now))
    }

    fn framed(
        &self,
        running: &Running,
        wish: &Wish,
        provenance: Provenance,
        facts: Vec<Fact>,
        lasts: MaxAge,
        now: DateTime<Utc>,
    ) -> Evidence {
        let source = &running.source;
        let frame = Frame {
            connector: source.descriptor.id.to_owned(),
            scope: source.id.scope.clone(),
            source: source.id.name.clone(),
            subject: wish.subject.clone(),
            provenance,
        };
        let max_age = wish.max_age.map_or(lasts, |age| age.min(lasts));
        Evidence::new(frame, facts, max_age, now)
    }

    /// The last good answer, as long as it is fresh, marked with what went wrong since.
    async fn last_good(
        &self,
        running: &Running,
        key: &Key,
        error: &CollectError,
        wish: &Wish,
    ) -> Option<Evidence> {
        let entry = self.cache.last_good(key).await?;
        let observation = entry.answer.as_ref().ok()?;
        let mut evidence = self
            .evidence(running, key, &entry, observation, wish)
            .ok()?;
        let now = self.clock.now();
        evidence.provenance.failed_refresh = Some(FailedRefresh {
            code: error.code,
            at: now,
        });
        match evidence.freshness().at(now) {
            Age::Fresh => Some(evidence),
            Age::Stale { .. } | Age::FromFuture { .. } | Age::Timeless => None,
        }
    }
}

/// Whether evidence can be relied on for its time: one fact that can't is enough for another word.
fn freshness_of(evidence: &Evidence) -> &'static str {
    let reasons: Vec<_> = evidence.facts().iter().filter_map(Fact::reason).collect();
    let words = [
        (Reason::Stale, "stale"),
        (Reason::Future, "from_the_future"),
        (Reason::NoTime, "timeless"),
    ];
    let found = words.iter().find(|(reason, _)| reasons.contains(reason));
    found.map_or("fresh", |(_, word)| word)
}

fn says_too_broad(fact: &Fact) -> bool {
    *fact.name() == CREDENTIAL_SCOPE
        && fact.status() != Status::Passed
        && fact.reason() == Some(Reason::TooBroad)
}

pub(super) fn failure(running: &Running, error: CollectError) -> Failure {
    Failure {
        connector: running.source.descriptor.id.to_owned(),
        source: running.source.id.name.clone(),
        code: error.code,
        message: error.advice().to_owned(),
        retry_at: error.retry_at,
    }
}
