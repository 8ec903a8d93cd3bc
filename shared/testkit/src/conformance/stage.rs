//! A provider, and collections from it that share nothing with each other.

use std::time::Duration;

use chrono::TimeDelta;
use passport_connector_sdk::Registry;
use passport_evidence::{Fact, Failure, FailureCode, Outcome, Status};

use super::documents::planted;
use super::situation::RETRY_AFTER_SECONDS;
use super::{Ending, Pass, Situation};
use crate::case::{Addresses, Case};
use crate::mail::MailServer;
use crate::provider::{Provider, Script};
use crate::replay::outputs::Outputs;
use crate::replay::play::{bench, mail_server, prepare};

/// How long a caller waits for a provider that does not answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// Longest time that the SDK leaves a provider in trouble alone.
const LONGEST_REST: TimeDelta = TimeDelta::seconds(30);

/// A provider, one that a redirect leads to, and the case that everything starts from.
pub(super) struct Stage {
    provider: Provider,
    elsewhere: Provider,
    passing: Case,
    registry: Registry,
    /// The mail server of the case, if there is one in it.
    _mail: Option<MailServer>,
}

impl Stage {
    pub(super) async fn new(case: Case, registry: Registry) -> Result<Self, String> {
        let start = || async {
            let provider = Script::default().start().await;
            provider.map_err(|error| error.to_string())
        };
        let (provider, elsewhere) = (start().await?, start().await?);
        let mail = mail_server(&case).await?;
        let addresses = Addresses {
            base: Some(provider.base()),
            smtp: mail.as_ref().map(MailServer::address),
        };
        let passing = case.at(&addresses).map_err(|error| error.to_string())?;
        Ok(Self {
            provider,
            elsewhere,
            passing,
            registry,
            _mail: mail,
        })
    }

    /// The case that everything starts from.
    pub(super) fn passing(&self) -> &Case {
        &self.passing
    }

    /// Plays a case that differs from the first one in its documents at most.
    pub(super) async fn play(&self, case: &Case) -> Result<Outcome, String> {
        let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &case.rules);
        self.collect(case, script, false).await
    }

    /// Plays a situation and says how it ended otherwise than it must. A source that only takes
    /// deliveries asks nobody, so that nothing can go wrong for it here.
    pub(super) async fn meet(
        &self,
        situation: Situation,
        passed: &[Pass],
        ending: Ending,
    ) -> Result<Option<String>, String> {
        if self.passing.exchanges.is_empty() {
            return Ok(None);
        }
        let script = situation.script(&self.elsewhere.base());
        let outcome = self
            .collect(&self.passing, script, situation.lasts())
            .await?;
        if !self.elsewhere.requests().is_empty() {
            return Ok(Some("the redirect was followed to another host".to_owned()));
        }
        if let Some(output) = Outputs::of_outcome(&outcome).holding(&planted()) {
            return Ok(Some(format!("{output} shows a secret of the answer")));
        }
        Ok(self.differing(situation, &outcome, passed, ending))
    }

    async fn collect(&self, case: &Case, script: Script, lasts: bool) -> Result<Outcome, String> {
        let set = self.provider.set(script);
        set.map_err(|error| error.to_string())?;
        let bench = bench(case, &self.registry)?;
        let bench = if lasts {
            bench.deadline(PATIENCE)
        } else {
            bench
        };
        let trial = bench.build().map_err(|problems| {
            let problems = problems.iter().map(ToString::to_string);
            problems.collect::<Vec<_>>().join(", ")
        })?;
        prepare(case, &trial).await?;
        trial.collect().await.map_err(|error| error.to_string())
    }

    fn differing(
        &self,
        situation: Situation,
        outcome: &Outcome,
        passed: &[Pass],
        ending: Ending,
    ) -> Option<String> {
        match (ending, outcome) {
            (Ending::Failure(code), Outcome::Failure(failure)) if failure.code == code => {
                self.wrong_retry(situation, None, failure)
            }
            (Ending::Unknown(reason), Outcome::Evidence(evidence)) => {
                let as_wanted = |fact: &&Fact| {
                    fact.status() == Status::Unknown && fact.reason() == Some(reason)
                };
                let about = |pass: &Pass, fact: &Fact| {
                    (fact.name().as_str(), fact.item()) == (&*pass.0, pass.1.as_deref())
                };
                let missing = passed.iter().find(|pass| {
                    let mut facts = evidence.facts().iter().filter(as_wanted);
                    !facts.any(|fact| about(pass, fact))
                });
                missing.map(|(name, ..)| format!("{name} is not unknown {reason}"))
            }
            (Ending::NoPass, Outcome::Evidence(evidence)) => {
                let passing = evidence.facts().iter();
                let mut passing = passing.filter(|it| it.status() == Status::Passed);
                passing.next().map(|it| format!("{} passes", it.name()))
            }
            (Ending::NoPass, found) => Some(format!("{}, not evidence", shown(found))),
            (Ending::ThrottledFor(seconds), Outcome::Failure(failure))
                if failure.code == FailureCode::Throttled =>
            {
                self.wrong_retry(situation, Some(seconds), failure)
            }
            (Ending::ThrottledFor(_), found) => Some(format!("{}, not THROTTLED", shown(found))),
            (Ending::Failure(code), found) => Some(format!("{}, not {code}", shown(found))),
            (Ending::Unknown(reason), found) => {
                Some(format!("{}, not unknown {reason}", shown(found)))
            }
        }
    }

    /// A time to ask again is the provider's own, and never made up; or, of a provider in trouble,
    /// the time until which the SDK leaves it alone.
    fn wrong_retry(
        &self,
        situation: Situation,
        agreed: Option<u32>,
        failure: &Failure,
    ) -> Option<String> {
        let now = self.passing.now;
        let is_told =
            situation == Situation::ThrottledUntil && failure.code == FailureCode::Throttled;
        let seconds = is_told.then_some(RETRY_AFTER_SECONDS).or(agreed);
        let wanted = seconds.map(|it| now + TimeDelta::seconds(it.into()));
        let in_trouble = [FailureCode::Unreachable, FailureCode::TimedOut].contains(&failure.code);
        let is_left_alone = |at| now < at && at <= now + LONGEST_REST;
        if in_trouble && failure.retry_at.is_some_and(is_left_alone) {
            return None;
        }
        (failure.retry_at != wanted).then(|| {
            let found = failure.retry_at;
            format!("retryAt is {found:?}, not {wanted:?}")
        })
    }
}

fn shown(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failure(failure) => failure.code.to_string(),
        Outcome::Evidence(_) => "evidence".to_owned(),
    }
}
