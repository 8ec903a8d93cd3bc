//! Whatever a webhook says that is correctly signed, nothing breaks, and nothing passes that GitHub
//! does not say in so many words of this repository, workflow and commit.

use std::sync::OnceLock;

use passport_connector_sdk::Record;
use passport_evidence::{Fact, Status};
use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::bench::{
    Fed, PATH, REPOSITORY, REVISION, deployment, job, run, scope, status, suite, with,
};

/// Webhooks of one set. With so many sets it is over 100,000 webhooks.
const TOGETHER: usize = 8;
const SETS: u32 = 13_000;

/// What is read, and some of what is not.
const POINTERS: [&str; 38] = [
    "/action",
    "/repository",
    "/repository/full_name",
    "/workflow_run",
    "/workflow_run/id",
    "/workflow_run/run_attempt",
    "/workflow_run/path",
    "/workflow_run/workflow_id",
    "/workflow_run/head_sha",
    "/workflow_run/head_branch",
    "/workflow_run/event",
    "/workflow_run/status",
    "/workflow_run/conclusion",
    "/workflow_run/updated_at",
    "/workflow_run/check_suite_id",
    "/workflow_run/repository",
    "/workflow_run/repository/full_name",
    "/workflow_run/head_repository",
    "/workflow_run/head_repository/full_name",
    "/workflow_job",
    "/workflow_job/id",
    "/workflow_job/run_id",
    "/workflow_job/run_attempt",
    "/workflow_job/head_sha",
    "/workflow_job/name",
    "/workflow_job/status",
    "/workflow_job/conclusion",
    "/workflow_job/completed_at",
    "/check_suite/id",
    "/check_suite/status",
    "/check_suite/conclusion",
    "/check_suite/updated_at",
    "/deployment/id",
    "/deployment/sha",
    "/deployment/environment",
    "/deployment_status/id",
    "/deployment_status/state",
    "/deployment_status/created_at",
];

/// Words that mean something somewhere, and some that nearly do.
const WORDS: [&str; 34] = [
    "",
    "success",
    "SUCCESS",
    "success ",
    "failure",
    "timed_out",
    "startup_failure",
    "cancelled",
    "action_required",
    "neutral",
    "skipped",
    "stale",
    "completed",
    "Completed",
    "in_progress",
    "queued",
    "waiting",
    "inactive",
    "error",
    "build",
    "build ",
    "production",
    "staging",
    REPOSITORY,
    "ACME/Checkout-API",
    "acme/checkout-api-2",
    "stranger/checkout-api",
    PATH,
    ".github/workflows/release.yml@refs/heads/main",
    ".github/workflows/release.yml.bak",
    "release.yml",
    REVISION,
    "4f1c2e9a",
    "2026-05-03T09:20:00Z",
];

const EVENTS: [&str; 4] = [
    "workflow_run",
    "workflow_job",
    "check_suite",
    "deployment_status",
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        1 => Just(json!(REVISION.to_uppercase())),
        1 => Just(json!("0".repeat(40))),
        1 => select(vec![json!(0), json!(-1), json!(1.5), json!(u64::MAX), json!(9_001_001)]),
        1 => (1_u64..4).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => select(vec![json!([]), json!({}), json!({"full_name": REPOSITORY})]),
        1 => ".{0,12}".prop_map(Value::from),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let pointer = || select(&POINTERS[..]);
    prop_oneof![
        1 => pointer().prop_map(Change::lost),
        3 => (pointer(), value()).prop_map(Change::set),
        1 => (pointer(), pointer()).prop_map(Change::swapped),
    ]
}

fn payload(event: &str) -> Value {
    match event {
        "workflow_run" => run(),
        "workflow_job" => job(),
        "check_suite" => suite(),
        _ => deployment(),
    }
}

