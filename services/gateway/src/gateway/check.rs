//! Checking one source.

use chrono::{DateTime, Utc};
use passport_evidence::{ClaimedFact, Fact, Failure, Scope, SourceName, freshness};
use passport_policy::{freshness::ExpectedSource, grants::Verb};
use passport_proto::{
    collector::{CheckSourceRequest as CheckRequest, CheckSourceResponse as Check, Source},
    evidence as proto,
};
use tonic::Status;

use super::{Gateway, One, sources::is_of};
use crate::{access::Caller, budget::Budget, call_error::CallError, fan_out::failure_of};

/// What the check of a source found.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The source after the check.
    pub source: Source,
    /// Facts about the credential and the target, judged again.
    pub facts: Vec<Fact>,
    /// Why the check could not be made. `None`: it was made.
    pub failure: Option<Failure>,
}

impl Gateway {
    /// Whether the credential of a source works and is narrow enough, and its target is there.
    ///
    /// # Errors
    /// The caller was not granted it, or the source is not configured.
    pub async fn check_source(
        &self,
        caller: &Caller,
        scope: &Scope,
        source: &SourceName,
        budget: Budget,
    ) -> Result<Checked, CallError> {
        self.granted(caller, Verb::Check, scope)?;
        let one = self.one(scope, source)?;
        let request = CheckRequest {
            scope: Some(scope.into()),
            source: source.to_string(),
        };
        let collector = one.client.for_caller(caller.name());
        let answer = collector.check_source(request, budget.for_collectors());
        Ok(match answer.await {
            Ok(check) => self.checked(&one, check),
            Err(status) => self.unchecked(&one, &status),
        })
    }

    fn checked(&self, one: &One, check: Check) -> Checked {
        let expected = &one.expected;
        let is_it = |source: &Source| source.name == expected.source.as_str();
        let said = check.source.filter(|it| is_it(it) && is_of(it, expected));
        let facts = self.facts(expected, check.facts);
        let (Some(said), Some(facts)) = (said, facts) else {
            return self.unchecked(one, &Status::internal("not what was asked"));
        };
        let now = self.fan_out.clock.now();
        Checked {
            source: self.described(said, expected),
            facts,
            failure: check.failure.map(|failure| one.told(failure, now)),
        }
    }

    /// Judged again, as the facts of evidence are. `None`: they can't be read.
    fn facts(&self, expected: &ExpectedSource, said: Vec<proto::Fact>) -> Option<Vec<Fact>> {
        let admitted = said
            .into_iter()
            .map(|fact| ClaimedFact::try_from(fact).map(ClaimedFact::admit));
        let admitted: Result<_, _> = admitted.collect();
        let now = self.fan_out.clock.now();
        Some(freshness::refresh(admitted.ok()?, expected.max_age, now))
    }

    fn unchecked(&self, one: &One, status: &Status) -> Checked {
        let failure = one.failed(status, self.now());
        Checked {
            source: self.failing(&one.expected, failure.code.into()),
            facts: Vec::new(),
            failure: Some(failure),
        }
    }
}

impl One {
    /// Why its collector gave no answer.
    pub(crate) fn failed(&self, status: &Status, now: DateTime<Utc>) -> Failure {
        failure_of(status, &self.collector, &self.expected, now)
    }

    /// A collector says why; who it speaks of is known here.
    pub(super) fn told(&self, failure: proto::Failure, now: DateTime<Utc>) -> Failure {
        match Failure::try_from(failure) {
            Ok(failure) => Failure {
                connector: self.expected.connector.clone(),
                source: self.expected.source.clone(),
                ..failure
            },
            Err(_) => self.failed(&Status::internal("unreadable"), now),
        }
    }
}
