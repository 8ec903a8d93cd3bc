//! Whatever is uploaded, nothing breaks, and nothing passes that no output says.

use std::sync::Arc;

use futures::FutureExt as _;
use http::HeaderMap;
use passport_connector_sdk::{Connector, Delivery, Hub, HubOptions, Kept, Record};
use passport_evidence::{Fact, Status};
use passport_testkit::env::Env;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{Dice, build, now, request};

const PROJECTS: [&str; 2] = ["checkout-api", "worker"];

fn source() -> Box<dyn Connector> {
    let source = json!({
        "connector": "snyk", "mode": "ingest", "scope": {"projects": PROJECTS},
        "declared": {"severity_threshold": "low"},
    });
    build(
        &source,
        &Hub::new(HubOptions::default(), Arc::new(Env::default())),
    )
}

/// What a source says of an upload; nothing where it does not take it.
fn judged(source: &dyn Connector, body: String) -> Vec<Fact> {
    let delivery = Delivery {
        headers: HeaderMap::new(),
        body: body.into(),
        received_at: now(),
    };
    let Ok(accepted) = source.accept(&delivery) else {
        return Vec::new();
    };
    let record = |body| Record {
        received_at: now(),
        body,
    };
    let kept = Kept {
        records: accepted.records.into_iter().map(record).collect(),
        first_delivery_at: Some(now()),
        ..Kept::default()
    };
    // Nothing is waited for.
    let collected = source.collect(&request(), &kept).now_or_never();
    collected.unwrap().unwrap().facts
}

fn passed<'a>(facts: &'a [Fact], name: &'a str) -> impl Iterator<Item = &'a Fact> {
    let of_name = facts.iter().filter(move |it| it.name().as_str() == name);
    of_name.filter(|it| it.status() == Status::Passed)
}

fn issue(dice: &mut Dice) -> Value {
    let severity = dice.pick(&["low", "low", "high", "critical", "worse", ""]);
    let id = dice.pick(&["SNYK-1", "SNYK-2"]);
    let mut issue =
        json!({"id": id, "severity": severity, "packageName": "example", "version": "1.0.0"});
    if dice.pick(&[true, false, false]) {
        issue["isIgnored"] = dice.pick(&[
            json!(true),
            json!(true),
            json!(false),
            Value::Null,
            json!("true"),
        ]);
    }
    issue
}

fn list(dice: &mut Dice) -> Value {
    match dice.pick(&[0, 0, 0, 0, 1, 2, 3]) {
        0 => json!([]),
        1 => json!([issue(dice)]),
        2 => json!([issue(dice), issue(dice)]),
        _ => dice.pick(&[Value::Null, json!(""), json!({}), json!([7])]),
    }
}

fn member(dice: &mut Dice, project: &str) -> Value {
    let mut member = json!({"projectName": project, "ok": true, "dependencyCount": 120});
    member["vulnerabilities"] = list(dice);
    for (key, odd) in [
        ("ok", json!(false)),
        ("projectName", json!("tools")),
        ("projectName", Value::Null),
        ("dependencyCount", json!(0)),
        ("dependencyCount", json!(-1)),
        ("error", json!("no")),
        ("path", json!("/builds/worker")),
        ("uniqueCount", json!(3)),
        ("targetFile", json!("a.yaml")),
        ("ok", json!("true")),
    ] {
        if dice.pick(&[true, false, false, false, false, false, false, false]) {
            member[key] = odd;
        }
    }
    if dice.pick(&[true, false, false, false, false]) {
        member["infrastructureAsCodeIssues"] = list(dice);
    }
    if dice.pick(&[true, false, false, false]) {
        let ignored = list(dice);
        let odd = [Value::Null, json!([]), json!({"ignore": null})];
        let said = json!({"ignore": ignored, "patch": []});
        let odd = dice.pick(&odd);
        member["filtered"] = dice.pick(&[said.clone(), said, odd]);
    }
    member
}

/// Of both projects a list; of one the object itself, as Snyk writes it.
fn upload(dice: &mut Dice) -> Value {
    if dice.pick(&[true, false, false, false, false, false]) {
        return member(dice, PROJECTS[0]);
    }
    let mut members = Vec::new();
    for project in PROJECTS {
        if dice.pick(&[true, true, true, true, true, true, false]) {
            let mut one = member(dice, project);
            if dice.pick(&[true, false, false]) {
                let part = member(dice, "part");
                one["applications"] = json!([part]);
            }
            members.push(one);
        }
    }
    Value::Array(members)
}

