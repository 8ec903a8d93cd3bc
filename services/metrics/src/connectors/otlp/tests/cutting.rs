//! A sender that loses a part of what it sends must not look better for it.

use std::collections::BTreeSet;

use passport_evidence::Status;
use passport_testkit::case::{Case, Outcome, load_folder};
use serde_json::Value;

use super::bench::{self, Bench, BenchKeeper};

/// What came of a case: which facts passed, and whether the sender was told that something is
/// wrong.
struct Seen {
    passed: BTreeSet<String>,
    told: bool,
}

async fn play(case: &Case, bodies: &[Value]) -> Seen {
    let env = case.env.iter();
    let secrets = env.map(|(name, value)| (name.as_str(), value.as_str()));
    let bench = Bench::with(&case.source, secrets, BenchKeeper::default());
    let mut told = false;
    for (delivery, body) in case.deliveries.iter().zip(bodies) {
        let headers = delivery.headers.iter();
        let headers: Vec<_> = headers
            .map(|(name, it)| (name.as_str(), it.as_str()))
            .collect();
        let received_at = delivery.received_at.unwrap_or(case.now);
        let (_, reply) = bench
            .deliver(bench::headers(&headers), body.to_string(), received_at)
            .await;
        told |= reply.body.as_ref() != b"{}";
    }
    let evidence = bench.collect(case.now).await;
    let passed = evidence
        .facts()
        .iter()
        .filter(|it| it.status() == Status::Passed);
    Seen {
        passed: passed.map(|fact| fact.name().to_string()).collect(),
        told,
    }
}

/// JSON pointers of all object keys in a value.
fn keys(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                let at = format!("{at}/{key}");
                keys(inner, &at, found);
                found.push(at);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                keys(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn without(value: &Value, pointer: &str) -> Value {
    let mut cut = value.clone();
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    cut.pointer_mut(parent)
        .unwrap()
        .as_object_mut()
        .unwrap()
        .remove(key);
    cut
}

/// Where what is wrong is all that one of several senders said. Without its service's or its
/// metric's name it said nothing of ours, and nothing shows that it should have.
const SEVERAL_SENDERS: [&str; 5] = [
    "gauge-nan-in-first-series",
    "gauge-nan-then-another-series",
    "gauge-then-nan-of-another-series",
    "good-delta-then-unusable",
    "unusable-delta-then-good",
];

/// Where what is wrong is a field that the protocol takes for zero when it is not there, or one of two deliveries.
const NOTHING_IS_ZERO: [&str; 5] = [
    "exponential-contradicting",
    "exponential-gap",
    "exponential-scale-out-of-range",
    "exponential-then-explicit",
    "exponential-zero-threshold-negative",
];

/// Whether it is what a summary counts or measured, of which the protocol sends no zero.
fn is_zero_unsent(pointer: &str) -> bool {
    let is_value = pointer.contains("/quantileValues/") && pointer.ends_with("/value");
    pointer.contains("/summary/") && (is_value || pointer.ends_with("/count"))
}

#[tokio::test]
async fn a_field_that_is_lost_unnoticed_never_makes_a_fact_pass() {
    let (mut cut, mut earned_by_loss) = (0, Vec::new());
    for case in load_folder(super::CASES, Some("otlp")).unwrap() {
        let bodies = case.deliveries.iter();
        let bodies = bodies.map(|it| serde_json::from_str(it.body_text.as_deref()?).ok());
        let Some(bodies) = bodies.collect::<Option<Vec<Value>>>() else {
            continue;
        };
        if case.expected.outcome == Outcome::Refused || bodies.is_empty() {
            continue;
        }
        let name = case.name.as_str();
        if SEVERAL_SENDERS.contains(&name) || NOTHING_IS_ZERO.contains(&name) {
            continue;
        }
        let before = play(&case, &bodies).await;
        for (index, body) in bodies.iter().enumerate() {
            let mut pointers = Vec::new();
            keys(body, "", &mut pointers);
            for pointer in pointers.into_iter().filter(|it| !is_zero_unsent(it)) {
                let mut bodies = bodies.clone();
                bodies[index] = without(body, &pointer);
                let after = play(&case, &bodies).await;
                cut += 1;
                let newly: Vec<_> = after.passed.difference(&before.passed).collect();
                let unnoticed = !after.told || before.told;
                if unnoticed && !newly.is_empty() {
                    earned_by_loss.push(format!("{name} {pointer}: {newly:?}"));
                }
            }
        }
    }
    assert_eq!(earned_by_loss, [] as [String; 0]);
    assert!(cut > 500, "{cut}");
}
