//! Objects beside a workload that a source may name: its autoscaler, and the budget of its disruptions.
//! Each is read by its name alone, and must be about the workload.

mod autoscaler;
mod budget;

#[cfg(test)]
pub use {
    autoscaler::{Autoscaler, fact as of_autoscaler},
    budget::{Budget, fact as of_budget},
};

use chrono::{DateTime, Utc};
use passport_connector_sdk::{CollectRequest, ReadError};
use passport_evidence::{Fact, FactName, Reason};
use passport_kubernetes_api::{self as api, Found, ObjectPath};
use serde::de::DeserializeOwned;

use super::client::Client;
use crate::cluster::workload::Workload;

/// Name of the fact about the autoscaler.
pub const AUTOSCALER_LIMITS: FactName = FactName::fixed("autoscaler_limits");
/// Name of the fact about the budget.
pub const DISRUPTION_BUDGET: FactName = FactName::fixed("disruption_budget");

/// The names of what is beside a workload.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Of its HorizontalPodAutoscaler.
    pub autoscaler: Option<String>,
    /// Of its PodDisruptionBudget.
    pub budget: Option<String>,
}

// === impl Beside ===

impl Beside {
    /// Where the autoscaler is.
    pub fn autoscaler<'a>(&'a self, namespace: &'a str) -> Option<ObjectPath<'a>> {
        Some(ObjectPath {
            group: "autoscaling",
            version: "v2",
            kind: "HorizontalPodAutoscaler",
            resource: "horizontalpodautoscalers",
            namespace,
            name: self.autoscaler.as_deref()?,
        })
    }

    /// Where the budget is.
    pub fn budget<'a>(&'a self, namespace: &'a str) -> Option<ObjectPath<'a>> {
        Some(ObjectPath {
            group: "policy",
            version: "v1",
            kind: "PodDisruptionBudget",
            resource: "poddisruptionbudgets",
            namespace,
            name: self.budget.as_deref()?,
        })
    }

    /// The facts about them, where they could not be asked for.
    pub fn unknown(&self, reason: Reason) -> Vec<Fact> {
        let autoscaler = self.autoscaler.as_ref().map(|_| AUTOSCALER_LIMITS);
        let budget = self.budget.as_ref().map(|_| DISRUPTION_BUDGET);
        let names = autoscaler.into_iter().chain(budget);
        names.map(|it| Fact::unknown(it, reason)).collect()
    }
}

/// The facts about what a source names beside its workload. One that is about another workload is out of
/// scope.
pub async fn facts(
    client: &Client,
    workload: (&Workload, DateTime<Utc>),
    request: &CollectRequest,
) -> Result<Vec<Fact>, ReadError> {
    let scope = &client.wanted.scope;
    let (beside, namespace) = (&client.wanted.beside, &scope.namespace);
    let (workload, at) = workload;
    let mut facts = Vec::new();
    if let Some(path) = beside.autoscaler(namespace) {
        let found = find(client, path, request).await;
        let is_its = |it: &autoscaler::Autoscaler| it.scales(scope.kind.as_str(), &scope.name);
        facts.push(judged(AUTOSCALER_LIMITS, found, is_its, autoscaler::fact)?);
    }
    if let Some(path) = beside.budget(namespace) {
        let found = find(client, path, request).await;
        let labels = workload.spec.template.labels();
        let is_its = |it: &budget::Budget| it.covers(labels);
        facts.push(judged(DISRUPTION_BUDGET, found, is_its, budget::fact)?);
    }
    // That a budget covers the workload rests on the workload too.
    let aged = facts.into_iter().map(|it| {
        let own = it.observed_at().unwrap_or(at);
        it.observed(Some(own.min(at)))
    });
    Ok(aged.collect())
}

async fn find<T: DeserializeOwned + Clone>(
    client: &Client,
    path: ObjectPath<'_>,
    request: &CollectRequest,
) -> Result<Found<T>, ReadError> {
    api::find(&client.provider, path, request).await
}

/// A name under which nothing stands proves nothing, and so does what may not be read.
fn judged<T>(
    name: FactName,
    found: Result<Found<T>, ReadError>,
    is_its: impl FnOnce(&T) -> bool,
    fact: impl FnOnce(&T) -> Fact,
) -> Result<Fact, ReadError> {
    match found {
        Ok(Found::Object(object, at)) if is_its(&object) => Ok(fact(&object).observed(Some(at))),
        Ok(Found::Object(..)) | Err(ReadError::OutOfScope) => Err(ReadError::OutOfScope),
        Ok(Found::Absent(at)) => Ok(Fact::unknown(name, Reason::NoData).observed(Some(at))),
        Ok(Found::NoSuchKind) => Ok(Fact::unknown(name, Reason::Unavailable)),
        Err(error) => Ok(Fact::unknown(name, error.reason())),
    }
}