const LISTS: [&str; 2] = ["vulnerabilities", "infrastructureAsCodeIssues"];

fn issues<'a>(part: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    part[key].as_array().into_iter().flatten()
}

/// Only in a list of infrastructure an issue says that somebody ignored it.
fn is_ignored(issue: &Value, key: &str) -> bool {
    key == LISTS[1] && issue["isIgnored"] == json!(true)
}

fn is_harmless(issue: &Value, key: &str) -> bool {
    is_ignored(issue, key) || matches!(issue["severity"].as_str(), Some("low" | "high"))
}

/// A member and its applications.
fn parts(member: &Value) -> impl Iterator<Item = &Value> {
    issues(member, "applications").chain([member])
}

/// Whether anything of a member was ignored.
fn ignores(member: &Value) -> bool {
    parts(member).any(|part| {
        let in_list = issues(part, LISTS[1]).any(|it| is_ignored(it, LISTS[1]));
        in_list || issues(&part["filtered"], "ignore").next().is_some()
    })
}

/// Whether a member, read by itself, shows a whole test without a critical issue.
fn is_clean(member: &Value) -> bool {
    let all = |key: &str| issues(member, key).all(|it| is_harmless(it, key));
    let reads_a_file = member["infrastructureAsCodeIssues"].is_array();
    let is_covered = match reads_a_file {
        true => member["targetFile"].is_string(),
        false => member["dependencyCount"].as_u64() > Some(0),
    };
    let parts = member["applications"].as_array();
    let is_whole = |part: &Value| {
        let listed =
            part["vulnerabilities"].is_array() || part["infrastructureAsCodeIssues"].is_array();
        part["error"].is_null() && listed
    };
    let lists = LISTS.map(all);
    is_whole(member)
        && is_covered
        && lists == [true, true]
        && parts.is_none_or(|it| {
            it.iter().all(|part| {
                let all = |key: &str| issues(part, key).all(|it| is_harmless(it, key));
                is_whole(part) && LISTS.map(all) == [true, true]
            })
        })
}

/// The same, and nothing at all is listed, and Snyk says that it is well.
fn is_well(member: &Value) -> bool {
    let nothing = |part: &Value| {
        LISTS
            .iter()
            .all(|key| issues(part, key).all(|it| is_ignored(it, key)))
    };
    is_clean(member) && member["ok"] == json!(true) && parts(member).all(nothing)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn nothing_passes_that_no_output_says(seed in 1_u64..) {
        thread_local! { static SOURCE: Box<dyn Connector> = source(); }
        let upload = upload(&mut Dice(seed));
        let facts = SOURCE.with(|it| judged(it.as_ref(), upload.to_string()));
        let members = upload.as_array().map_or(std::slice::from_ref(&upload), Vec::as_slice);
        let critical = passed(&facts, "security_issues").any(|it| it.item() == Some("critical"));
        if critical {
            let covers = |name: &&str| members.iter().any(|it| it["projectName"] == **name);
            prop_assert!(PROJECTS.iter().all(covers), "{upload}");
            prop_assert!(members.iter().all(is_clean), "{upload}");
        }
        if passed(&facts, "ignored_issues").next().is_some() {
            prop_assert!(!members.iter().any(ignores), "{upload}");
        }
        for fact in passed(&facts, "cli_result") {
            let own = |it: &&Value| it["projectName"].as_str() == fact.item();
            let mut own = members.iter().filter(own).peekable();
            prop_assert!(own.peek().is_some() && own.all(is_well), "{upload}");
        }
    }
}

proptest! {
    #[test]
    fn arbitrary_text_passes_nothing(text in ".{0,64}") {
        let facts = judged(source().as_ref(), text);
        prop_assert_eq!(facts.iter().filter(|it| it.status() == Status::Passed).count(), 0);
    }
}

#[test]
fn a_good_output_does_pass() {
    let good = |name| {
        json!({"projectName": name, "ok": true, "dependencyCount": 1,
                             "vulnerabilities": []})
    };
    let facts = judged(source().as_ref(), json!(PROJECTS.map(good)).to_string());
    assert_eq!(passed(&facts, "cli_result").count(), 2);
    assert_eq!(passed(&facts, "security_issues").count(), 2);
}
