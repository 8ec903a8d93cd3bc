//! Who has answered, and who has not. Every planned source ends as one outcome.

use std::{collections::BTreeSet, mem, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use passport_evidence::{ClaimedEvidence, Clock, Failure, FailureCode, Outcome, SourceName};
use passport_policy::freshness::{ExpectedSource, enforce};
use passport_proto::evidence::{self as proto, outcome::Kind};
use tracing::warn;

use super::{Ending, Step};
use crate::{
    meters::{Dropped, Meters},
    plan::Expected,
    question::Question,
};

/// No collector is away for longer because it has much to do, whatever it says.
const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// The account of one collector within one call.
pub(super) struct Tally {
    collector: String,
    question: Arc<Question>,
    waiting: Expected,
    answered: BTreeSet<(SourceName, String)>,
    clock: Arc<dyn Clock>,
    meters: Meters,
}

// === impl Tally ===

impl Tally {
    pub fn new(
        collector: String,
        question: Arc<Question>,
        waiting: Expected,
        clock: Arc<dyn Clock>,
        meters: Meters,
    ) -> Self {
        Self {
            collector,
            question,
            waiting,
            answered: BTreeSet::new(),
            clock,
            meters,
        }
    }

    /// What is settled by a step.
    pub fn take(&mut self, step: Step) -> Vec<Outcome> {
        let settled: Vec<_> = match step {
            Step::Arrived(outcome) => self.arrived(*outcome).into_iter().collect(),
            Step::Ended(ending) => self.ended(ending),
        };
        for outcome in &settled {
            self.meters.outcome(&self.collector, outcome);
        }
        settled
    }

    fn arrived(&mut self, outcome: proto::Outcome) -> Option<Outcome> {
        let named = source_of(&outcome).and_then(|name| SourceName::new(name).ok());
        let Some(name) = named else {
            self.note(Dropped::Unexpected, "an outcome without a source's name");
            return None;
        };
        if let Some(expected) = self.waiting.remove(&name) {
            self.answered.insert((name, expected.connector.clone()));
            return Some(self.judged(outcome, &expected));
        }
        let answered = self.answered.iter().find(|(known, _)| *known == name);
        let Some((name, connector)) = answered.cloned() else {
            self.note(Dropped::Unexpected, "an outcome that nobody asked for");
            return None;
        };
        self.note(Dropped::Doubled, "a second outcome for one source");
        Some(Outcome::Failure(doubled(connector, name)))
    }

    fn judged(&self, outcome: proto::Outcome, expected: &ExpectedSource) -> Outcome {
        match outcome.kind {
            Some(Kind::Evidence(evidence)) => self.evidence(evidence, expected),
            Some(Kind::Failure(failure)) => Outcome::Failure(self.failure(failure, expected)),
            None => Outcome::Failure(self.unreadable(expected)),
        }
    }

    fn evidence(&self, evidence: proto::Evidence, expected: &ExpectedSource) -> Outcome {
        let Ok(claimed) = ClaimedEvidence::try_from(evidence) else {
            return Outcome::Failure(self.unreadable(expected));
        };
        match enforce(claimed, expected, self.clock.now(), self.question.max_age) {
            Ok(evidence) => Outcome::Evidence(evidence),
            Err(failure) => {
                self.note(Dropped::OutOfScope, "evidence about something else");
                Outcome::Failure(failure)
            }
        }
    }

    /// A collector says why it can't answer; who it speaks of is known here.
    fn failure(&self, failure: proto::Failure, expected: &ExpectedSource) -> Failure {
        match Failure::try_from(failure) {
            Ok(failure) => Failure {
                connector: expected.connector.clone(),
                ..failure
            },
            Err(_) => self.unreadable(expected),
        }
    }

    fn unreadable(&self, expected: &ExpectedSource) -> Failure {
        self.note(Dropped::Unreadable, "an outcome that can't be read");
        Failure {
            connector: expected.connector.clone(),
            source: expected.source.clone(),
            code: FailureCode::Internal,
            message: format!(
                "the collector `{}` sent an outcome that can't be read; check that its version \
                 fits the gateway's",
                self.collector
            ),
            retry_at: None,
        }
    }

    fn ended(&mut self, ending: Ending) -> Vec<Outcome> {
        let waiting = mem::take(&mut self.waiting).into_values();
        let now = self.clock.now();
        let missing =
            |it: ExpectedSource| Outcome::Failure(failure(ending, &self.collector, &it, now));
        waiting.map(missing).collect()
    }

    fn note(&self, why: Dropped, what: &str) {
        warn!(collector = self.collector, what, "dropped");
        self.meters.dropped(&self.collector, why);
    }
}

fn source_of(outcome: &proto::Outcome) -> Option<&str> {
    match outcome.kind.as_ref()? {
        Kind::Evidence(evidence) => Some(&evidence.source),
        Kind::Failure(failure) => Some(&failure.source),
    }
}

fn doubled(connector: String, source: SourceName) -> Failure {
    Failure {
        connector,
        source,
        code: FailureCode::Internal,
        message: "the collector answered more than once for this source; neither answer is used"
            .to_owned(),
        retry_at: None,
    }
}

/// What is said of a source for which nothing came.
pub(super) fn failure(
    ending: Ending,
    collector: &str,
    expected: &ExpectedSource,
    now: DateTime<Utc>,
) -> Failure {
    let (code, what) = match ending {
        Ending::Complete => (FailureCode::Internal, "did not answer for this source"),
        Ending::TimedOut => (FailureCode::TimedOut, "gave no answer in time"),
        Ending::Unreachable => (FailureCode::Unreachable, "could not be reached"),
        Ending::Throttled(_) => (FailureCode::Throttled, "has too much to do"),
        Ending::Broken => (FailureCode::Internal, "failed"),
    };
    let retry_at = match ending {
        Ending::Throttled(wait) => Some(now + wait.min(LONGEST_WAIT)),
        Ending::Complete | Ending::TimedOut | Ending::Unreachable | Ending::Broken => None,
    };
    Failure {
        connector: expected.connector.clone(),
        source: expected.source.clone(),
        code,
        message: format!("the collector `{collector}` {what}"),
        retry_at,
    }
}
