//! Good answers, and what their parts may be replaced with.

use serde_json::{Value, json};

/// The moment of every test, in Unix seconds.
pub const NOW: i64 = 1_777_800_600;

const SCOPE: &str = "env:production,service:checkout-api";

/// The newest whole bucket of one series.
pub fn series(number: Value) -> Value {
    let points = json!([[(NOW - 120) * 1_000, 0.5], [(NOW - 60) * 1_000, number]]);
    let series = json!({"scope": SCOPE, "interval": 60, "unit": null, "pointlist": points});
    json!({"status": "ok", "message": "", "series": [series]})
}

pub fn scalar() -> Value {
    let column = json!({"name": "a", "type": "number", "values": [0.002], "meta": {"unit": null}});
    json!({"data": {"type": "scalar_response", "attributes": {"columns": [column]}}})
}

pub fn monitor() -> Value {
    let groups =
        json!({"service:checkout-api": {"status": "OK"}, "service:cart": {"status": "Alert"}});
    json!({
        "id": 7, "multi": true, "overall_state": "Alert", "state": {"groups": groups}, "deleted": null,
        "options": {"silenced": {}}, "matching_downtimes": [], "draft_status": "published", "tags": [],
    })
}

pub fn slo() -> Value {
    let overall = json!({"sli_value": 99.95, "errors": [], "preview": false});
    let values = json!({"count": 2, "sum": 2, "values": [1, 1]});
    let series = json!({
        "times": [(NOW - 7_200) * 1_000, (NOW - 3_600) * 1_000], "interval": 3_600, "message": "",
        "numerator": values, "denominator": values,
    });
    json!({"data": {"overall": overall, "series": series}, "errors": null})
}

pub fn count() -> Value {
    let buckets = json!([{"by": {}, "computes": {"c0": 3}}]);
    json!({"meta": {"status": "done"}, "data": {"buckets": buckets}})
}

pub fn line() -> Value {
    let attributes = json!({
        "timestamp": "2026-05-03T09:29:52.000Z", "service": "checkout-api", "tags": ["env:production"],
    });
    json!({"data": [{"id": "x", "attributes": attributes}], "meta": {"status": "done"}})
}

/// What parts are replaced with.
pub fn values() -> Vec<Value> {
    let words = [
        "",
        "ok",
        "error",
        "success",
        "OK",
        "Alert",
        "Warn",
        "No Data",
        "draft",
        "done",
        "timeout",
        "number",
        "group",
        "env:production",
        "env:staging",
        "service:cart",
        SCOPE,
        "0.002",
        "2026-05-03T09:29:52",
        "2026-05-03T09:10:00Z",
        "2026-05-04T09:10:00Z",
        "2026-05-03T09:29:00+00:00",
    ];
    let others = [
        json!(null),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!(0),
        json!(7),
        json!(-1),
        json!(60),
        json!(1e-9),
        json!(0.5),
        json!(1e300),
        json!(99.9),
        json!(99.5),
        json!(101),
        json!(NOW * 1_000),
        json!((NOW - 60) * 1_000),
        json!((NOW - 6_000) * 1_000),
        json!((NOW + 6_000) * 1_000),
        json!([[(NOW - 60) * 1_000, 0.001]]),
        json!([[(NOW - 60) * 1_000, null]]),
        json!([(NOW - 60) * 1_000, 0.003]),
        json!([0.001]),
        json!(["x"]),
        json!({"x": null}),
        json!({"c0": 1}),
        json!([{"computes": {"c0": 1}}]),
        json!({"status": "OK"}),
        json!([{"family": "time", "name": "second", "scale_factor": 1}, null]),
        json!([{"family": "percentage", "name": "percent", "scale_factor": 1}, null]),
    ];
    let words = words.into_iter().map(Value::from);
    words.chain(others).collect()
}
