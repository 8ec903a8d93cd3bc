//! A provider's answers, changed at random, and what an observer who only counts makes of them.

use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

pub const NOW: i64 = 1_777_800_600;

/// What is read, and some of what is not.
const POINTERS: [&str; 22] = [
    "/status",
    "/warnings",
    "/data",
    "/data/resultType",
    "/data/result",
    "/data/result/0",
    "/data/result/1",
    "/data/result/0/metric",
    "/data/result/0/metric/service",
    "/data/result/0/value",
    "/data/result/0/value/0",
    "/data/result/0/value/1",
    "/data/result/0/value/2",
    "/data/result/0/stream",
    "/data/result/0/stream/service",
    "/data/result/0/stream/environment",
    "/data/result/0/values",
    "/data/result/0/values/0",
    "/data/result/0/values/1",
    "/data/result/0/values/0/0",
    "/data/result/0/values/0/1",
    "/data/stats",
];

pub fn nanos(ago: i64) -> String {
    format!("{}000000000", NOW - ago)
}

pub fn labels() -> Value {
    json!({"environment": "production", "service": "checkout-api"})
}

pub fn vector() -> Value {
    let series = json!({"metric": {"service": "checkout-api"}, "value": [NOW, "12"]});
    json!({"status": "success", "data": {"resultType": "vector", "result": [series], "stats": {}}})
}

pub fn streams(ago: i64) -> Value {
    let stream = json!({"stream": labels(), "values": [[nanos(ago), "level=info"]]});
    json!({"status": "success", "data": {"resultType": "streams", "result": [stream], "stats": {}}})
}

pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let pointer = || select(POINTERS.as_slice());
    let change = prop_oneof![
        1 => pointer().prop_map(Change::lost),
        3 => (pointer(), value()).prop_map(Change::set),
    ];
    prop::collection::vec(change, 1..4)
}

fn value() -> impl Strategy<Value = Value> {
    let line = |ago: i64| json!([nanos(ago), "x"]);
    let foreign = json!({"environment": "production", "service": "cart"});
    let words = [
        "",
        "success",
        "error",
        "vector",
        "matrix",
        "streams",
        "scalar",
        "NaN",
        "+Inf",
        "-1",
        "0",
        "99",
        "100",
        "1e9",
        "cart",
        "checkout-api",
        "staging",
    ];
    let others = [
        json!(null),
        json!([]),
        json!({}),
        json!(true),
        json!(12),
        json!(-1),
        json!(1e300),
        json!(-1e300),
        json!(NOW),
        json!(NOW - 1_200),
        json!(NOW + 3_600),
        json!([NOW, "7"]),
        json!([NOW, 7]),
        json!([NOW - 1_200, "7"]),
        json!([NOW]),
        json!([[NOW, "7"]]),
        json!(["partial"]),
        line(9),
        line(100_000),
        line(-3_600),
        json!([line(9), line(8), line(7)]),
        json!([line(9)]),
        json!([nanos(9)]),
        json!([nanos(9), "x", {}]),
        json!([nanos(9), "x", {}, 1]),
        json!(nanos(9)),
        json!(nanos(1_200)),
        json!(nanos(-3_600)),
        json!("99999999999999999999"),
        labels(),
        foreign.clone(),
        json!({"stream": foreign, "values": [line(5)]}),
        json!({"stream": labels(), "values": [line(5)]}),
        json!({"metric": {}, "value": [NOW, "7"]}),
    ];
    let words = words.into_iter().map(Value::from);
    select(words.chain(others).collect::<Vec<_>>())
}

/// The result of an answer that is whole, of a kind, and without warnings.
fn result(body: &Value, kind: &str, warned: bool) -> Option<Vec<Value>> {
    let quiet = matches!(&body["warnings"], Value::Null)
        || body["warnings"].as_array().is_some_and(Vec::is_empty);
    let whole = body["status"] == "success" && body["data"]["resultType"] == kind;
    if !whole || !(quiet || warned) {
        return None;
    }
    match body["data"].get("result")? {
        Value::Null => Some(Vec::new()),
        Value::Array(all) => Some(all.clone()),
        Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
    }
}

/// The times of all lines in Unix seconds, if all of them are of the scope.
pub fn lines(body: &Value, warned: bool) -> Option<Vec<i64>> {
    let mut times = Vec::new();
    for stream in result(body, "streams", warned)? {
        let own = labels();
        let mut wanted = own.as_object()?.iter();
        if !wanted.all(|(name, value)| stream["stream"].get(name) == Some(value)) {
            return None;
        }
        for line in stream["values"].as_array()? {
            line.get(1)?.as_str()?;
            times.push(line[0].as_str()?.parse::<i64>().ok()? / 1_000_000_000);
        }
    }
    Some(times)
}

/// The number that an answer gives: of no series zero.
pub fn number(body: &Value) -> Option<f64> {
    match result(body, "vector", false)?.as_slice() {
        [] => Some(0.0),
        [only] => {
            let shown = only["metric"].as_object()?.get("service");
            let own = shown.is_none_or(|service| service == "checkout-api");
            let now = only["value"][0].as_f64()? > NOW as f64 - 300.0;
            let text = only["value"].get(1)?.as_str()?;
            text.parse().ok().filter(|_| own && now)
        }
        [..] => None,
    }
}
