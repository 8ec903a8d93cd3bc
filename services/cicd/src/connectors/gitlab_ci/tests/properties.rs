//! Whatever is lost or changed of a good answer, nothing breaks, and nothing passes that GitLab does
//! not say in so many words of this commit.

use passport_evidence::{Fact, Status};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::bench::{REVISION, answers, judged};

const ANSWERS: u32 = 20_000;

/// What is read, and some of what is not.
const POINTERS: [&str; 52] = [
    "/pipeline",
    "/pipeline/id",
    "/pipeline/project_id",
    "/pipeline/sha",
    "/pipeline/ref",
    "/pipeline/status",
    "/pipeline/source",
    "/pipeline/updated_at",
    "/pipeline/finished_at",
    "/pipeline/coverage",
    "/pipeline/detailed_status",
    "/pipeline/detailed_status/group",
    "/jobs",
    "/jobs/0",
    "/jobs/0/id",
    "/jobs/0/name",
    "/jobs/0/status",
    "/jobs/0/allow_failure",
    "/jobs/0/pipeline",
    "/jobs/0/pipeline/id",
    "/jobs/0/pipeline/sha",
    "/jobs/0/pipeline/project_id",
    "/jobs/0/finished_at",
    "/jobs/0/artifacts",
    "/jobs/0/artifacts/0",
    "/jobs/0/artifacts/0/file_type",
    "/jobs/0/artifacts/0/size",
    "/jobs/0/artifacts_expire_at",
    "/jobs/1/id",
    "/jobs/1/name",
    "/jobs/1/status",
    "/jobs/1/allow_failure",
    "/jobs/2/id",
    "/jobs/2/name",
    "/jobs/2/status",
    "/bridges",
    "/bridges/0/id",
    "/bridges/0/status",
    "/bridges/0/allow_failure",
    "/bridges/0/downstream_pipeline",
    "/bridges/0/downstream_pipeline/id",
    "/bridges/0/downstream_pipeline/status",
    "/below",
    "/deployment/status",
    "/deployment/environment",
    "/tests",
    "/tests/total/count",
    "/tests/total/failed",
    "/tests/total/error",
    "/tests/total/suite_error",
    "/tests/test_suites/0/failed_count",
    "/tests/test_suites/0/suite_error",
];

/// Words that mean something somewhere, and some that nearly do.
const WORDS: [&str; 32] = [
    "",
    "success",
    "SUCCESS",
    "success ",
    "success-with-warnings",
    "success_with_warnings",
    "failed",
    "canceled",
    "cancelled",
    "skipped",
    "manual",
    "scheduled",
    "created",
    "pending",
    "running",
    "preparing",
    "waiting_for_resource",
    "waiting_for_callback",
    "canceling",
    "blocked",
    "hibernating",
    "build",
    "deploy",
    "lint",
    "79.9",
    "80",
    "NaN",
    "101",
    REVISION,
    "2026-05-03T09:20:00Z",
    "archive",
    "junit",
];

/// One change of an answer.
#[derive(Debug, Clone)]
enum Change {
    Delete(&'static str),
    Replace(&'static str, Value),
    Repeat(&'static str),
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        5 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        1 => Just(json!("0".repeat(40))),
        2 => select(vec![json!(0), json!(-1), json!(1.5), json!(u64::MAX), json!(7001), json!(1e300)]),
        1 => (1_u64..4).prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => select(vec![json!([]), json!({}), json!([[]]), answers()]),
        1 => ".{0,12}".prop_map(Value::from),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let pointer = || select(&POINTERS[..]);
    prop_oneof![
        2 => pointer().prop_map(Change::Delete),
        5 => (pointer(), value()).prop_map(|(at, value)| Change::Replace(at, value)),
        1 => select(vec!["/jobs", "/bridges", "/tests/test_suites"]).prop_map(Change::Repeat),
    ]
}

fn apply(answers: &mut Value, change: &Change) {
    match change {
        Change::Delete(at) => {
            let (parent, key) = at.rsplit_once('/').unwrap();
            match answers.pointer_mut(parent) {
                Some(Value::Object(parent)) => drop(parent.remove(key)),
                Some(Value::Array(parent)) if !parent.is_empty() => drop(parent.remove(0)),
                _ => {}
            }
        }
        Change::Replace(at, value) => {
            if let Some(found) = answers.pointer_mut(at) {
                *found = value.clone();
            }
        }
        Change::Repeat(at) => {
            if let Some(Value::Array(found)) = answers.pointer_mut(at) {
                found.extend(found.first().cloned());
            }
        }
    }
}

// What GitLab would have to say, read from the answers themselves.

fn text<'a>(answers: &'a Value, pointer: &str) -> &'a str {
    let found = answers.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_default()
}

fn all<'a>(answers: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    let found = answers.pointer(pointer).and_then(Value::as_array);
    found.into_iter().flatten()
}

fn is_zero(answers: &Value, pointer: &str) -> bool {
    answers.pointer(pointer).and_then(Value::as_u64) == Some(0)
}

fn is_our_commit(answers: &Value) -> bool {
    text(answers, "/pipeline/sha").eq_ignore_ascii_case(REVISION)
}

