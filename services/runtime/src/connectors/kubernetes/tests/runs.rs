//! Whatever is changed in a Job that is complete, in the CronJob that made it and in its pods, nothing passes that
//! they do not say.

use passport_evidence::{Fact, Reason, Status};
use proptest::{prelude::*, sample::select};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    changes::change,
    oracle::DIGEST,
    runs_oracle::may_pass,
    world::{container, now, subject, wanted},
};
use crate::{
    cluster::Snapshot,
    connectors::kubernetes::{
        batch::{self, CronJob, Job, Kind, Run},
        scope,
    },
};

const CHANGED: u32 = 20_000;
const KINDS: [Kind; 2] = [Kind::Job, Kind::CronJob];
const END: &str = "2026-05-03T09:12:00Z";

const POINTERS: [&str; 40] = [
    "/cron/metadata/uid",
    "/cron/metadata/deletionTimestamp",
    "/cron/spec/suspend",
    "/cron/status",
    "/cron/status/lastScheduleTime",
    "/cron/status/lastSuccessfulTime",
    "/jobs",
    "/jobs/1",
    "/jobs/1/metadata/creationTimestamp",
    "/jobs/1/metadata/ownerReferences/0/uid",
    "/jobs/0/metadata/uid",
    "/jobs/0/metadata/creationTimestamp",
    "/jobs/0/metadata/deletionTimestamp",
    "/jobs/0/metadata/ownerReferences",
    "/jobs/0/metadata/ownerReferences/0/uid",
    "/jobs/0/spec/completions",
    "/jobs/0/spec/parallelism",
    "/jobs/0/spec/suspend",
    "/jobs/0/spec/template/spec/containers/0/name",
    "/jobs/0/status",
    "/jobs/0/status/conditions",
    "/jobs/0/status/conditions/0/type",
    "/jobs/0/status/conditions/0/status",
    "/jobs/0/status/conditions/0/reason",
    "/jobs/0/status/startTime",
    "/jobs/0/status/completionTime",
    "/jobs/0/status/active",
    "/jobs/0/status/succeeded",
    "/jobs/0/status/failed",
    "/pods",
    "/pods/0",
    "/pods/0/metadata/uid",
    "/pods/0/metadata/deletionTimestamp",
    "/pods/0/metadata/ownerReferences/0/uid",
    "/pods/0/status/phase",
    "/pods/0/status/containerStatuses",
    "/pods/0/status/containerStatuses/0/imageID",
    "/pods/0/status/containerStatuses/0/restartCount",
    "/pods/0/status/containerStatuses/0/lastState",
    "/pods/1/status/containerStatuses/0/name",
];

const WORDS: [&str; 20] = [
    "",
    "True",
    "False",
    "Unknown",
    "Complete",
    "Failed",
    "FailureTarget",
    "Suspended",
    "SuccessCriteriaMet",
    "SuccessPolicy",
    "Succeeded",
    "Running",
    "uid-j",
    "uid-c",
    "api",
    DIGEST,
    "2026-05-02T09:10:00Z",
    "2026-05-03T09:10:00Z",
    "2026-05-03T09:20:00Z",
    "2026-05-04T09:10:00Z",
];

const LISTS: [&str; 4] = [
    "/jobs",
    "/pods",
    "/jobs/0/status/conditions",
    "/pods/0/status/containerStatuses",
];

fn job(uid: &str, day: &str) -> Value {
    json!({
        "metadata": {
            "namespace": "shop", "uid": uid, "creationTimestamp": format!("2026-05-{day}T09:10:00Z"),
            "ownerReferences": [{"uid": "uid-c", "controller": true}],
        },
        "spec": {
            "completions": 2, "parallelism": 2,
            "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": uid}},
            "template": {"spec": {"containers": [{"name": "api"}]}},
        },
        "status": {
            "startTime": format!("2026-05-{day}T09:10:00Z"),
            "completionTime": format!("2026-05-{day}T09:12:00Z"), "succeeded": 2,
            "conditions": [{"type": "Complete", "status": "True"}],
        },
    })
}

fn pod(name: &str) -> Value {
    let mut container = container();
    container["state"] = json!({"terminated": {"exitCode": 0, "finishedAt": END}});
    json!({
        "metadata": {
            "namespace": "shop", "uid": name, "ownerReferences": [{"uid": "uid-j", "controller": true}],
        },
        "spec": {"containers": [{"name": "api"}]},
        "status": {
            "phase": "Succeeded", "startTime": "2026-05-03T06:00:00Z",
            "containerStatuses": [container],
        },
    })
}

fn good() -> Value {
    json!({
        "cron": {
            "metadata": {"namespace": "shop", "uid": "uid-c", "generation": 2}, "spec": {"suspend": false},
            "status": {"lastScheduleTime": "2026-05-03T09:10:00Z", "lastSuccessfulTime": END},
        },
        "jobs": [job("uid-j", "03"), job("uid-i", "02")],
        "pods": [pod("pod-1"), pod("pod-2")],
    })
}

fn read<T: DeserializeOwned>(found: &Value) -> Option<T> {
    serde_json::from_value(found.clone()).ok()
}

fn snapshot<T, P>(object: T, parts: P) -> Snapshot<T, P> {
    Snapshot {
        object,
        observed_at: now(),
        parts,
        has_moved: false,
    }
}

/// What passes of these objects.
fn passed(world: &Value, kind: Kind) -> Vec<Fact> {
    let (subject, wanted) = (subject(), wanted(scope::Kind::Job));
    let asks = (Some(&subject), now());
    let pods = read(&world["pods"]).map(|it| (it, now()));
    let pods = pods.ok_or(Reason::UnexpectedShape);
    let facts = match kind {
        Kind::Job => {
            let job = read::<Job>(&world["jobs"][0]);
            job.map(|it| batch::of_job(&snapshot(it, pods), &wanted, asks))
        }
        Kind::CronJob => read::<CronJob>(&world["cron"]).map(|cron_job| {
            let jobs = read(&world["jobs"]).ok_or(Reason::UnexpectedShape);
            let newest = jobs.and_then(|it| batch::newest(&cron_job, it));
            let run = newest.map(|newest| Run {
                newest,
                pods,
                observed_at: now(),
            });
            batch::of_cron_job(&snapshot(cron_job, run), &wanted, asks)
        }),
    };
    let passed = facts.into_iter().flatten();
    passed.filter(|it| it.status() == Status::Passed).collect()
}

#[test]
fn a_run_about_which_nothing_is_wrong_passes() {
    let all = good();
    for kind in KINDS {
        let facts = passed(&all, kind);
        assert_eq!(facts.len(), 3, "{kind:?}: {facts:?}");
        assert!(facts.iter().all(|it| may_pass(it, &all, kind)), "{facts:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn changed_runs_pass_nothing_that_they_do_not_say(
        kind in select(&KINDS[..]),
        changes in prop::collection::vec(change(&POINTERS, &WORDS, &LISTS), 1..5),
    ) {
        let mut all = good();
        for change in &changes {
            change.apply(&mut all);
        }
        let found = passed(&all, kind);
        let unearned: Vec<_> = found.iter().filter(|it| !may_pass(it, &all, kind)).collect();
        prop_assert!(unearned.is_empty(), "{all}: {unearned:?}");
    }
}
