//! Reports with some parts lost, doubled or changed.

use passport_testkit::change::{Change, places};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

/// Words that mean something somewhere in a report.
const WORDS: [&str; 32] = [
    "",
    "CRITICAL",
    "HIGH",
    "LOW",
    "UNKNOWN",
    "Critical",
    "os-pkgs",
    "lang-pkgs",
    "config",
    "secret",
    "license",
    "filesystem",
    "container_image",
    "repository",
    "alpine",
    "fedora",
    "npm",
    "dockerfile",
    "fixed",
    "affected",
    "ignored",
    "not_affected",
    "FAIL",
    "PASS",
    "services/checkout",
    "services/other",
    "shop",
    "Deployment",
    "CVE-2026-1",
    "OsPackageVulnerability",
    "9.8",
    "2026-05-03T09:20:00Z",
];

fn value() -> impl Strategy<Value = Value> {
    let odd = [
        json!(null),
        json!([]),
        json!({}),
        json!(0),
        json!(1),
        json!(2),
        json!(-1),
        json!(1e300),
        json!(true),
    ];
    prop_oneof![
        6 => select(&WORDS[..]).prop_map(Value::from),
        1 => select(odd.to_vec()),
    ]
}

/// One of these reports with up to three changes.
pub fn mutated(reports: &'static [Value]) -> impl Strategy<Value = Value> {
    let change = || (any::<prop::sample::Index>(), 0_u8..5, value());
    let changes = prop::collection::vec(change(), 1..4);
    (select(reports), changes).prop_map(|(mut report, changes)| {
        for (at, how, value) in changes {
            let mut places = places(&report);
            if places.is_empty() {
                continue;
            }
            let at = places.swap_remove(at.index(places.len()));
            let change = match how {
                0 => Change::Lost(at),
                1 => Change::Doubled(at),
                _ => Change::Set(at, value),
            };
            change.apply(&mut report);
        }
        report
    })
}
