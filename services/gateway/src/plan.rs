//! Which sources must answer, and who is asked for them. Pure: the gateway's own configuration
//! decides, never a collector.

use std::collections::BTreeMap;

use passport_evidence::{Category, Failure, FailureCode, SourceName};
use passport_policy::freshness::ExpectedSource;

use crate::{
    catalog::{Catalog, PlannedConnector},
    configured::{ConfiguredSource, Sources},
    question::Question,
};

/// Sources that one collector has to answer for, by name.
pub type Expected = BTreeMap<SourceName, ExpectedSource>;

/// What becomes of every source that a question selects.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Whom to ask for what, by the collector's name.
    pub calls: BTreeMap<String, Expected>,
    /// What is known without asking.
    pub settled: Vec<Failure>,
}

/// What planning is done with.
#[derive(Debug, Clone, Copy)]
pub struct Deployment<'a, C> {
    /// Which collector serves a connector.
    pub catalog: &'a Catalog,
    /// Collectors of this deployment by name.
    pub collectors: &'a BTreeMap<String, C>,
}

// === impl Deployment ===

impl<C> Deployment<'_, C> {
    /// Plans a question over the sources of its scope.
    pub fn plan(&self, question: &Question, sources: &Sources) -> Plan {
        let mut plan = Plan {
            settled: unknown_names(question, sources),
            ..Plan::default()
        };
        for (name, source) in sources {
            let connector = self.catalog.get(&source.connector);
            if wanted(question, name, connector.map(|it| it.category)) {
                self.place(question, name, source, connector, &mut plan);
            }
        }
        plan
    }

    fn place(
        &self,
        question: &Question,
        name: &SourceName,
        source: &ConfiguredSource,
        connector: Option<&PlannedConnector>,
        plan: &mut Plan,
    ) {
        let refused = |message| failure(name, &source.connector, message);
        let Some(connector) = connector else {
            let message = format!("no collector of this deployment has `{}`", source.connector);
            return plan.settled.push(refused(message));
        };
        let collector = &connector.collector;
        if !self.collectors.contains_key(collector) {
            let message = format!("the collector `{collector}` is not part of this deployment");
            return plan.settled.push(refused(message));
        }
        let expected = ExpectedSource {
            scope: question.scope.clone(),
            source: name.clone(),
            connector: source.connector.clone(),
            max_age: source.max_age.unwrap_or(connector.default_max_age),
            subject: question.subject.clone(),
        };
        let call = plan.calls.entry(collector.clone()).or_default();
        call.insert(name.clone(), expected);
    }
}

/// A source whose category is not known may be of the one that is wanted: it is not left out.
fn wanted(question: &Question, name: &SourceName, category: Option<Category>) -> bool {
    let named = question.sources.is_empty() || question.sources.contains(name);
    let of_category = question.categories.is_empty()
        || category.is_none_or(|it| question.categories.contains(&it));
    named && of_category
}

fn unknown_names(question: &Question, sources: &Sources) -> Vec<Failure> {
    let unknown = |name: &&SourceName| !sources.contains_key(*name);
    let message = "no source of this name is configured in this scope";
    let names = question.sources.iter().filter(unknown);
    names
        .map(|name| failure(name, "", message.to_owned()))
        .collect()
}

fn failure(name: &SourceName, connector: &str, message: String) -> Failure {
    Failure {
        connector: connector.to_owned(),
        source: name.clone(),
        code: FailureCode::NotConfigured,
        message,
        retry_at: None,
    }
}

#[cfg(test)]
mod tests;
