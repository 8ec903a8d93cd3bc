//! A report that loses a part must not look better for it.

use passport_connector_sdk::server::Delivered;
use passport_testkit::{
    case::{Case, Delivery, load_folder},
    conformance::conforms,
};
use serde_json::Value;

use super::{
    CASES,
    bench::{registry, source, trial, upload},
};

/// Cases in which something passes and nothing fails: less of a finding that fails is better.
const PASSING: [&str; 5] = [
    "clean-v2",
    "os-not-detected",
    "results-missing",
    "sarif-medium-only",
    "uploaded-twice",
];

#[tokio::test]
async fn no_part_that_is_lost_or_doubled_makes_a_fact_pass() {
    for case in PASSING {
        let held = conforms(format!("{CASES}/{case}.case.json"), &registry()).await;
        let breaches = held.err().map(|it| it.to_string()).unwrap_or_default();
        // A scan of less covers less, says so, and passes all the same.
        let narrower = "scan_coverage passes with os-pkgs";
        let breaches: Vec<_> = breaches
            .lines()
            .filter(|it| !it.ends_with(narrower))
            .collect();
        assert_eq!(breaches, Vec::<&str>::new(), "{case}");
    }
}

#[tokio::test]
async fn a_report_with_any_key_twice_is_refused() {
    let mut refused = 0;
    for case in load_folder(CASES, Some("trivy")).unwrap() {
        for report in reports(&case) {
            for place in 0..count_keys(&report) {
                let mut left = place;
                let doubled = doubled(&report, &mut left);
                let trial = trial(source(Value::Object(Default::default())));
                let delivered = trial.deliver(&upload(doubled, None, -60)).await;
                assert!(
                    matches!(delivered, Delivered::Rejected(_)),
                    "{} {place}",
                    case.name
                );
                refused += 1;
            }
        }
    }
    assert!(refused > 200, "{refused}");
}

fn reports(case: &Case) -> impl Iterator<Item = Value> {
    let read = |it: &Delivery| serde_json::from_str(it.body_text.as_deref()?).ok();
    case.deliveries.iter().filter_map(read)
}

fn count_keys(json: &Value) -> usize {
    match json {
        Value::Object(keys) => keys.len() + keys.values().map(count_keys).sum::<usize>(),
        Value::Array(items) => items.iter().map(count_keys).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => 0,
    }
}

/// The JSON text, with the key that comes after so many others written twice.
fn doubled(json: &Value, left: &mut usize) -> String {
    let joined = |parts: Vec<String>| parts.join(",");
    match json {
        Value::Object(keys) => {
            let mut parts = Vec::new();
            for (key, value) in keys {
                let times = if *left == 0 { 2 } else { 1 };
                *left = left.wrapping_sub(1);
                let entry = format!("{}:{}", Value::from(key.as_str()), doubled(value, left));
                parts.extend(std::iter::repeat_n(entry, times));
            }
            format!("{{{}}}", joined(parts))
        }
        Value::Array(items) => {
            let items = items.iter().map(|it| doubled(it, left));
            format!("[{}]", joined(items.collect()))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => json.to_string(),
    }
}
