//! Asks every collector of a plan at the same time and gives one outcome for each planned source:
//! one slow collector costs its own outcomes only.

mod arrivals;
mod tally;

use std::{collections::BTreeMap, future::ready, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::{
    Stream, StreamExt as _,
    stream::{self, BoxStream},
};
use passport_evidence::{Clock, Failure, Outcome, SourceName};
use passport_policy::freshness::ExpectedSource;
use passport_proto::{collector::CollectRequest, evidence as proto};
use passport_service_kit::{client::CollectorClient, status::retry_delay};
use tokio::time::sleep_until;
use tonic::{Code, Status};
use tracing::warn;

use crate::{
    budget::Budget,
    meters::Meters,
    plan::{Expected, Plan},
    presence::{Presences, Standing},
    question::Question,
};
use arrivals::arrivals;
use tally::Tally;

/// What it takes to ask.
#[derive(Clone)]
pub(crate) struct FanOut {
    pub presences: Presences,
    pub collectors: Arc<BTreeMap<String, CollectorClient>>,
    pub clock: Arc<dyn Clock>,
    pub meters: Meters,
    /// Digest of the gateway's own configuration.
    pub digest: Arc<str>,
}

/// Something that happened to a call to one collector.
#[derive(Debug)]
enum Step {
    /// It sent an outcome.
    Arrived(Box<proto::Outcome>),
    /// It will send no more.
    Ended(Ending),
}

/// Why a collector sends no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It said all that it had to say.
    Complete,
    /// The time was over.
    TimedOut,
    /// It is not there.
    Unreachable,
    /// It has too much to do, and can be asked again after this time.
    Throttled(Duration),
    /// It ended with another error.
    Broken,
}

// === impl FanOut ===

impl FanOut {
    /// Outcomes as they arrive, and what is missing at the end of the budget.
    ///
    /// Should a collector answer for a source a second time, a failure follows the first outcome
    /// and stands in its place: of two answers neither can be relied on.
    pub fn outcomes(
        &self,
        caller: &str,
        question: &Arc<Question>,
        plan: Plan,
        budget: Budget,
    ) -> BoxStream<'static, Outcome> {
        let settled = stream::iter(plan.settled.into_iter().map(Outcome::Failure));
        let calls = plan.calls.into_iter().filter_map(|(name, expected)| {
            let collector = self.collectors.get(&name)?.for_caller(caller);
            let request = request(question, &expected);
            let arrivals = arrivals(self, &name, collector, request, budget);
            let tally = self.tally(name, Arc::clone(question), expected);
            Some(settle(arrivals, tally, budget).boxed())
        });
        let calls: Vec<_> = calls.collect();
        settled.chain(stream::select_all(calls)).boxed()
    }

    /// One outcome for each planned source, by name, all judged at the same moment.
    pub async fn all(
        &self,
        caller: &str,
        question: &Arc<Question>,
        plan: Plan,
        budget: Budget,
    ) -> BTreeMap<SourceName, Outcome> {
        let outcomes = self.outcomes(caller, question, plan, budget);
        let by_name = outcomes.map(|outcome| (outcome.source().clone(), outcome));
        let by_name: BTreeMap<_, _> = by_name.collect().await;
        let now = self.clock.now();
        let aged = |outcome| match outcome {
            Outcome::Evidence(evidence) => Outcome::Evidence(evidence.aged(None, now)),
            Outcome::Failure(failure) => Outcome::Failure(failure),
        };
        let aged = by_name.into_iter().map(|(name, it)| (name, aged(it)));
        aged.collect()
    }

    /// Notes how a collector is, by its answer to the gateway's own look.
    pub fn saw(&self, collector: &str, answer: Result<(), &Status>) {
        self.note(collector, Some(Standing::of(told(collector, answer))));
    }

    /// Notes how a collector is, as far as its answer to a caller's question tells.
    pub fn heard(&self, collector: &str, answer: Result<(), &Status>) {
        self.note(collector, Standing::heard_in(told(collector, answer)));
    }

    fn note(&self, collector: &str, standing: Option<Standing>) {
        if let Some(standing) = standing {
            let presence = self.presences.saw(collector, standing, self.clock.now());
            self.meters.answering(collector, presence.answers());
        }
    }

    fn tally(&self, collector: String, question: Arc<Question>, expected: Expected) -> Tally {
        Tally::new(
            collector,
            question,
            expected,
            Arc::clone(&self.clock),
            self.meters.clone(),
        )
    }
}

/// Every name that is wanted is spelled out: what else comes back was not asked for.
fn request(question: &Question, expected: &Expected) -> CollectRequest {
    CollectRequest {
        scope: Some((&question.scope).into()),
        subject: question.subject.as_ref().map(proto::Subject::from),
        sources: expected.keys().map(ToString::to_string).collect(),
        categories: Vec::new(),
        max_age: question.max_age.map(passport_evidence::wire::duration),
    }
}

/// The tally takes steps until it is told of an end; each further end finds nothing left to say.
fn settle(
    arrivals: impl Stream<Item = Step> + Send + 'static,
    tally: Tally,
    budget: Budget,
) -> impl Stream<Item = Outcome> + Send + 'static {
    let complete = stream::iter([Step::Ended(Ending::Complete)]);
    let too_late = stream::iter([Step::Ended(Ending::TimedOut)]);
    arrivals
        .chain(complete)
        .take_until(sleep_until(budget.cutoff()))
        .chain(too_late)
        .scan(tally, |tally, step| ready(Some(tally.take(step))))
        .flat_map(stream::iter)
}

/// The code of an answer; an error is written down.
fn told(collector: &str, answer: Result<(), &Status>) -> Code {
    let code = answer.err().map_or(Code::Ok, Status::code);
    if code != Code::Ok {
        warn!(collector, ?code, "a collector's call failed");
    }
    code
}

/// What an error of a whole call says of its sources.
fn ending_of(status: &Status) -> Ending {
    if let Some(wait) = throttled(status) {
        return Ending::Throttled(wait);
    }
    match Standing::of(status.code()) {
        Standing::TimedOut => Ending::TimedOut,
        Standing::Unreachable => Ending::Unreachable,
        Standing::Answers | Standing::Failing | Standing::NotDeployed => Ending::Broken,
    }
}

/// How long a collector that has too much to do asks to wait; `None` where that is not what it says.
fn throttled(status: &Status) -> Option<Duration> {
    let is_exhausted = status.code() == Code::ResourceExhausted;
    retry_delay(status).filter(|_| is_exhausted)
}

/// What an error of a whole call means for one source.
pub(crate) fn failure_of(
    status: &Status,
    collector: &str,
    expected: &ExpectedSource,
    now: DateTime<Utc>,
) -> Failure {
    tally::failure(ending_of(status), collector, expected, now)
}
