//! Collecting evidence.

use std::sync::Arc;

use futures::stream::BoxStream;
use passport_evidence::{Evidence, Failure, Outcome};
use passport_policy::grants::Verb;
use schemars::JsonSchema;
use serde::Serialize;

use super::Gateway;
use crate::{
    access::Caller, budget::Budget, call_error::CallError, plan::Plan, question::Question,
};

/// One outcome for each source that was asked, each list sorted by the source's name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Collected {
    /// What was found.
    pub evidence: Vec<Evidence>,
    /// Sources that could not answer.
    pub failures: Vec<Failure>,
}

impl Gateway {
    /// Asks every source that the question selects; answers before the budget is spent.
    ///
    /// # Errors
    /// The caller was not granted it, or nothing is configured for the scope.
    pub async fn collect_evidence(
        &self,
        caller: &Caller,
        question: Question,
        budget: Budget,
    ) -> Result<Collected, CallError> {
        let plan = self.planned(caller, &question)?;
        let question = Arc::new(question);
        let outcomes = self.fan_out.all(caller.name(), &question, plan, budget);
        let outcomes = outcomes.await;
        Ok(outcomes.into_values().collect())
    }

    /// The same outcomes, each as soon as it is known. A second outcome for a source stands in the
    /// first one's place.
    ///
    /// # Errors
    /// As [`Gateway::collect_evidence`].
    pub fn stream_evidence(
        &self,
        caller: &Caller,
        question: Question,
        budget: Budget,
    ) -> Result<BoxStream<'static, Outcome>, CallError> {
        let plan = self.planned(caller, &question)?;
        let question = Arc::new(question);
        Ok(self
            .fan_out
            .outcomes(caller.name(), &question, plan, budget))
    }

    fn planned(&self, caller: &Caller, question: &Question) -> Result<Plan, CallError> {
        self.granted(caller, Verb::Collect, &question.scope)?;
        match self.sources_of(&question.scope) {
            Ok(sources) => Ok(self.plan(question, sources)),
            // Named sources each get their failure; silence about a whole scope would look like
            // an answer.
            Err(_) if !question.sources.is_empty() => Ok(self.plan(question, &Default::default())),
            Err(error) => Err(error),
        }
    }
}

impl FromIterator<Outcome> for Collected {
    fn from_iter<I: IntoIterator<Item = Outcome>>(outcomes: I) -> Self {
        let mut collected = Self::default();
        for outcome in outcomes {
            match outcome {
                Outcome::Evidence(evidence) => collected.evidence.push(evidence),
                Outcome::Failure(failure) => collected.failures.push(failure),
            }
        }
        collected
    }
}
