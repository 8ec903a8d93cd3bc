//! What CloudWatch would have to say for a fact to pass, read from the answers themselves.

use serde_json::{Value, json};

/// The moment of asking.
pub const NOW: i64 = 1_777_800_600;
/// How long the window of lines is, and how long ago it ended, in seconds.
pub const WINDOW: i64 = 600;
pub const SETTLE: i64 = 300;
/// The same of the metric, and its period.
pub const METRIC_WINDOW: i64 = 900;
pub const METRIC_SETTLE: i64 = 60;
pub const PERIOD: i64 = 60;
/// How long evidence lasts.
pub const MAX_AGE: i64 = 900;

/// A count of lines, or the newest line of the scope.
pub fn rows(count: u32) -> Value {
    json!({
        "status": "Complete", "statistics": {"recordsMatched": f64::from(count)},
        "results": [[
            {"field": "n", "value": count.to_string()}, {"field": "newest", "value": "1777800290000"},
        ]],
    })
}

/// Lines that fit a pattern.
pub fn events() -> Value {
    let event = |id: &str| json!({"eventId": id, "timestamp": (NOW - 500) * 1_000, "message": "x"});
    json!({"events": [event("e-1"), event("e-2")]})
}

/// Points of a metric.
pub fn points() -> Value {
    let times = [120, 180, 240].map(|ago| NOW - ago);
    let result = json!({
        "Id": "m1", "StatusCode": "Complete", "Timestamps": times, "Values": [2.0, 9.0, 1.0],
    });
    json!({"MetricDataResults": [result], "Messages": []})
}

/// An alarm that is well.
pub fn alarm() -> Value {
    let alarm = json!({
        "AlarmName": "checkout-api-5xx", "StateValue": "OK", "TreatMissingData": "missing",
        "ActionsEnabled": true,
    });
    json!({"MetricAlarms": [alarm], "CompositeAlarms": []})
}

fn list<'a>(of: &'a Value, key: &str) -> Option<&'a Vec<Value>> {
    of.get(key)?.as_array()
}

fn is_absent(of: &Value, key: &str) -> bool {
    of.get(key).is_none_or(Value::is_null)
}

fn cell<'a>(row: &'a Value, name: &str) -> Option<&'a str> {
    let cells = row.as_array()?.iter();
    let named: Vec<_> = cells.filter(|it| it["field"] == name).collect();
    match named.as_slice() {
        [one] => one["value"].as_str(),
        _ => None,
    }
}

/// The number of lines: without a row none.
pub fn counted(body: &Value) -> Option<f64> {
    let rows = list(body, "results").filter(|_| body["status"] == "Complete")?;
    match rows.as_slice() {
        [] => Some(0.0),
        [row] => cell(row, "n")?.parse().ok(),
        _ => None,
    }
}

/// Whether a line of the scope, in the window, shows that lines arrive.
pub fn is_alive(body: &Value) -> bool {
    let newest = list(body, "results").and_then(|rows| match rows.as_slice() {
        [row] => cell(row, "newest")?.parse::<i64>().ok(),
        _ => None,
    });
    let (start, end) = (NOW - SETTLE - WINDOW, NOW - SETTLE);
    counted(body).is_some_and(|it| it != 0.0)
        && newest.is_some_and(|it| {
            (start * 1_000..(end + 1) * 1_000).contains(&it) && it >= (NOW - MAX_AGE) * 1_000
        })
}

/// How many lines fit a pattern.
pub fn fitting(body: &Value) -> Option<usize> {
    let mut ids = std::collections::BTreeSet::new();
    for event in list(body, "events")? {
        let at = event.get("timestamp")?.as_i64()?;
        let (start, end) = (NOW - SETTLE - WINDOW, NOW - SETTLE);
        if !(start * 1_000..(end + 1) * 1_000).contains(&at) {
            return None;
        }
        ids.insert(event.get("eventId")?.as_str()?.to_owned());
    }
    Some(ids.len())
}

/// The value of the newest settled period, of an answer that is whole.
pub fn newest(body: &Value) -> Option<f64> {
    let quiet =
        |of: &Value| is_absent(of, "Messages") || list(of, "Messages").is_some_and(Vec::is_empty);
    let [result] = list(body, "MetricDataResults")?.as_slice() else {
        return None;
    };
    let (times, values) = (list(result, "Timestamps")?, list(result, "Values")?);
    let is_whole = result["Id"] == "m1"
        && result["StatusCode"] == "Complete"
        && quiet(body)
        && quiet(result)
        && times.len() == values.len();
    let times: Vec<f64> = times.iter().map(Value::as_f64).collect::<Option<_>>()?;
    let values: Vec<f64> = values.iter().map(Value::as_f64).collect::<Option<_>>()?;
    let asked = (NOW - METRIC_WINDOW) as f64..(NOW + 1) as f64;
    if !is_whole || !times.iter().all(|it| asked.contains(it)) {
        return None;
    }
    let last = (NOW - METRIC_SETTLE - PERIOD) as f64;
    let settled = times.iter().zip(&values).filter(|(at, _)| **at <= last);
    let newest = settled.clone().map(|(at, _)| *at).fold(f64::MIN, f64::max);
    let mut of_newest = settled.filter(|(at, _)| **at == newest);
    let (_, value) = of_newest.next()?;
    of_newest.next().is_none().then_some(*value)
}

/// Whether the one alarm is well and does not hide that data are missing.
pub fn is_well(body: &Value) -> bool {
    let none = Vec::new();
    let of = |key: &str| list(body, key).unwrap_or(&none).clone();
    let all = [of("MetricAlarms"), of("CompositeAlarms")].concat();
    match all.as_slice() {
        [one] => {
            let treats = one.get("TreatMissingData").cloned().unwrap_or_default();
            one["AlarmName"] == "checkout-api-5xx"
                && one["StateValue"] == "OK"
                && [json!(null), json!("missing"), json!("breaching")].contains(&treats)
                && is_absent(one, "EvaluationState")
        }
        _ => false,
    }
}
