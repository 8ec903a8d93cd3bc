//! How the containers of what is new are, while it is analysed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason};

use crate::{
    cluster::{
        CONTAINER_HEALTH, Kind, as_count, health, pod::Pod, rollout::Counts, workload::Workload,
    },
    connectors::flagger::{
        client::{PROGRESSING, Parts},
        model::{Canary, Target},
    },
};

/// Label of the pods of one ReplicaSet of a Deployment.
const POD_HASH: &str = "pod-template-hash";

/// The fact.
pub fn fact(canary: &Canary, target: Target, parts: Option<&Parts>, now: DateTime<Utc>) -> Fact {
    let is_analysed = canary.status.phase.as_deref() == Some(PROGRESSING);
    let unknown = |reason| Fact::unknown(CONTAINER_HEALTH, reason);
    let (kind, parts) = match (is_analysed, target, parts) {
        (true, Target::Workload(kind), Some(parts)) => (kind, parts),
        (true, Target::Workload(_), None) => return unknown(Reason::NoData),
        (true, Target::Unrecognized, _) => return unknown(Reason::UnrecognizedState),
        (false, _, _) | (true, Target::Service, _) => {
            return Fact::not_applicable(CONTAINER_HEALTH, Reason::Informational);
        }
    };
    let (workload, pods) = match (&parts.target, &parts.pods) {
        (Err(reason), _) | (_, Some(Err(reason))) => return unknown(*reason),
        (Ok(_), None) => return unknown(Reason::NoData),
        (Ok(target), Some(Ok(pods))) => (&target.workload, pods),
    };
    let name = &canary.spec.target_ref.name;
    let is_its = |it: &&Pod| is_of(it, workload, kind, name) && !it.is_being_deleted();
    let its: Vec<_> = pods.items.iter().filter(is_its).collect();
    let counts = Counts::of(workload, kind);
    let counted = as_count(counts.current.max(counts.updated));
    health::fact(&its, counted, &BTreeSet::new(), now)
}

/// Whether a pod is the workload's: that of a Deployment is controlled by a ReplicaSet that has its name
/// and the hash of its template.
fn is_of(pod: &Pod, workload: &Workload, kind: Kind, name: &str) -> bool {
    let metadata = &pod.metadata;
    match (kind, metadata.label(POD_HASH)) {
        (Kind::Deployment, Some(hash)) => {
            metadata.is_of_named("ReplicaSet", &format!("{name}-{hash}"))
        }
        (Kind::Deployment, None) => false,
        (Kind::StatefulSet | Kind::DaemonSet, _) => metadata.is_of(&workload.metadata.uid),
    }
}
