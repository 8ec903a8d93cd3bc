//! Whatever is uploaded, nothing breaks, and exactly what a document says passes.

use chrono::DateTime;
use passport_connector_sdk::Connector;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::source::{NOW, delivery, facts, good, kept, passes, source};
use crate::connectors::log_upload::upload::MAX_BYTES;

const BODIES: u32 = 100_000;

/// What is read, what is around it, and what is not.
const PLACES: [&str; 8] = [
    "/summary",
    "/summary/matched",
    "/summary/complete",
    "/summary/newest",
    "/summary/total",
    "/service",
    "/other",
    "/summary/lines",
];

thread_local! {
    static SOURCE: Box<dyn Connector> = source();
}

fn values() -> impl Strategy<Value = Value> {
    const WORDS: [&str; 19] = [
        "",
        "0",
        "12",
        "99.5",
        "100",
        "-3",
        "1e1",
        " 7",
        "NaN",
        "true",
        "checkout-api",
        "cart",
        "2026-05-03T09:29:51Z",
        "2026-05-03T09:29:51",
        "2026-05-03T09:25:00Z",
        "2026-05-03T09:24:59Z",
        "2026-05-03T09:31:00Z",
        "2026-05-03T09:31:01Z",
        "2026-05-03T11:29:51+02:00",
    ];
    prop_oneof![
        6 => select(WORDS.as_slice()).prop_map(Value::from),
        3 => (-5_i64..5_000).prop_map(Value::from),
        1 => any::<f64>().prop_map(|it| json!(it)),
        1 => any::<u64>().prop_map(Value::from),
        2 => any::<bool>().prop_map(Value::from),
        2 => select(vec![json!(null), json!([]), json!({}), json!([12]), json!({"matched": 3})]),
    ]
}

/// A document with some of its parts put in another's place, or taken out.
fn documents() -> impl Strategy<Value = Value> {
    let change = (
        select(PLACES.as_slice()),
        prop::option::weighted(0.8, values()),
    );
    prop::collection::vec(change, 0..4).prop_map(|changes| {
        let mut document = good();
        for (place, value) in changes {
            put(&mut document, place, value);
        }
        document
    })
}

fn put(document: &mut Value, place: &str, value: Option<Value>) {
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).and_then(Value::as_object_mut);
    match (parent, value) {
        (None, _) => {}
        (Some(parent), Some(value)) => drop(parent.insert(key.to_owned(), value)),
        (Some(parent), None) => drop(parent.remove(key)),
    }
}

/// What an observer makes of a document who only knows what it says.
fn says_few_errors(document: &Value) -> bool {
    let number = |place: &str| match document.pointer(place) {
        Some(Value::Number(number)) => number.as_f64(),
        Some(Value::String(text)) => {
            let is_plain = text
                .chars()
                .all(|it| it.is_ascii_digit() || "-.".contains(it));
            text.parse().ok().filter(|_| is_plain)
        }
        _ => None,
    };
    let newest = document.pointer("/summary/newest").and_then(Value::as_str);
    let newest = newest.and_then(|it| DateTime::parse_from_rfc3339(it).ok());
    let is_fresh = newest.is_some_and(|it| (NOW - 300..=NOW + 60).contains(&it.timestamp()));
    let total = number("/summary/total");
    number("/summary/matched").is_some_and(|matched| {
        (0.0..100.0).contains(&matched)
            && total.is_none_or(|total| matched <= total)
            && (matched > 0.0 || total.is_some_and(|total| total >= 1.0))
    }) && document.pointer("/summary/complete") == Some(&json!(true))
        && document["service"] == "checkout-api"
        && is_fresh
}

fn judged(body: impl Into<bytes::Bytes>) -> bool {
    SOURCE.with(|it| passes(&facts(it.as_ref(), kept(it.as_ref(), body))))
}

fn config(cases: u32) -> ProptestConfig {
    ProptestConfig {
        cases,
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

proptest! {
    #![proptest_config(config(BODIES))]

    #[test]
    fn exactly_what_a_document_says_passes(document in documents()) {
        prop_assert_eq!(judged(document.to_string()), says_few_errors(&document), "{}", document);
    }
}

proptest! {
    #![proptest_config(config(5_000))]

    #[test]
    fn a_broken_document_passes_nothing(document in documents(), cut in any::<prop::sample::Index>()) {
        let text = document.to_string();
        prop_assert!(!judged(text.as_bytes()[..cut.index(text.len())].to_vec()));
        let twice = text.replacen("\"summary\":", "\"summary\":1,\"summary\":", 1);
        prop_assert!(twice == text || !judged(twice));
    }

    #[test]
    fn whatever_bytes_come_nothing_passes(bytes in prop::collection::vec(any::<u8>(), 0..96)) {
        prop_assert!(!judged(bytes));
    }

    #[test]
    fn an_upload_beside_a_good_one_adds_no_pass_but_its_own(document in documents(), first in any::<bool>()) {
        SOURCE.with(|source| {
            let source = source.as_ref();
            let bad = json!({"service": "checkout-api", "summary": {
                "matched": 400, "complete": true, "newest": "2026-05-03T09:29:55Z", "total": 4021,
            }});
            let mut records = kept(source, document.to_string());
            let place = if first { 0 } else { records.len() };
            let bad = kept(source, bad.to_string());
            records.splice(place..place, bad);
            let newer = document.pointer("/summary/newest").and_then(Value::as_str);
            let newer = newer.and_then(|it| DateTime::parse_from_rfc3339(it).ok());
            let newer = newer.is_some_and(|it| it.timestamp() > NOW - 5);
            let may = says_few_errors(&document) && newer;
            prop_assert_eq!(passes(&facts(source, records)), may, "{}", document);
            Ok(())
        })?;
    }

    #[test]
    fn what_was_kept_and_can_not_be_read_passes_nothing(bytes in prop::collection::vec(any::<u8>(), 0..64), cut in any::<prop::sample::Index>()) {
        SOURCE.with(|source| {
            let source = source.as_ref();
            let whole = kept(source, good().to_string());
            let half = whole[0].slice(..cut.index(whole[0].len()));
            prop_assert!(!passes(&facts(source, vec![bytes.into(), half])));
            Ok(())
        })?;
    }
}

#[test]
fn a_good_document_passes() {
    assert!(judged(good().to_string()));
}

#[test]
fn an_upload_over_the_limit_is_not_taken() {
    let mut text = good().to_string();
    text.push_str(&" ".repeat(MAX_BYTES - text.len()));
    assert!(judged(text.clone()));
    let refused = source().accept(&delivery(text + " ")).unwrap_err();
    assert_eq!(refused.reply.status, 413);
}
