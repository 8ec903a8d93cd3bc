//! Which metrics of the analyses are not successful, each by itself. What is successful is told by
//! `analysis_result` alone, which looks at what was really measured.

use std::collections::BTreeMap;

use passport_evidence::{Fact, Meaning, Reason, StateTable};
use passport_kubernetes_api::List;

use super::ANALYSIS_METRIC;
use crate::connectors::argo_rollouts::{
    client::POD_HASH,
    model::{Observed, Rollout},
    run::{MetricResult, Run},
};

/// Metrics that are told. The worst is in `analysis_result`, however many there are.
const MOST: usize = 20;
/// Longest name of a metric that is shown.
const MAX_NAME: usize = 63;
const SUCCESSFUL: &str = "Successful";

const PHASES: StateTable = StateTable::new(&[
    ("Pending", Meaning::Pending(Reason::InProgress)),
    ("Running", Meaning::Pending(Reason::InProgress)),
    ("Failed", Meaning::Failed(Reason::BadState)),
    ("Error", Meaning::Failed(Reason::BadState)),
    ("Inconclusive", Meaning::Warning(Reason::Degraded)),
]);

/// The facts, over the runs that the Rollout owns of what is rolled out now: of each metric of each analysis the
/// worst.
pub fn facts(rollout: &Rollout, runs: &Result<List<Run>, Reason>) -> Vec<Fact> {
    let (Observed::Current, Ok(runs), Some(hash)) = (rollout.observed(), runs, rollout.hash())
    else {
        return Vec::new();
    };
    let is_its = |it: &&Run| {
        it.metadata.is_of(&rollout.metadata.uid) && it.metadata.label(POD_HASH) == Some(hash)
    };
    let mut found: BTreeMap<String, Vec<Fact>> = BTreeMap::new();
    for run in runs.items.iter().filter(is_its) {
        let results = run.status.metric_results.iter().flatten().enumerate();
        for (index, result) in results.filter(|(_, it)| it.phase != SUCCESSFUL) {
            let item = format!("{}/{}", run.place(), name(result, index));
            found.entry(item).or_default().push(of(result));
        }
    }
    let facts = found.into_iter();
    let facts = facts.map(|(item, parts)| Fact::fold(ANALYSIS_METRIC, &parts).about(item));
    facts.take(MOST).collect()
}

/// What is only tried out judges nothing.
fn of(result: &MetricResult) -> Fact {
    let fact = Fact::state(ANALYSIS_METRIC, &result.phase, &PHASES);
    match (fact.reason(), result.dry_run) {
        (Some(Reason::UnrecognizedState), _) => fact.without_value(),
        (_, Some(true)) => Fact::not_applicable(ANALYSIS_METRIC, Reason::Informational)
            .showing(result.phase.as_str()),
        (_, Some(false) | None) => fact,
    }
}

/// The metric's name where it is a plain one, else its number.
fn name(result: &MetricResult, index: usize) -> String {
    let inner = |it: u8| it.is_ascii_alphanumeric() || b"-_.".contains(&it);
    let is_plain = (1..=MAX_NAME).contains(&result.name.len()) && result.name.bytes().all(inner);
    match is_plain {
        true => result.name.clone(),
        false => format!("metric {}", index + 1),
    }
}
