//! Changes of good answers.

use passport_testkit::change::Change;
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
        2 => pointer().prop_map(Change::lost),
        5 => (pointer(), value()).prop_map(Change::set),
        1 => (pointer(), pointer()).prop_map(Change::swapped),
        1 => select(vec![
            "/results", "/results/0", "/events", "/MetricDataResults", "/MetricDataResults/0/Timestamps",
            "/MetricDataResults/0/Values", "/MetricAlarms",
        ]).prop_map(Change::first_doubled),
    ]
}
