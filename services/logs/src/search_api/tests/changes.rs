//! A server's answers, changed at random.

use passport_testkit::change::Change;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::bench::NOW;

/// What is read, and some of what is not.
const POINTERS: [&str; 28] = [
    "/took",
    "/timed_out",
    "/terminated_early",
    "/_shards",
    "/_shards/total",
    "/_shards/successful",
    "/_shards/skipped",
    "/_shards/failed",
    "/_clusters",
    "/_clusters/skipped",
    "/_clusters/successful",
    "/_clusters/total",
    "/hits",
    "/hits/total",
    "/hits/total/value",
    "/hits/total/relation",
    "/hits/hits",
    "/hits/hits/0",
    "/hits/hits/1",
    "/hits/hits/0/_source",
    "/hits/hits/0/_source/service",
    "/hits/hits/0/_source/service.name",
    "/hits/hits/0/_source/@timestamp",
    "/hits/hits/0/sort",
    "/aggregations",
    "/aggregations/newest",
    "/aggregations/newest/value",
    "/error",
];

pub fn changes() -> impl Strategy<Value = Vec<Change>> {
    let pointer = || select(POINTERS.as_slice());
    let change = prop_oneof![
        1 => pointer().prop_map(Change::lost),
        4 => (pointer(), value()).prop_map(Change::set),
    ];
    prop::collection::vec(change, 1..4)
}

fn value() -> impl Strategy<Value = Value> {
    let line = json!({"_index": "a", "_id": "1", "_source": {"service.name": "checkout-api"}});
    let foreign = json!({"_index": "a", "_id": "2", "_source": {"service": {"name": "cart"}}});
    let millis = |ago: i64| json!(((NOW - ago) * 1_000) as f64);
    let values = [
        json!(null),
        json!([]),
        json!({}),
        json!(true),
        json!(false),
        json!(0),
        json!(1),
        json!(4),
        json!(5),
        json!(6),
        json!(99),
        json!(100),
        json!(10_000),
        json!(-1),
        json!(2.5),
        json!(1e300),
        json!("5"),
        json!("eq"),
        json!("gte"),
        json!("lte"),
        json!("cart"),
        json!("checkout-api"),
        json!({"value": 3, "relation": "eq"}),
        json!({"value": 3, "relation": "gte"}),
        json!({"value": 30_000, "relation": "eq"}),
        json!([3, "eq"]),
        json!({"total": 2, "successful": 2, "skipped": 0}),
        json!({"total": 2, "successful": 1, "skipped": 1}),
        json!({"total": 0, "successful": 0, "failed": 0}),
        json!([line]),
        json!([foreign]),
        json!([line, foreign]),
        line.clone(),
        foreign.clone(),
        json!({"name": "cart"}),
        json!("2026-05-03T09:29:00Z"),
        json!("2026-05-03T09:00:00Z"),
        millis(0),
        millis(299),
        millis(301),
        millis(-59),
        millis(-61),
        millis(100_000),
        json!({"value": null}),
        json!({"value": (NOW - 5) * 1_000}),
    ];
    select(values.to_vec())
}
