//! Whatever Jira answers, only what the answers really say passes.

use passport_connector_sdk::subject_text::SubjectText;
use passport_evidence::{Fact, Status};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::{
    bench::{answers, by_field, by_rounds, by_status, found, judged, searching},
    oracle::may_pass,
};
use crate::connectors::jira::wanted::Wanted;

const ANSWERS: u32 = 20_000;
const SEARCHES: u32 = 5_000;

fn sources() -> [(&'static str, Wanted); 3] {
    [
        ("status", by_status()),
        ("field", by_field()),
        ("rounds", by_rounds()),
    ]
}

fn passed(facts: &[Fact]) -> impl Iterator<Item = &Fact> {
    facts.iter().filter(|it| it.status() == Status::Passed)
}

/// Every place in a document.
fn places(json: &Value, at: &str) -> Vec<String> {
    let children: Vec<(String, &Value)> = match json {
        Value::Object(keys) => keys.iter().map(|(key, it)| (key.clone(), it)).collect(),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            items.map(|(at, it)| (at.to_string(), it)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    let below = |(key, child): (String, &Value)| {
        let at = format!("{at}/{key}");
        let mut all = places(child, &at);
        all.push(at);
        all
    };
    children.into_iter().flat_map(below).collect()
}

/// What stands at a place instead; `None`: nothing does any more.
fn replaced(answers: &mut Value, at: &str, by: Option<&Value>) {
    let (parent, key) = at.rsplit_once('/').unwrap();
    match (answers.pointer_mut(parent), by) {
        (Some(Value::Object(keys)), Some(by)) => drop(keys.insert(key.to_owned(), by.clone())),
        (Some(Value::Object(keys)), None) => drop(keys.remove(key)),
        (Some(Value::Array(items)), by) => {
            let at = key.parse().unwrap_or(usize::MAX);
            match by {
                _ if at >= items.len() => {}
                Some(by) => items[at] = by.clone(),
                None => drop(items.remove(at)),
            }
        }
        (_, _) => {}
    }
}

fn values() -> Vec<Option<Value>> {
    let texts = [
        "",
        "10010",
        "10011",
        "10012",
        "3",
        "10101",
        "10000",
        "approved",
        "declined",
        "pending",
        "acc-1",
        "acc-9",
        "PAY",
        "OPS",
        "HR",
        "PAY-1",
        "OPS-1",
        "done",
        "new",
        "is blocked by",
        "relates to",
        "wird blockiert von",
        "2.14.0",
        "2026-05-03T09:00:00.000+0000",
        "2026-05-04",
    ];
    let others = [
        json!(null),
        json!(true),
        json!(0),
        json!(15),
        json!(25),
        json!(-1),
        json!(1e300),
        json!([]),
        json!({}),
        json!(["10010"]),
        json!({"id": "10010"}),
        json!({"id": "10000"}),
        json!({"id": "10001"}),
        json!([{"name": "2.13.0"}]),
        json!([["acc-1", "approved"]]),
    ];
    let texts = texts.into_iter().map(|it| json!(it));
    let values = texts.chain(others).map(Some);
    values.chain([None, None, None]).collect()
}

#[test]
fn a_ticket_of_which_all_is_good_passes_all_that_it_can() {
    let counts = sources().map(|(by, wanted)| {
        let facts = judged(&answers(), &wanted);
        for it in passed(&facts) {
            assert!(may_pass(&answers(), by, it.name().as_str()), "{it:?}");
        }
        passed(&facts).count()
    });
    assert_eq!(counts, [5, 5, 7]);
}

/// Taking any one thing away never lets pass what did not pass before.
#[test]
fn what_is_taken_away_never_makes_a_pass() {
    for (_, wanted) in sources() {
        let before = judged(&answers(), &wanted);
        let before: Vec<_> = passed(&before).map(|it| it.name().clone()).collect();
        for at in places(&answers(), "") {
            for by in [None, Some(Value::Null)] {
                let mut changed = answers();
                replaced(&mut changed, &at, by.as_ref());
                let after = judged(&changed, &wanted);
                for it in passed(&after) {
                    assert!(before.contains(it.name()), "{at}: {it:?}");
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ANSWERS))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec((select(places(&answers(), "")), select(values())), 1..4),
    ) {
        let mut changed = answers();
        for (at, by) in &changes {
            replaced(&mut changed, at, by.as_ref());
        }
        for (by, wanted) in sources() {
            let facts = judged(&changed, &wanted);
            for fact in passed(&facts) {
                let name = fact.name().as_str();
                prop_assert!(may_pass(&changed, by, name), "{by}: {fact:?} passed of {changed}");
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(SEARCHES))]

    #[test]
    fn a_search_passes_nothing_beside_a_row_that_is_not_its_own(
        changes in prop::collection::vec((select(places(&answers(), "")), select(values())), 0..3),
        is_whole in any::<bool>(),
    ) {
        let mut changed = answers();
        for (at, by) in &changes {
            replaced(&mut changed, at, by.as_ref());
        }
        let version = SubjectText::parse("${subject.version}").unwrap();
        let wanted = searching(by_rounds(), Some(version), None);
        let facts = found(&[answers(), changed.clone()], is_whole, &wanted);
        let fields = &changed["ticket"]["fields"];
        let versions = fields["fixVersions"].as_array().into_iter().flatten();
        let names: Vec<_> = versions.map(|it| it["name"].as_str()).collect();
        let is_other = fields["project"]["key"] == "HR"
            || fields["fixVersions"].is_array() && names == [Some("2.13.0")];
        let count = passed(&facts).count();
        prop_assert!(count == 0 || (is_whole && !is_other), "{count} passed of {changed}");
        if changes.is_empty() && is_whole {
            prop_assert_eq!(count, 14);
        }
    }
}
