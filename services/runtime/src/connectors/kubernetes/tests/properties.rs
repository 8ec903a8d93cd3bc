//! Whatever is changed in a good workload and its pods, nothing passes that they do not say.

use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::json;

use super::{
    changes::change,
    oracle::{DIGEST, World},
    world::{good, passed},
};
use crate::cluster::Kind;

const CHANGED: u32 = 20_000;
const OTHER: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";
const KINDS: [Kind; 3] = [Kind::Deployment, Kind::StatefulSet, Kind::DaemonSet];

/// What is read, and some of what is not.
const POINTERS: [&str; 62] = [
    "/workload/metadata/uid",
    "/workload/metadata/generation",
    "/workload/metadata/deletionTimestamp",
    "/workload/metadata/annotations",
    "/workload/metadata/annotations/deployment.kubernetes.io~1revision",
    "/workload/spec/replicas",
    "/workload/spec/paused",
    "/workload/spec/progressDeadlineSeconds",
    "/workload/spec/updateStrategy",
    "/workload/spec/updateStrategy/type",
    "/workload/spec/updateStrategy/rollingUpdate/partition",
    "/workload/spec/template/spec/containers/0/name",
    "/workload/status",
    "/workload/status/observedGeneration",
    "/workload/status/replicas",
    "/workload/status/updatedReplicas",
    "/workload/status/availableReplicas",
    "/workload/status/desiredNumberScheduled",
    "/workload/status/currentNumberScheduled",
    "/workload/status/updatedNumberScheduled",
    "/workload/status/numberAvailable",
    "/workload/status/currentRevision",
    "/workload/status/updateRevision",
    "/workload/status/conditions",
    "/workload/status/conditions/0/type",
    "/workload/status/conditions/0/status",
    "/workload/status/conditions/1",
    "/workload/status/conditions/1/status",
    "/workload/status/conditions/1/reason",
    "/sets/0",
    "/sets/0/metadata/uid",
    "/sets/0/metadata/annotations/deployment.kubernetes.io~1revision",
    "/sets/0/metadata/ownerReferences/0/controller",
    "/sets/1/metadata/annotations/deployment.kubernetes.io~1revision",
    "/sets/1/metadata/uid",
    "/pods",
    "/pods/0",
    "/pods/1",
    "/pods/0/metadata/uid",
    "/pods/0/metadata/deletionTimestamp",
    "/pods/0/metadata/labels",
    "/pods/0/metadata/labels/controller-revision-hash",
    "/pods/0/metadata/ownerReferences",
    "/pods/0/metadata/ownerReferences/0/uid",
    "/pods/0/metadata/ownerReferences/0/controller",
    "/pods/0/status",
    "/pods/0/status/phase",
    "/pods/0/status/startTime",
    "/pods/0/status/conditions",
    "/pods/0/status/conditions/0/status",
    "/pods/0/status/conditions/0/type",
    "/pods/0/status/containerStatuses",
    "/pods/0/status/containerStatuses/0/name",
    "/pods/0/status/containerStatuses/0/ready",
    "/pods/0/status/containerStatuses/0/restartCount",
    "/pods/0/status/containerStatuses/0/imageID",
    "/pods/0/status/containerStatuses/0/state",
    "/pods/0/status/containerStatuses/0/state/running",
    "/pods/0/status/containerStatuses/0/state/waiting",
    "/pods/0/status/containerStatuses/0/state/terminated",
    "/pods/0/status/containerStatuses/0/lastState",
    "/pods/1/status/phase",
];

/// Lists whose first object may be there twice.
const LISTS: [&str; 6] = [
    "/pods",
    "/sets",
    "/workload/status/conditions",
    "/pods/0/status/containerStatuses",
    "/pods/0/status/conditions",
    "/pods/0/metadata/ownerReferences",
];

const WORDS: [&str; 30] = [
    "",
    "True",
    "False",
    "Unknown",
    "NewReplicaSetAvailable",
    "ReplicaSetUpdated",
    "ProgressDeadlineExceeded",
    "DeploymentPaused",
    "Progressing",
    "ReplicaFailure",
    "Ready",
    "RollingUpdate",
    "OnDelete",
    "Running",
    "running",
    "Pending",
    "Failed",
    "Succeeded",
    "uid-w",
    "uid-r12",
    "uid-r11",
    "pod-1",
    "12",
    "11",
    "r2",
    "api",
    DIGEST,
    "2026-05-03T07:00:00Z",
    "2026-05-03T09:29:00Z",
    "repo@sha256:0000000000000000000000000000000000000000000000000000000000000000",
];

#[test]
fn a_workload_about_which_nothing_is_wrong_passes_in_all() {
    for kind in KINDS {
        let all = good(kind);
        let (facts, world) = (passed(&all, kind), World { kind, all: &all });
        assert_eq!(facts.len(), 5, "{kind:?}: {facts:?}");
        assert!(facts.iter().all(|it| world.may_pass(it)), "{facts:?}");
    }
}

#[test]
fn another_image_in_one_pod_is_another() {
    let mut all = good(Kind::DaemonSet);
    let at = "/pods/0/status/containerStatuses/0/imageID";
    Change::set((at, json!(format!("repo@{OTHER}")))).apply(&mut all);
    assert_eq!(passed(&all, Kind::DaemonSet).len(), 4);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn changed_objects_pass_nothing_that_they_do_not_say(
        kind in select(&KINDS[..]),
        changes in prop::collection::vec(change(&POINTERS, &WORDS, &LISTS), 1..5),
    ) {
        let mut all = good(kind);
        for change in &changes {
            change.apply(&mut all);
        }
        let found = passed(&all, kind);
        let world = World { kind, all: &all };
        let unearned: Vec<_> = found.iter().filter(|it| !world.may_pass(it)).collect();
        prop_assert!(unearned.is_empty(), "{all}: {unearned:?}");
    }
}
