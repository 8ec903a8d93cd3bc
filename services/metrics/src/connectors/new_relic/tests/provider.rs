//! Good answers, and what their parts may be replaced with.

use serde_json::{Value, json};

/// The moment of every test, in Unix seconds.
pub const NOW: i64 = 1_777_800_600;
/// The account and the entity of every test.
pub const ACCOUNT: u32 = 1_234_567;
pub const GUID: &str = "R1VJRA==";

fn of_nrql(results: &Value, other: &Value) -> Value {
    let window = json!({"begin": (NOW - 300) * 1_000, "end": NOW * 1_000});
    let metadata = json!({"messages": [], "timeWindow": window});
    let nrql = json!({"results": results, "otherResult": other, "metadata": metadata});
    json!({"data": {"actor": {"account": {"nrql": nrql}}}})
}

pub fn one() -> Value {
    of_nrql(
        &json!([{"value": 0.02, "n": 900, "ts": (NOW - 9) * 1_000}]),
        &json!(null),
    )
}

pub fn groups() -> Value {
    let group =
        |value: f64| json!({"facet": "x", "value": value, "n": 900, "ts": (NOW - 9) * 1_000});
    of_nrql(
        &json!([group(0.02), group(0.4)]),
        &json!({"value": null, "n": 0}),
    )
}

pub fn buckets() -> Value {
    let bucket = |ago: i64, value: f64| {
        let end = NOW - ago;
        json!({"beginTimeSeconds": end - 60, "endTimeSeconds": end, "value": value, "n": 900, "ts": end * 1_000})
    };
    of_nrql(
        &json!([bucket(120, 5.0), bucket(60, 0.02), bucket(-30, 9.0)]),
        &json!(null),
    )
}

pub fn entity() -> Value {
    let tags = json!([{"key": "environment", "values": ["production"]}]);
    let entity = json!({
        "guid": GUID, "accountId": ACCOUNT, "reporting": true, "alertSeverity": "NOT_ALERTING", "tags": tags,
    });
    json!({"data": {"actor": {"entity": entity}}})
}

pub fn issues() -> Value {
    let issue = json!({"issueId": "1", "state": "ACTIVATED", "entityGuids": [GUID]});
    let page = json!({"issues": [issue], "nextCursor": null});
    json!({"data": {"actor": {"account": {"aiIssues": {"issues": page}}}}})
}

/// What parts are replaced with.
pub fn values() -> Vec<Value> {
    let words = [
        "",
        "0.02",
        "NOT_ALERTING",
        "NOT_CONFIGURED",
        "WARNING",
        "CRITICAL",
        "CREATED",
        "CLOSED",
        "1",
        "2",
        GUID,
        "production",
        "staging",
        "environment",
        "c1",
    ];
    let row = |value: f64| json!({"value": value, "n": 900, "ts": (NOW - 9) * 1_000});
    let others = [
        json!(null),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!(0),
        json!(1),
        json!(49),
        json!(-1),
        json!(0.5),
        json!(120),
        json!(1e300),
        json!(ACCOUNT),
        json!(7),
        json!(NOW),
        json!(NOW - 60),
        json!(NOW - 4_000),
        json!(NOW + 4_000),
        json!(NOW * 1_000),
        json!((NOW - 300) * 1_000),
        json!((NOW - 4_000) * 1_000),
        json!((NOW + 4_000) * 1_000),
        json!(["x"]),
        json!([GUID]),
        json!({"95": 1}),
        json!([{"message": "x"}]),
        json!([{"extensions": {"errorClass": "INVALID_INPUT"}}]),
        row(0.01),
        row(7.0),
        json!([row(0.01)]),
        json!({"issueId": "2", "state": "CREATED", "entityGuids": [GUID]}),
        json!({"issueId": "1", "state": "CREATED", "entityGuids": [GUID]}),
    ];
    let words = words.into_iter().map(Value::from);
    words.chain(others).collect()
}
