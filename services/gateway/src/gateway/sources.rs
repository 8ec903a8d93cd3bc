//! How sources are doing.

use std::collections::BTreeMap;

use passport_evidence::{Failure, Scope, wire};
use passport_policy::{freshness::ExpectedSource, grants::Verb};
use passport_proto::{
    collector::{ListSourcesRequest, Source, SourceState},
    evidence::FailureCode,
    gateway::ListSourcesResponse,
};

use super::Gateway;
use crate::{
    access::Caller,
    budget::Budget,
    call_error::CallError,
    plan::{Expected, Plan},
    question::Question,
};

impl Gateway {
    /// The sources of a scope, sorted by name, and the collectors that did not answer. A source
    /// that its collector does not know is listed as failing.
    ///
    /// # Errors
    /// The caller was not granted it, or the scope is not configured.
    pub async fn list_sources(
        &self,
        caller: &Caller,
        scope: &Scope,
        budget: Budget,
    ) -> Result<ListSourcesResponse, CallError> {
        self.granted(caller, Verb::Read, scope)?;
        let plan = self.plan(&Question::about(scope.clone(), []), self.sources_of(scope)?);
        let names: Vec<_> = plan.calls.keys().cloned().collect();
        let wire_scope = Some(scope.into());
        let mut answers = self
            .ask(caller.name(), names, |calls| {
                let request = ListSourcesRequest {
                    scope: wire_scope.clone(),
                };
                async move { calls.list_sources(request, budget.for_collectors()).await }
            })
            .await;
        let answers = plan.calls.keys().map(|name| {
            let answer = answers.remove(name).flatten();
            (name.clone(), answer.map(|it| it.sources))
        });
        Ok(self.listed(scope, answers.collect(), &plan))
    }

    fn listed(
        &self,
        scope: &Scope,
        mut answers: BTreeMap<String, Option<Vec<Source>>>,
        plan: &Plan,
    ) -> ListSourcesResponse {
        let mut list = ListSourcesResponse::default();
        for (collector, expected) in &plan.calls {
            match answers.remove(collector).flatten() {
                Some(said) => list.sources.extend(self.matched(expected, said)),
                None => list.absent_collectors.push(collector.clone()),
            }
        }
        let unplaced = plan.settled.iter();
        list.sources
            .extend(unplaced.map(|it| self.unplaced(scope, it)));
        list.sources.sort_by(|a, b| a.name.cmp(&b.name));
        list
    }

    /// What a collector says of the sources that are expected of it, and of no other.
    fn matched(&self, expected: &Expected, said: Vec<Source>) -> Vec<Source> {
        let mut said: BTreeMap<_, _> = said.into_iter().map(|it| (it.name.clone(), it)).collect();
        let one = |it: &ExpectedSource| match said.remove(it.source.as_str()) {
            Some(source) if is_of(&source, it) => self.described(source, it),
            Some(_) | None => self.failing(it, FailureCode::NotConfigured),
        };
        expected.values().map(one).collect()
    }

    /// Its state is the collector's word, all else the gateway's.
    pub(super) fn described(&self, said: Source, expected: &ExpectedSource) -> Source {
        Source {
            state: said.state,
            validated_at: said.validated_at,
            failing_since: said.failing_since,
            failure: said.failure,
            ..self.configured(expected)
        }
    }

    fn configured(&self, expected: &ExpectedSource) -> Source {
        Source {
            scope: Some((&expected.scope).into()),
            name: expected.source.to_string(),
            connector: expected.connector.clone(),
            category: self.category(&expected.connector),
            max_age: Some(wire::duration(expected.max_age)),
            state: SourceState::Configured.into(),
            ..Source::default()
        }
    }

    pub(super) fn failing(&self, expected: &ExpectedSource, code: FailureCode) -> Source {
        Source {
            state: SourceState::Failing.into(),
            failing_since: Some(wire::timestamp(self.fan_out.clock.now())),
            failure: code.into(),
            ..self.configured(expected)
        }
    }

    /// A source that no collector of this deployment serves.
    fn unplaced(&self, scope: &Scope, failure: &Failure) -> Source {
        Source {
            scope: Some(scope.into()),
            name: failure.source.to_string(),
            connector: failure.connector.clone(),
            category: self.category(&failure.connector),
            state: SourceState::Failing.into(),
            failing_since: Some(wire::timestamp(self.fan_out.clock.now())),
            failure: FailureCode::from(failure.code).into(),
            ..Source::default()
        }
    }

    fn category(&self, connector: &str) -> String {
        let known = self.catalog.get(connector);
        known.map_or_else(String::new, |it| it.category.as_str().to_owned())
    }
}

pub(super) fn is_of(source: &Source, expected: &ExpectedSource) -> bool {
    source.scope.as_ref() == Some(&(&expected.scope).into())
        && source.connector == expected.connector
}
