//! Whatever rows a list has, what is counted without a doubt was all said.

use passport_evidence::Reason;
use proptest::prelude::*;
use serde_json::{Value, json, value::RawValue};

use super::bench::{Dice, ORG, PROJECT};
use crate::connectors::snyk::{
    listed::{Listed, Place},
    model::Project,
    severity::Severity,
};

const PLACE: Place<'static> = Place {
    org: ORG,
    project: PROJECT,
};
const ELSEWHERE: &str = "0c0ffee0-0000-4000-8000-0000000000ff";

fn add(listed: &mut Listed, row: &str) {
    let row: Box<RawValue> = serde_json::from_str(row).unwrap();
    listed.add(&row, PLACE);
}

/// A row of which each part is mostly right.
fn row(dice: &mut Dice, id: usize) -> Value {
    let mut mostly = |right: Value, wrong: Value| {
        let odd = dice.pick(&[Value::Null, json!(-1), json!({}), json!(""), wrong]);
        dice.pick(&[vec![right; 19], vec![odd]].concat())
    };
    let state = mostly(json!("open"), json!("resolved"));
    let kind = mostly(json!("package_vulnerability"), json!("secret"));
    let ignored = mostly(json!(false), json!(true));
    let org = mostly(json!(ORG), json!(ELSEWHERE));
    let item = mostly(json!(PROJECT), json!(ELSEWHERE));
    let item_type = mostly(json!("project"), json!("environment"));
    let words = ["critical", "high", "medium", "low", "info", "worse"];
    json!({
        "id": format!("i{id}"), "type": "issue",
        "attributes": {
            "type": kind, "status": state, "ignored": ignored,
            "effective_severity_level": dice.pick(&words),
        },
        "relationships": {
            "organization": {"data": {"id": org}},
            "scan_item": {"data": {"id": item, "type": item_type}},
        },
    })
}

/// Whether a row may be left out of the count of open critical issues without a word.
fn may_be_left_out(row: &Value) -> bool {
    let attributes = &row["attributes"];
    let known = ["high", "medium", "low", "info"];
    let own = &row["relationships"];
    let is_own = own["organization"]["data"]["id"] == ORG
        && own["scan_item"]["data"] == json!({"id": PROJECT, "type": "project"});
    let severity = attributes["effective_severity_level"].as_str();
    let is_lesser = severity.is_some_and(|it| known.contains(&it));
    is_own
        && (is_lesser || attributes["status"] == "resolved" || attributes["ignored"] == json!(true))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn no_critical_issue_is_overlooked(seed in 1_u64.., length in 0_usize..4) {
        let mut dice = Dice(seed);
        let rows: Vec<_> = (0..length).map(|id| row(&mut dice, id)).collect();
        let mut listed = Listed::default();
        rows.iter().for_each(|it| add(&mut listed, &it.to_string()));
        let critical = listed.issues().security.of(Severity::Critical) as usize;
        let must_show = rows.iter().filter(|it| !may_be_left_out(it)).count();
        prop_assert!(critical == must_show || !listed.flaws.is_empty(), "{rows:?} {listed:?}");
        prop_assert!(critical <= must_show, "{rows:?} {listed:?}");
    }
}

#[test]
fn what_is_no_row_at_all_is_told() {
    for odd in [
        json!(null),
        json!([]),
        json!(7),
        json!("x"),
        json!({}),
        json!({"id": "a"}),
    ] {
        let mut listed = Listed::default();
        add(&mut listed, &odd.to_string());
        assert!(listed.flaws.contains(&Reason::UnexpectedShape));
    }
}

#[test]
fn a_row_that_says_something_twice_is_not_read_as_either() {
    let mut listed = Listed::default();
    let row = row_of("critical").to_string();
    let twice = row.replace(
        "\"effective_severity_level\":\"critical\"",
        "\"effective_severity_level\":\"critical\",\"effective_severity_level\":\"info\"",
    );
    assert_ne!(row, twice);
    add(&mut listed, &twice);
    assert!(listed.flaws.contains(&Reason::UnexpectedShape));
}

fn row_of(severity: &str) -> Value {
    json!({
        "id": "i1", "type": "issue",
        "attributes": {
            "type": "package_vulnerability", "status": "open", "ignored": false,
            "effective_severity_level": severity,
        },
        "relationships": {
            "organization": {"data": {"id": ORG}},
            "scan_item": {"data": {"id": PROJECT, "type": "project"}},
        },
    })
}

/// The count of critical issues of a project that is written so.
fn counted(written: &str) -> Option<u64> {
    let project = format!(
        r#"{{"id":"{PROJECT}","meta":{{"latest_issue_counts":{{"critical":{written},"high":0}}}}}}"#
    );
    let project: Project = serde_json::from_str(&project).unwrap();
    project.counts().unwrap().critical
}

#[test]
fn a_count_is_read_to_its_last_digit_or_not_at_all() {
    for count in [0, 7, (1 << 53) + 1, u64::MAX - 1, u64::MAX] {
        assert_eq!(counted(&count.to_string()), Some(count));
    }
    for odd in [
        "18446744073709551616",
        "1e2",
        "3.0",
        "-1",
        "-0.0",
        "1e-9",
        "\"3\"",
        "true",
        "null",
        "[3]",
        "{}",
    ] {
        assert_eq!(counted(odd), None, "{odd}");
    }
}
