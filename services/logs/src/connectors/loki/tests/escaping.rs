//! However hostile a value of the scope is, it is refused, or the query that is sent differs from that of a
//! plain value in that value alone.

use std::collections::BTreeMap;

use passport_connector_sdk::settings::is_narrow_value;
use passport_testkit::connector;
use proptest::{prelude::*, sample::select};
use serde_json::json;

use super::queries::apart;
use crate::connectors::loki::{Loki, logql::Labels};

const VALUES: u32 = 20_000;
/// Sources are slower to make.
const SOURCES: u32 = 500;
/// A value without anything that means something in LogQL.
const PLAIN: &str = "checkout-api";

const NUMBERS: [&str; 2] = [
    "sum(count_over_time({${scope},a=\"b\"} |= \"x\" [5m]))",
    "sum(rate({${scope}} | json | __error__=\"\" [5m])) / sum(rate({${scope}} [5m]))",
];
const LINES: &str = "{${scope}} |= \"x\" or `y` | logfmt | __error__=\"\"";

/// What ends a text, a selector or a query, and what looks like more of one.
const PIECES: [&str; 24] = [
    "\"",
    "`",
    "\\",
    "\\\"",
    "\\\\",
    "\\n",
    "}",
    "{",
    "\"}",
    ",",
    "=",
    "=~",
    "!=",
    "|=",
    "|",
    "\n",
    "\0",
    "#",
    "\"} or {service=\"x",
    "\",service=~\".+",
    "${scope}",
    "[5m]",
    ".*",
    "\u{202e}",
];

fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => select(PIECES.as_slice()).prop_map(str::to_owned),
        2 => "[a-z0-9./:_-]{1,6}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// Half of them are plain.
fn values() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9][a-zA-Z0-9./:_-]{0,40}", hostile()]
}

/// Both the selectors and all that stands outside of texts, with the plain value in the place of this one.
fn read(query: &str, value: &str) -> (Vec<String>, String) {
    let own = |value: &str| format!("service=\"{value}\"");
    let (selectors, outside) = apart(query);
    let plain = selectors
        .iter()
        .map(|it| it.replace(&own(value), &own(PLAIN)));
    (plain.collect(), outside)
}

/// All that would be sent of a value.
fn sent(value: &str) -> Vec<String> {
    let labels = Labels::new(BTreeMap::from([("service".to_owned(), value.to_owned())]));
    let numbers = NUMBERS.map(|it| labels.number(it).unwrap().0);
    let lines = [labels.lines(LINES).unwrap(), labels.selector()];
    numbers.into_iter().chain(lines).collect()
}

fn is_refused(value: &str) -> bool {
    let source = json!({
        "connector": "loki",
        "endpoint": "http://127.0.0.1:9",
        "scope": {"labels": {"service": value}},
        "queries": {"log_lines": {"lines": LINES}},
    });
    connector::built::<Loki>(&source, &connector::hub(&[])).is_err()
}

#[test]
fn what_ends_a_text_is_refused() {
    assert!(!is_refused(PLAIN));
    for value in PIECES {
        assert!(is_refused(value), "{value:?}");
        assert!(is_refused(&format!("{PLAIN}{value}")), "{value:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: VALUES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_that_is_admitted_changes_what_a_query_is(value in values()) {
        if is_narrow_value(&value) {
            for (own, plain) in sent(&value).iter().zip(sent(PLAIN)) {
                prop_assert_eq!(read(own, &value), read(&plain, PLAIN), "{:?}", value);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: SOURCES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn exactly_plain_values_are_admitted(value in values()) {
        let is_plain = |it: u8| it.is_ascii_alphanumeric() || b"./:_-".contains(&it);
        if !value.bytes().all(is_plain) || value.is_empty() {
            prop_assert!(is_refused(&value), "{:?}", value);
        } else if is_narrow_value(&value) {
            prop_assert!(!is_refused(&value), "{:?}", value);
        }
    }
}
