//! However pages come, kinds are counted over all lines or not at all.

use std::collections::BTreeSet;

use passport_connector_sdk::{query::Sample, settings::Span};
use passport_evidence::Reason;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{count, now};
use crate::search_api::{
    answer::Search,
    body::{Lines, Target},
    kinds::{Next, Plan, Walk},
    period::Period,
    settings::TimeUnit,
};

const MESSAGES: [&str; 4] = [
    "order 17 declined",
    "upstream 502",
    "disk full",
    "out of memory",
];

/// What goes wrong with one line.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Lost(usize),
    Twice(usize),
    InPlaceOf(usize, usize),
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let fault = prop_oneof![
        (0..20_usize).prop_map(Fault::Lost),
        (0..20_usize).prop_map(Fault::Twice),
        (0..20_usize, 0..20_usize).prop_map(|(at, other)| Fault::InPlaceOf(at, other)),
    ];
    prop::collection::vec(fault, 0..3)
}

fn line(at: usize, kind: usize) -> Value {
    json!({"_index": "a", "_id": at.to_string(), "_source": {"message": MESSAGES[kind]}, "sort": [at]})
}

fn served(kinds: &[usize], faults: &[Fault]) -> Vec<Value> {
    let mut lines: Vec<_> = kinds
        .iter()
        .enumerate()
        .map(|(at, kind)| line(at, *kind))
        .collect();
    for fault in faults {
        match *fault {
            Fault::Lost(at) if at < lines.len() => drop(lines.remove(at)),
            Fault::Twice(at) if at < lines.len() => lines.insert(at, lines[at].clone()),
            Fault::InPlaceOf(at, other) if at.max(other) < lines.len() => {
                lines[at] = lines[other].clone()
            }
            Fault::Lost(_) | Fault::Twice(_) | Fault::InPlaceOf(..) => {}
        }
    }
    lines
}

fn page(lines: &[Value], total: usize) -> Search {
    let mut page = count();
    page["hits"]["hits"] = lines.into();
    page["hits"]["total"]["value"] = json!(total);
    serde_json::from_value(page).unwrap()
}

/// Reads so many lines a page to the end.
fn read(lines: &[Value], total: usize, plan: Plan<'_>) -> Result<Sample, Reason> {
    let target = Target {
        scope: Vec::new(),
        time_field: "@timestamp".to_owned(),
        time_unit: TimeUnit::Date,
    };
    let period = Period {
        window: Span::of_seconds(300),
        settle: 0,
    };
    let asked = Lines {
        target: &target,
        matching: &[],
        range: period.before(now()),
    };
    let mut walk = Walk::default();
    let mut from = 0;
    loop {
        let to = lines.len().min(from + plan.size);
        match walk.take(&page(&lines[from..to], total), &asked, plan)? {
            Next::Nothing => return Ok(walk.found().sample),
            Next::Page(_) => from = to,
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn kinds_are_of_all_lines_or_unknown(
        kinds in prop::collection::vec(0..MESSAGES.len(), 0..12), faults in faults(), size in 1..6_usize, pages in 1..5_usize,
    ) {
        let plan = Plan { size, most: size * pages, message_field: "message", plain_total: false };
        let lines = served(&kinds, &faults);
        let ids: BTreeSet<_> = lines.iter().map(|it| it["_id"].to_string()).collect();
        let all = ids.len() == kinds.len();
        let distinct = kinds.iter().collect::<BTreeSet<_>>().len();
        match read(&lines, kinds.len(), plan) {
            Ok(found) => {
                prop_assert!(all && kinds.len() <= plan.most);
                prop_assert_eq!(found, Sample::Number(u32::try_from(distinct).unwrap().into()));
            }
            Err(reason) => {
                prop_assert_eq!(reason, Reason::Incomplete);
                prop_assert!(lines != served(&kinds, &[]) || kinds.len() > plan.most);
            }
        }
    }
}