/// A webhook: mostly a changed one, now and then under the name of another event.
fn webhook() -> impl Strategy<Value = (&'static str, Value)> {
    let event = prop_oneof![3 => Just("workflow_run"), 2 => select(&EVENTS[..])];
    let renamed = prop_oneof![15 => Just(None), 1 => select(&EVENTS[..]).prop_map(Some)];
    let changes = prop::collection::vec(change(), 0..4);
    (event, renamed, changes).prop_map(|(event, renamed, changes)| {
        let mut payload = payload(event);
        for change in &changes {
            change.apply(&mut payload);
        }
        (renamed.unwrap_or(event), payload)
    })
}

// What GitHub would have to say, read from the payload itself.

fn text<'a>(payload: &'a Value, pointer: &str) -> &'a str {
    let found = payload.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default()
}

fn number(payload: &Value, pointer: &str) -> Option<u64> {
    payload.pointer(pointer).and_then(Value::as_u64)
}

fn is_ours(payload: &Value, pointer: &str) -> bool {
    text(payload, pointer).eq_ignore_ascii_case(REPOSITORY)
}

/// A run of our workflow for our commit, as told by its repository and from no fork.
fn is_our_run(payload: &Value) -> bool {
    let path = text(payload, "/workflow_run/path");
    is_ours(payload, "/repository/full_name")
        && is_ours(payload, "/workflow_run/repository/full_name")
        && is_ours(payload, "/workflow_run/head_repository/full_name")
        && (path == PATH || path.starts_with(&format!("{PATH}@")))
        && text(payload, "/workflow_run/head_sha").eq_ignore_ascii_case(REVISION)
}

fn is_green(payload: &Value, of: &str) -> bool {
    text(payload, &format!("{of}/status")) == "completed"
        && text(payload, &format!("{of}/conclusion")) == "success"
}

/// Whether a run ended otherwise, no earlier than it was green.
fn undoes(other: &Value, green: &Value) -> bool {
    let at = "/workflow_run/updated_at";
    text(other, "/workflow_run/status") == "completed"
        && !is_green(other, "/workflow_run")
        && text(other, at) >= text(green, at)
}

fn which_run(payload: &Value) -> (Option<u64>, Option<u64>) {
    let id = number(payload, "/workflow_run/id");
    (id, number(payload, "/workflow_run/run_attempt"))
}

fn is_our_green_job(payload: &Value) -> bool {
    is_ours(payload, "/repository/full_name")
        && text(payload, "/workflow_job/name") == "build"
        && is_green(payload, "/workflow_job")
}

fn is_our_good_deployment(payload: &Value) -> bool {
    is_ours(payload, "/repository/full_name")
        && text(payload, "/deployment/sha").eq_ignore_ascii_case(REVISION)
        && text(payload, "/deployment/environment") == "production"
        && text(payload, "/deployment_status/state") == "success"
}

/// What was taken of a set.
struct Taken<'a>(Vec<(&'static str, &'a Value)>);

impl<'a> Taken<'a> {
    fn of(&self, event: &'static str) -> impl Iterator<Item = &'a Value> {
        let all = self.0.iter().filter(move |(it, _)| *it == event);
        all.map(|(_, payload)| *payload)
    }

    /// Our run, of which no later one or attempt is told.
    fn newest(&self) -> impl Iterator<Item = &'a Value> {
        let for_commit =
            |it: &&Value| text(it, "/workflow_run/head_sha").eq_ignore_ascii_case(REVISION);
        let all = || self.of("workflow_run").filter(for_commit);
        let last = all().map(which_run).max();
        let newest = all().filter(move |it| Some(which_run(it)) == last);
        newest.filter(|it| is_our_run(it))
    }

    /// Whether a fact may have passed.
    fn may_pass(&self, name: &str) -> bool {
        match name {
            "workflow_run_status" => self.newest().any(|it| {
                is_green(it, "/workflow_run") && !self.newest().any(|other| undoes(other, it))
            }),
            "source_sha" | "rerun_attempts" => self.newest().next().is_some(),
            "required_jobs" => self.newest().any(|run| {
                let (id, _) = which_run(run);
                let sha = text(run, "/workflow_run/head_sha");
                self.of("workflow_job").any(|job| {
                    is_our_green_job(job)
                        && number(job, "/workflow_job/run_id") == id
                        && text(job, "/workflow_job/head_sha") == sha
                })
            }),
            "deployment_status" => {
                let mut told = self.of("deployment_status");
                self.newest().next().is_some() && told.any(is_our_good_deployment)
            }
            _ => false,
        }
    }

