//! From what was read of a Rollout to facts. Pure.

mod analysis;
mod condition;
mod metrics;
mod replicas;
mod step;
mod told;
mod weight;

use chrono::{DateTime, Utc};
use passport_connector_sdk::digests::Digests;
use passport_evidence::{Fact, FactName, Reason, Status, Subject, freshness::CREDENTIAL_SCOPE};
use passport_kubernetes_api::List;

use super::{
    client::{POD_HASH, Parts},
    model::Rollout,
    settings::Wanted,
};
use crate::cluster::{
    AVAILABLE_REPLICAS, IMAGE_DIGEST, ROLLOUT_CONDITION, Snapshot, as_count,
    available::Served,
    images, in_motion,
    pod::{Pod, different},
};

const CANARY_STEP: FactName = FactName::fixed("canary_step");
const ANALYSIS_RESULT: FactName = FactName::fixed("analysis_result");
const ANALYSIS_METRIC: FactName = FactName::fixed("analysis_metric");
const CANARY_WEIGHT: FactName = FactName::fixed("canary_weight");
const PAUSE_REASON: FactName = FactName::fixed("pause_reason");
const CONDITION_REASON: FactName = FactName::fixed("condition_reason");
/// Longest word of the controller that is shown.
const MAX_WORD: usize = 40;

/// The facts of a Rollout.
pub fn of(
    snapshot: &Snapshot<Rollout, Parts>,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let (rollout, parts, at) = (&snapshot.object, &snapshot.parts, snapshot.observed_at);
    let condition = condition::fact(rollout);
    let digests = Digests::of(subject);
    let runs_at = parts.runs.as_ref().map_or(at, |it| at.min(it.observed_at));
    let pods = parts.pods.as_ref().and_then(|it| it.as_ref().ok());
    let pods_at = pods.map_or(at, |it| at.min(it.observed_at));
    let image = image(rollout, parts, wanted, &digests, condition.status());
    let facts = [
        (condition, at),
        (replicas::fact(rollout, wanted.least), at),
        (step::fact(rollout), at),
        (analysis::fact(rollout, &parts.runs, wanted, now), runs_at),
        (image, pods_at),
        (weight::fact(rollout), at),
        (told::pause(rollout), at),
        (told::condition(rollout), at),
    ];
    let facts = facts.into_iter().map(|(fact, at)| fact.observed(Some(at)));
    if snapshot.has_moved {
        return facts.map(in_motion).collect();
    }
    let metrics = metrics::facts(rollout, &parts.runs).into_iter();
    let metrics = metrics.map(|it| it.observed(Some(runs_at)));
    facts.chain(metrics).collect()
}

/// The facts where the Rollout does not exist: nothing runs.
pub fn absent(wanted: &Wanted, subject: Option<&Subject>, at: DateTime<Utc>) -> Vec<Fact> {
    let available = Served::none(wanted.least).judged();
    let others = unknown(Reason::NoData, subject);
    let facts = [available].into_iter().chain(others);
    facts.map(|it| it.observed(Some(at))).collect()
}

/// The facts where the Rollout could not be read, though it was asked for.
pub fn nothing(reason: Reason, subject: Option<&Subject>) -> Vec<Fact> {
    let names = [AVAILABLE_REPLICAS, CREDENTIAL_SCOPE];
    let facts = names.map(|it| Fact::unknown(it, reason));
    let others = unknown(reason, subject);
    facts.into_iter().chain(others).collect()
}

fn unknown(reason: Reason, subject: Option<&Subject>) -> impl Iterator<Item = Fact> {
    let names = [
        ROLLOUT_CONDITION,
        CANARY_STEP,
        ANALYSIS_RESULT,
        CANARY_WEIGHT,
        PAUSE_REASON,
        CONDITION_REASON,
    ];
    let facts = names.map(|it| Fact::unknown(it, reason));
    facts
        .into_iter()
        .chain([Digests::of(subject).unread(IMAGE_DIGEST, reason)])
}

/// Which image the pods of the template that is rolled out run.
fn image(
    rollout: &Rollout,
    parts: &Parts,
    wanted: &Wanted,
    digests: &Digests<'_>,
    condition: Status,
) -> Fact {
    let pods = match (&parts.pods, rollout.hash()) {
        (Some(Ok(pods)), Some(hash)) => members(rollout, wanted, hash, pods),
        (Some(Err(reason)), _) => return digests.unread(IMAGE_DIGEST, *reason),
        (None, _) | (_, None) => return digests.unread(IMAGE_DIGEST, Reason::NoData),
    };
    let template = rollout.spec.template.as_ref();
    let first = template.and_then(|it| it.spec.containers.first());
    let name = wanted.container.as_deref();
    let Some(name) = name.or(first.map(|it| it.name.as_str())) else {
        // Of one that refers to a Deployment: which container is meant has to be said.
        return digests.unread(IMAGE_DIGEST, Reason::NotConfigured);
    };
    let fact = images::of_pods(digests, &pods, name, condition == Status::Pending);
    let living = different(pods.iter().copied().filter(|it| !it.has_ended()));
    let counted = as_count(rollout.status.updated_replicas.unwrap_or_default());
    match living >= counted {
        true => fact,
        false => fact.doubt(Reason::Incomplete),
    }
}

/// The pods that are the Rollout's: its ReplicaSets have its name and the template's hash. Those that are
/// being deleted are left out.
fn members<'a>(
    rollout: &Rollout,
    wanted: &Wanted,
    hash: &str,
    pods: &'a List<Pod>,
) -> Vec<&'a Pod> {
    let owner = format!("{}-{hash}", wanted.scope.name);
    let is_its = |it: &&Pod| {
        let is_of_template = rollout
            .hash()
            .is_some_and(|hash| it.metadata.label(POD_HASH) == Some(hash));
        is_of_template && it.metadata.is_of_named("ReplicaSet", &owner)
    };
    let its = pods.items.iter().filter(is_its);
    its.filter(|it| !it.is_being_deleted()).collect()
}

/// Only what looks like a word of the controller is shown.
fn plain(word: &str) -> Option<&str> {
    let is_word = word.bytes().all(|it| it.is_ascii_alphabetic());
    Some(word).filter(|it| is_word && (1..=MAX_WORD).contains(&it.len()))
}
