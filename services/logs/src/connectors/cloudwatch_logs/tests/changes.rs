//! Changes of good answers.

use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::oracle::NOW;

/// What is read, and some of what is not.
const POINTERS: [&str; 44] = [
    "/status",
    "/results",
    "/results/0",
    "/results/0/0",
    "/results/0/0/field",
    "/results/0/0/value",
    "/results/0/1",
    "/results/0/1/field",
    "/results/0/1/value",
    "/statistics",
    "/statistics/recordsMatched",
    "/events",
    "/events/0",
    "/events/0/eventId",
    "/events/0/timestamp",
    "/events/1",
    "/events/1/eventId",
    "/MetricDataResults",
    "/MetricDataResults/0",
    "/MetricDataResults/0/Id",
    "/MetricDataResults/0/StatusCode",
    "/MetricDataResults/0/Timestamps",
    "/MetricDataResults/0/Timestamps/0",
    "/MetricDataResults/0/Timestamps/1",
    "/MetricDataResults/0/Timestamps/2",
    "/MetricDataResults/0/Values",
    "/MetricDataResults/0/Values/0",
    "/MetricDataResults/0/Values/1",
    "/MetricDataResults/0/Values/2",
    "/MetricDataResults/0/Messages",
    "/Messages",
    "/NextToken",
    "/MetricAlarms",
    "/MetricAlarms/0",
    "/MetricAlarms/0/AlarmName",
    "/MetricAlarms/0/StateValue",
    "/MetricAlarms/0/TreatMissingData",
    "/MetricAlarms/0/EvaluationState",
    "/MetricAlarms/0/ActionsEnabled",
    "/CompositeAlarms",
    "/CompositeAlarms/0",
    "/CompositeAlarms/0/AlarmName",
    "/CompositeAlarms/0/StateValue",
    "/queryId",
];

const WORDS: [&str; 40] = [
    "",
    "n",
    "newest",
    "Complete",
    "complete",
    "Running",
    "Scheduled",
    "Failed",
    "Timeout",
    "PartialData",
    "InternalError",
    "Forbidden",
    "m1",
    "m2",
    "OK",
    "ALARM",
    "INSUFFICIENT_DATA",
    "missing",
    "breaching",
    "notBreaching",
    "ignore",
    "PARTIAL_DATA",
    "checkout-api-5xx",
    "cart-api-5xx",
    "0",
    "1",
    "99",
    "100",
    "-1",
    "1e3",
    "NaN",
    "Infinity",
    "99999999999999999999",
    "1777800290000",
    "1777799699999",
    "1777800301000",
    "1777800900000",
    "1777700000000",
    "e-1",
    "e-2",
];

/// One change.
#[derive(Debug, Clone)]
pub enum Change {
    Delete(&'static str),
    Put(&'static str, Value),
    Swap(&'static str, &'static str),
    Double(&'static str),
}

fn value() -> impl Strategy<Value = Value> {
    let row = json!([{"field": "n", "value": "7"}, {"field": "newest", "value": "1777800290000"}]);
    prop_oneof![
        6 => select(&WORDS[..]).prop_map(Value::from),
        2 => Just(Value::Null),
        3 => select(vec![
            json!(0), json!(1), json!(4.5), json!(5), json!(99), json!(100), json!(-1), json!(1e300),
            json!(NOW), json!(NOW - 120), json!(NOW - 119), json!(NOW - 180), json!(NOW - 900),
            json!(NOW - 901), json!(NOW + 60), json!((NOW - 500) * 1_000), json!(NOW * 1_000), json!(true),
        ]),
        2 => select(vec![
            json!([]), json!({}), json!([[]]), row.clone(), json!([row]), json!(["n", "7"]),
            json!({"field": "n", "value": "7"}), json!([NOW - 120]), json!([1.0]), json!([1.0, 2.0, 9.0]),
            json!({"eventId": "e-9", "timestamp": (NOW - 500) * 1_000}),
            json!({"AlarmName": "checkout-api-5xx", "StateValue": "OK"}),
            json!({"Id": "m1", "StatusCode": "Complete", "Timestamps": [], "Values": []}),
        ]),
        1 => ".{0,12}".prop_map(Value::from),
    ]
}

/// Any change.
pub fn change() -> impl Strategy<Value = Change> {
    let pointer = || select(&POINTERS[..]);
    prop_oneof![
        2 => pointer().prop_map(Change::Delete),
        5 => (pointer(), value()).prop_map(|(at, value)| Change::Put(at, value)),
        1 => (pointer(), pointer()).prop_map(|(one, other)| Change::Swap(one, other)),
        1 => select(vec![
            "/results", "/results/0", "/events", "/MetricDataResults", "/MetricDataResults/0/Timestamps",
            "/MetricDataResults/0/Values", "/MetricAlarms",
        ]).prop_map(Change::Double),
    ]
}

fn put(body: &mut Value, at: &str, value: Value) {
    let (parent, key) = at.rsplit_once('/').unwrap();
    match body.pointer_mut(parent) {
        Some(Value::Object(keys)) => drop(keys.insert(key.to_owned(), value)),
        Some(Value::Array(items)) => match key.parse::<usize>() {
            Ok(index) if index < items.len() => items[index] = value,
            Ok(_) | Err(_) => items.push(value),
        },
        _ => {}
    }
}

fn delete(body: &mut Value, at: &str) {
    let (parent, key) = at.rsplit_once('/').unwrap();
    match body.pointer_mut(parent) {
        Some(Value::Object(keys)) => drop(keys.remove(key)),
        Some(Value::Array(items)) => {
            let index = key.parse().unwrap_or(usize::MAX);
            if index < items.len() {
                items.remove(index);
            }
        }
        _ => {}
    }
}

/// An answer after these changes.
pub fn changed(mut body: Value, changes: &[Change]) -> Value {
    for change in changes {
        match change {
            Change::Put(at, value) => put(&mut body, at, value.clone()),
            Change::Delete(at) => delete(&mut body, at),
            Change::Double(at) => {
                let items = body.pointer_mut(at).and_then(Value::as_array_mut);
                if let Some(items) = items
                    && let Some(first) = items.first().cloned()
                {
                    items.push(first);
                }
            }
            Change::Swap(one, other) => {
                let found = [one, other].map(|it| body.pointer(it).cloned());
                if let [Some(first), Some(second)] = found {
                    put(&mut body, one, second);
                    put(&mut body, other, first);
                }
            }
        }
    }
    body
}