fn is_green(job: &Value) -> bool {
    text(job, "/status") == "success"
}

/// Of all jobs of a name, the one with the highest id is green and of the pipeline.
fn newest_is_green(answers: &Value, name: &str) -> bool {
    let named = all(answers, "/jobs").filter(|it| text(it, "/name") == name);
    let newest = named.max_by_key(|it| it["id"].as_u64());
    newest.is_some_and(|it| is_green(it) && it["pipeline"]["id"] == answers["pipeline"]["id"])
}

/// Of all jobs of a name, the one with the highest id left an archive that is not gone by now.
fn newest_left_an_archive(answers: &Value, name: &str) -> bool {
    let named = all(answers, "/jobs").filter(|it| text(it, "/name") == name);
    let newest = named.max_by_key(|it| it["id"].as_u64());
    newest.is_some_and(|it| {
        let is_gone = it["artifacts_expire_at"].as_str() == Some("2026-05-03T09:20:00Z");
        let mut archives = all(it, "/artifacts").filter(|it| it["file_type"] == "archive");
        archives.any(|it| it["size"] != 0) && !is_gone
    })
}

/// Whether a fact may have passed.
fn may_pass(answers: &Value, name: &str) -> bool {
    let earned = match name {
        "pipeline_status" => {
            text(answers, "/pipeline/status") == "success"
                && text(answers, "/pipeline/detailed_status/group") == "success"
        }
        "source_sha" => true,
        "required_jobs" => ["build", "deploy"]
            .into_iter()
            .all(|it| newest_is_green(answers, it)),
        "job_artifact" => newest_left_an_archive(answers, "build"),
        "downstream_pipelines" => {
            let are_green = |at: &str| {
                // An older one of a name was retried.
                let is_newest = |it: &&Value| {
                    let mut named = all(answers, at).filter(|other| other["name"] == it["name"]);
                    named.all(|other| other["id"].as_u64() <= it["id"].as_u64())
                };
                all(answers, at)
                    .filter(is_newest)
                    .all(|it| is_green(it) && text(it, "/downstream_pipeline/status") == "success")
            };
            all(answers, "/bridges").count() > 0 && are_green("/bridges") && are_green("/below")
        }
        "deployment_status" => text(answers, "/deployment/status") == "success",
        "test_report" => {
            let is_clean = |it: &Value| {
                is_zero(it, "/failed_count")
                    && is_zero(it, "/error_count")
                    && it.get("suite_error").is_none_or(Value::is_null)
            };
            let total = &answers["tests"]["total"];
            total["count"].as_u64() > Some(0)
                && is_zero(total, "/failed")
                && is_zero(total, "/error")
                && total.get("suite_error").is_none_or(Value::is_null)
                && all(answers, "/tests/test_suites").all(is_clean)
        }
        "coverage" => {
            let told = answers.pointer("/pipeline/coverage");
            let told = told.and_then(|it| it.as_f64().or_else(|| it.as_str()?.parse().ok()));
            told.is_some_and(|it| (80.0..=100.0).contains(&it))
        }
        _ => false,
    };
    earned && is_our_commit(answers)
}

fn passed(facts: &[Fact]) -> impl Iterator<Item = &str> {
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    passed.map(|it| it.name().as_str())
}

#[test]
fn unchanged_answers_pass_all_that_they_can() {
    let facts = judged(&answers());
    let mut all: Vec<_> = passed(&facts).collect();
    all.sort_unstable();
    let wanted = [
        "coverage",
        "deployment_status",
        "downstream_pipelines",
        "job_artifact",
        "pipeline_status",
        "required_jobs",
        "source_sha",
        "test_report",
    ];
    assert_eq!(all, wanted);
    assert!(wanted.iter().all(|it| may_pass(&answers(), it)));
}

#[test]
fn what_goes_on_passes_nothing_that_may_still_change() {
    let mut going_on = answers();
    going_on["pipeline"]["status"] = json!("running");
    going_on["pipeline"]["detailed_status"]["group"] = json!("running");
    let facts = judged(&going_on);
    for name in ["pipeline_status", "test_report", "coverage"] {
        assert!(passed(&facts).all(|it| it != name), "{name}");
    }
}

#[test]
fn a_long_name_and_many_jobs_are_bounded() {
    let mut many = answers();
    let jobs = (0..500_u64).map(|at| {
        let mut job = answers()["jobs"][0].clone();
        job["id"] = json!(at);
        job["name"] = json!(format!("{at}-{}", "x".repeat(5_000)));
        job["status"] = json!("failed");
        job
    });
    many["jobs"] = jobs.collect();
    let facts = judged(&many);
    let shown = facts.iter().filter(|it| it.name().as_str() == "job_status");
    assert_eq!(shown.count(), 50);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ANSWERS))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(), 1..4)
    ) {
        let mut answers = answers();
        for change in &changes {
            apply(&mut answers, change);
        }
        let facts = judged(&answers);
        for name in passed(&facts) {
            prop_assert!(may_pass(&answers, name), "{name} passed of {answers}");
        }
    }
}
