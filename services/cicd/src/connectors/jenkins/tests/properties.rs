//! Whatever Jenkins answers, nothing breaks, and nothing passes that it does not say in so many words
//! of this build, commit, stage, file and parameter.

use passport_evidence::Status;
use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::bench::{REPOSITORY, REVISION, facts_of, good};

/// Changed answers.
const ANSWERS: u32 = 20_000;

/// What is read.
const POINTERS: [&str; 31] = [
    "/build",
    "/build/number",
    "/build/building",
    "/build/inProgress",
    "/build/result",
    "/build/timestamp",
    "/build/duration",
    "/build/actions",
    "/build/actions/0",
    "/build/actions/0/lastBuiltRevision",
    "/build/actions/0/lastBuiltRevision/SHA1",
    "/build/actions/0/remoteUrls",
    "/build/actions/0/remoteUrls/0",
    "/build/actions/1",
    "/build/actions/1/parameters",
    "/build/actions/1/parameters/0/name",
    "/build/actions/1/parameters/0/value",
    "/build/actions/2",
    "/build/artifacts",
    "/build/artifacts/0",
    "/build/artifacts/0/fileName",
    "/build/artifacts/0/relativePath",
    "/build/fingerprint",
    "/stages/id",
    "/stages/stages",
    "/stages/stages/0",
    "/stages/stages/0/name",
    "/stages/stages/0/status",
    "/tests/failCount",
    "/tests/passCount",
    "/tests/skipCount",
];

/// Words that mean something somewhere, and some that nearly do.
const WORDS: [&str; 24] = [
    "",
    "SUCCESS",
    "success",
    "SUCCESS ",
    "UNSTABLE",
    "FAILURE",
    "FAILED",
    "ABORTED",
    "NOT_BUILT",
    "NOT_EXECUTED",
    "IN_PROGRESS",
    "PAUSED_PENDING_INPUT",
    "ENV",
    "production",
    "production ",
    "staging",
    "Deploy",
    "checkout-api.jar",
    "142",
    REVISION,
    "4f1c2e9a",
    REPOSITORY,
    "https://git.example.com/acme/checkout-api-tools",
    "git@git.example.com:acme/checkout-api.git",
];

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(&WORDS[..]).prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::from),
        2 => select(vec![
            json!(0), json!(1), json!(-1), json!(1.5), json!(u64::MAX), json!(i64::MAX), json!(142),
        ]),
        1 => select(vec![json!([]), json!({}), json!([null]), json!([[[[]]]])]),
        1 => select(others()),
    ]
}

/// What may stand beside what is there, and tells otherwise.
fn others() -> Vec<Value> {
    vec![
        json!({"lastBuiltRevision": {"SHA1": "0".repeat(40)}, "remoteUrls": [REPOSITORY]}),
        json!({"lastBuiltRevision": {"SHA1": "0".repeat(40)}, "remoteUrls": ["https://x/lib"]}),
        json!({"parameters": [{"name": "ENV", "value": "staging"}]}),
        json!({"fileName": "checkout-api.jar", "relativePath": "old/checkout-api.jar"}),
        json!({"name": "Deploy", "status": "FAILED"}),
        json!({"name": "Deploy", "status": "SUCCESS"}),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let pointer = || select(&POINTERS[..]);
    prop_oneof![
        1 => pointer().prop_map(Change::lost),
        3 => (pointer(), value()).prop_map(Change::set),
        1 => (
            select(&["/build/actions", "/build/artifacts", "/stages/stages"][..]),
            select(others()),
        )
            .prop_map(Change::added),
        1 => (pointer(), pointer()).prop_map(Change::swapped),
    ]
}

// What Jenkins would have to say, read from the answer itself.

fn items<'a>(read: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    let found = read.pointer(pointer).and_then(Value::as_array);
    found.into_iter().flatten()
}

/// The commits of our repository: written in either of its two ways.
fn is_ours(action: &&Value) -> bool {
    let ours = [REPOSITORY, "git@git.example.com:acme/checkout-api.git"];
    items(action, "/remoteUrls").any(|url| url.as_str().is_some_and(|it| ours.contains(&it)))
}

fn is_of_the_commit(read: &Value) -> bool {
    let checked_out = |it: &&Value| {
        it.pointer("/lastBuiltRevision")
            .is_some_and(|it| !it.is_null())
    };
    let mut ours = items(read, "/build/actions")
        .filter(checked_out)
        .filter(is_ours)
        .peekable();
    ours.peek().is_some() && ours.all(|it| it["lastBuiltRevision"]["SHA1"] == REVISION)
}

fn is_running(read: &Value) -> bool {
    read["build"]["building"] != json!(false) || read["build"]["inProgress"] == json!(true)
}

/// Whether a fact may have passed.
fn may_pass(name: &str, read: &Value) -> bool {
    let is_it = is_of_the_commit(read);
    is_it
        && match name {
            "source_sha" => true,
            "build_result" => !is_running(read) && read["build"]["result"] == "SUCCESS",
            "environment_parameter" => {
                let all = items(read, "/build/actions").flat_map(|it| items(it, "/parameters"));
                let mut named = all.filter(|it| it["name"] == "ENV").peekable();
                named.peek().is_some() && named.all(|it| it["value"] == "production")
            }
            "deploy_stage" => {
                let number = read["build"]["number"].to_string();
                let id = &read["stages"]["id"];
                let mut named = items(read, "/stages/stages")
                    .filter(|it| it["name"] == "Deploy")
                    .peekable();
                let is_of_build = id.is_null() || id.as_str() == Some(&number);
                is_of_build && named.peek().is_some() && named.all(|it| it["status"] == "SUCCESS")
            }
            "artifact" => {
                let all = items(read, "/build/artifacts");
                let named: Vec<_> = all
                    .filter(|it| it["fileName"] == "checkout-api.jar")
                    .collect();
                !named.is_empty() && named.windows(2).all(|it| it[0] == it[1])
            }
            "test_report" => {
                let passed = read["tests"]["passCount"].as_u64();
                read["tests"]["failCount"] == 0 && passed > Some(0) && !is_running(read)
            }
            _ => false,
        }
}

fn passed(read: &Value) -> Vec<String> {
    let facts = facts_of(read).unwrap_or_default();
    let passed = facts.iter().filter(|it| it.status() == Status::Passed);
    passed.map(|it| it.name().to_string()).collect()
}

#[test]
fn the_unchanged_answer_passes_all_that_it_can() {
    let mut passed = passed(&good());
    passed.sort();
    let wanted = [
        "artifact",
        "build_result",
        "deploy_stage",
        "environment_parameter",
        "source_sha",
        "test_report",
    ];
    assert_eq!(passed, wanted);
    assert!(wanted.iter().all(|it| may_pass(it, &good())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ANSWERS))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(), 1..5)
    ) {
        let mut read = good();
        for change in &changes {
            change.apply(&mut read);
        }
        let unearned: Vec<_> = passed(&read)
            .into_iter()
            .filter(|it| !may_pass(it, &read))
            .collect();
        prop_assert!(unearned.is_empty(), "{read}: {unearned:?}");
    }
}
