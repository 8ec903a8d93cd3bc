//! Whatever is changed in a good service, nothing passes that the engine does not say.

use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    oracle::World,
    world::{DIGEST, good, passed},
};
use crate::connectors::docker_compose::settings::ServiceKind;

const CHANGED: u32 = 20_000;
const KINDS: [ServiceKind; 2] = [ServiceKind::LongRunning, ServiceKind::OneShot];
const OTHER: &str = "repo@sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// What is read, and some of what is not.
const POINTERS: [&str; 53] = [
    "/list",
    "/list/0",
    "/list/1",
    "/list/0/Id",
    "/list/1/Id",
    "/list/0/Names",
    "/list/0/Labels",
    "/list/0/Labels/com.docker.compose.project",
    "/list/0/Labels/com.docker.compose.service",
    "/list/0/Labels/com.docker.compose.oneoff",
    "/list/0/Labels/com.docker.compose.config-hash",
    "/list/0/Labels/com.docker.compose.replace",
    "/list/0/Labels/com.docker.compose.project.working_dir",
    "/project",
    "/project/0",
    "/project/0/Id",
    "/project/0/State",
    "/project/2/State",
    "/project/0/Labels/com.docker.compose.project",
    "/project/2/Labels/com.docker.compose.service",
    "/project/0/Labels/com.docker.compose.oneoff",
    "/project/0/Labels/com.docker.compose.project.working_dir",
    "/containers/c1",
    "/containers/c2",
    "/containers/c1/Id",
    "/containers/c1/Image",
    "/containers/c1/RestartCount",
    "/containers/c1/State",
    "/containers/c1/State/Status",
    "/containers/c2/State/Status",
    "/containers/c1/State/Running",
    "/containers/c1/State/ExitCode",
    "/containers/c1/State/StartedAt",
    "/containers/c1/State/FinishedAt",
    "/containers/c1/State/Health",
    "/containers/c2/State/Health",
    "/containers/c1/State/Health/Status",
    "/containers/c1/State/Health/Log",
    "/containers/c1/State/Health/Log/0",
    "/containers/c1/State/Health/Log/0/End",
    "/containers/c1/State/Health/Log/1/End",
    "/containers/c1/Config",
    "/containers/c1/Config/Healthcheck",
    "/containers/c1/Config/Healthcheck/Interval",
    "/containers/c1/Config/Healthcheck/Timeout",
    "/containers/c1/HostConfig",
    "/containers/c1/HostConfig/RestartPolicy/Name",
    "/containers/c1/ImageManifestDescriptor",
    "/images/image-1",
    "/images/image-1/Id",
    "/images/image-1/RepoDigests",
    "/images/image-1/RepoDigests/0",
    "/images/image-2",
];

const WORDS: [&str; 34] = [
    "",
    "True",
    "true",
    "False",
    "shop",
    "api",
    "db",
    "c1",
    "c2",
    "shop-api-c2",
    "image-1",
    "image-2",
    "/srv/other",
    "created",
    "running",
    "Running",
    "paused",
    "restarting",
    "removing",
    "exited",
    "dead",
    "none",
    "starting",
    "healthy",
    "unhealthy",
    "always",
    "no",
    DIGEST,
    OTHER,
    "0001-01-01T00:00:00Z",
    "2026-05-03T08:29:59Z",
    "2026-05-03T09:00:00Z",
    "2026-05-03T09:29:55Z",
    "2026-05-03T11:00:00Z",
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        6 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        3 => select(vec![
            json!(0), json!(1), json!(2), json!(-1), json!(1.5), json!(u64::MAX), json!(i64::MAX),
            json!(1_000_000_000), json!(60_000_000_000_i64), json!(true), json!(false),
        ]),
        2 => select(vec![
            json!([]), json!({}), json!([OTHER]), json!([format!("mirror@{DIGEST}"), OTHER]),
            json!({"Status": "healthy"}), json!({"Status": "running"}), json!({"Status": ""}),
            json!(["running", 0, null, null, null]), json!({"digest": DIGEST}),
            json!({"Status": "healthy", "Log": [{"End": "2026-05-03T09:29:59Z"}]}),
            json!({"Id": "image-2", "RepoDigests": [format!("repo@{DIGEST}")]}),
        ]),
        1 => ".{0,12}".prop_map(Value::from),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let pointer = || select(&POINTERS[..]);
    prop_oneof![
        2 => pointer().prop_map(Change::lost),
        5 => (pointer(), value()).prop_map(Change::set),
        1 => (pointer(), pointer()).prop_map(Change::swapped),
        1 => select(vec![
            "/list", "/containers/c1/State/Health/Log", "/images/image-1/RepoDigests",
        ]).prop_map(Change::first_doubled),
    ]
}

#[test]
fn a_service_about_which_nothing_is_wrong_passes_in_all() {
    for (kind, passes) in KINDS.into_iter().zip([6, 5]) {
        let all = good(kind);
        let (facts, world) = (passed(&all, kind), World { kind, all: &all });
        assert_eq!(facts.len(), passes, "{kind:?}: {facts:?}");
        assert!(facts.iter().all(|it| world.may_pass(it)), "{facts:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(CHANGED))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        kind in select(&KINDS[..]),
        changes in prop::collection::vec(change(), 1..5),
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
