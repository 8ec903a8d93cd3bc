//! Whatever stands in a scope or a query, the question keeps its form.

use proptest::{prelude::*, sample::select};
use serde_json::{Map, Value, json};

use super::bench::now;
use crate::search_api::{
    body::{Lines, Page, Target},
    condition::{Condition, Exact, Wanted},
    period::{Period, Range},
    settings::TimeUnit,
};

const HOSTILE: [&str; 16] = [
    "\"",
    "\\",
    "\"}},{\"match_all\":{}}]}}",
    "\u{0}",
    "\n",
    "\u{2028}",
    "*",
    "{{x}}",
    "' OR '1'='1",
    "_all",
    "<b>",
    "\\u0022",
    "a:b,c",
    "../",
    "}",
    "\u{1f600}",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        select(HOSTILE.as_slice()).prop_map(str::to_owned),
        any::<String>(),
        "[a-z.]{1,8}",
    ];
    prop::collection::vec(piece, 1..4).prop_map(|pieces| pieces.concat())
}

fn exact() -> impl Strategy<Value = Exact> {
    prop_oneof![
        hostile().prop_map(Exact::Text),
        any::<i64>().prop_map(Exact::Number),
        any::<bool>().prop_map(Exact::Flag),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let wanted = prop_oneof![
        exact().prop_map(Wanted::One),
        prop::collection::vec(exact(), 1..4).prop_map(Wanted::Any),
    ];
    (hostile(), wanted).prop_map(|(field, wanted)| Condition { field, wanted })
}

fn range() -> Range {
    let period = Period {
        window: passport_connector_sdk::settings::Span::of_seconds(300),
        settle: 0,
    };
    period.before(now())
}

/// The body as a server reads it.
fn sent(body: &Value) -> Value {
    serde_json::from_str(&body.to_string()).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().into_iter().flat_map(Map::keys);
    object.map(String::as_str).collect()
}

/// One filter for each condition, which names its field and its values and nothing else, and then one
/// for the time.
fn is_kept(body: &Value, conditions: &[Condition], time_field: &str) -> bool {
    let query = &body["query"];
    let filters = query["bool"]["filter"].as_array().unwrap();
    let (time, own) = filters.split_last().unwrap();
    let each = own.iter().zip(conditions).all(|(filter, condition)| {
        let kind = match condition.wanted {
            Wanted::One(_) => "term",
            Wanted::Any(_) => "terms",
        };
        keys(filter) == [kind]
            && keys(&filter[kind]) == [condition.field.as_str()]
            && filter[kind][&condition.field] == json!(condition.wanted)
    });
    each && own.len() == conditions.len()
        && keys(query) == ["bool"]
        && keys(&query["bool"]) == ["filter"]
        && keys(time) == ["range"]
        && keys(&time["range"]) == [time_field]
        && keys(&time["range"][time_field]) == ["gte", "lt"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 5_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_and_no_name_changes_the_form_of_a_question(
        scope in prop::collection::vec(condition(), 2..4),
        matching in prop::collection::vec(condition(), 0..4),
        time_field in hostile(), message_field in hostile(), pit in hostile(),
    ) {
        let target = Target { scope: scope.clone(), time_field: time_field.clone(), time_unit: TimeUnit::Date };
        let lines = Lines { target: &target, matching: &matching, range: range() };
        let all = [scope, matching.clone()].concat();
        let count = sent(&lines.count(3, &message_field));
        prop_assert!(is_kept(&count, &all, &time_field));
        prop_assert_eq!(keys(&count), ["_source", "query", "size", "sort", "timeout", "track_total_hits"]);
        prop_assert_eq!(&count["track_total_hits"], &json!(true));
        prop_assert_eq!(&count["sort"], &json!([{time_field.clone(): "desc"}]));
        let newest = sent(&lines.newest());
        prop_assert!(is_kept(&newest, &all, &time_field));
        prop_assert_eq!(keys(&newest), ["aggs", "query", "size", "timeout", "track_total_hits"]);
        prop_assert_eq!(&newest["aggs"], &json!({"newest": {"max": {"field": time_field.clone()}}}));
        let after = [json!(pit), json!(1)];
        let page = sent(&lines.page(Page { size: 2, pit: &pit, after: Some(&after), tie_breaker: Some("_doc"), message_field: &message_field }));
        prop_assert!(is_kept(&page, &all, &time_field));
        prop_assert_eq!(&page["search_after"], &json!(after));
        prop_assert_eq!(&page["pit"], &json!({"id": pit, "keep_alive": "1m"}));
    }
}