    fn unearned<'f>(&self, facts: &'f [Fact]) -> Vec<&'f Fact> {
        let passed = facts.iter().filter(|it| it.status() == Status::Passed);
        passed
            .filter(|it| !self.may_pass(it.name().as_str()))
            .collect()
    }
}

fn source() -> &'static Fed {
    static SOURCE: OnceLock<Fed> = OnceLock::new();
    SOURCE.get_or_init(|| {
        let mut scope = scope();
        scope["deployment_environment"] = json!("production");
        Fed::of(scope, REVISION)
    })
}

fn passes(payloads: &[(&'static str, Value)]) -> Vec<String> {
    let kept: Vec<Record> = payloads
        .iter()
        .flat_map(|(event, it)| source().take(event, &it.to_string()).unwrap())
        .collect();
    let facts = source().says(kept);
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    passed.map(|it| it.name().to_string()).collect()
}

#[test]
fn unchanged_webhooks_pass_all_that_they_can() {
    let all = EVENTS.map(|event| (event, payload(event)));
    let mut passed = passes(&all);
    passed.sort();
    let wanted = [
        "deployment_status",
        "required_jobs",
        "rerun_attempts",
        "source_sha",
        "workflow_run_status",
    ];
    assert_eq!(passed, wanted);
    let taken = Taken(all.iter().map(|(event, it)| (*event, it)).collect());
    assert!(wanted.iter().all(|it| taken.may_pass(it)));
}

#[test]
fn a_key_that_stands_twice_is_no_json_of_githubs() {
    let twice = run().to_string().replace(
        r#""conclusion":"success""#,
        r#""conclusion":"failure","conclusion":"success""#,
    );
    let refused = source().take("workflow_run", &twice).err();
    assert_eq!(refused, Some(http::StatusCode::BAD_REQUEST));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(SETS))]

    #[test]
    fn changed_webhooks_pass_nothing_that_they_do_not_say(
        set in prop::collection::vec(webhook(), TOGETHER)
    ) {
        let mut kept = Vec::new();
        let mut taken = Taken(Vec::new());
        for (event, payload) in &set {
            let Ok(records) = source().take(event, &payload.to_string()) else {
                continue;
            };
            let alone = Taken(vec![(*event, payload)]);
            let facts = source().says(records.clone());
            let unearned = alone.unearned(&facts);
            prop_assert!(unearned.is_empty(), "{event} {payload}: {unearned:?}");
            kept.extend(records);
            taken.0.extend(alone.0);
        }
        let facts = source().says(kept);
        let unearned = taken.unearned(&facts);
        prop_assert!(unearned.is_empty(), "{set:?}: {unearned:?}");
        let is_green = status(&facts, "workflow_run_status") == Some(Status::Passed);
        prop_assert!(!is_green || taken.newest().next().is_some());
    }
}

#[test]
fn of_two_ends_at_one_time_the_worse_counts_and_no_other_commit_hides_it() {
    let failed = with(run(), "/workflow_run/conclusion", json!("failure"));
    let elsewhere = with(run(), "/workflow_run/head_sha", json!("0".repeat(40)));
    for order in [[&failed, &run()], [&run(), &failed], [&elsewhere, &failed]] {
        let all = order.map(|it| ("workflow_run", it.clone()));
        assert!(!passes(&all).contains(&"workflow_run_status".to_owned()));
    }
}

proptest! {
    #[test]
    fn arbitrary_bytes_that_are_signed_are_taken_by_no_one(text in ".{0,200}") {
        for event in EVENTS {
            prop_assert!(source().take(event, &text).is_err());
        }
    }
}
