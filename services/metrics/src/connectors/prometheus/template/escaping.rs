//! However hostile a value of the scope is, the query that is sent has the structure of its template: it is
//! parsed back by PromQL's parser, and differs from that of a plain value in that value alone.

use proptest::{prelude::*, sample::select};

use super::*;

const VALUES: u32 = 20_000;
/// A value without anything that means something in PromQL.
const PLAIN: &str = "checkout-api";

const TEMPLATES: [&str; 4] = [
    "up{${scope}}",
    r#"sum(rate(http_requests_total{${scope},code!="200"}[5m])) / sum(rate(http_requests_total{${scope}}[5m]))"#,
    "histogram_quantile(0.95, sum by (le) (rate(duration_bucket{${scope}}[5m])))",
    "max_over_time(up{a=\"b\",${scope}}[5m:1m])",
];

/// What ends a text, a selector or a query, and what looks like more of one.
const PIECES: [&str; 30] = [
    "\"",
    "'",
    "`",
    "\\",
    "\\\"",
    "\\\\",
    "\\n",
    "\\x22",
    "\\u0022",
    "}",
    "{",
    "\"}",
    ",",
    "=",
    "=~",
    "!=",
    "\n",
    "\0",
    "#",
    ") or vector(0)",
    "\"} or up{service=\"x",
    "\",service=~\".+",
    "\" or service=\"y",
    "${scope}",
    "$",
    "[5m]",
    " offset 1d",
    ".*",
    "\u{202e}",
    "service=\"x\"",
];

fn values() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => select(PIECES.as_slice()).prop_map(str::to_owned),
        2 => "[a-z0-9./:_-]{1,6}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn labels(value: &str) -> Labels {
    let pairs = [("environment", "production"), ("service", value)];
    let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Labels::new(pairs.into())
}

/// The query as its parser reads it, with the plain value in the place of this one.
fn read(text: &str, value: &str) -> String {
    let own = |value: &str| format!("name: \"service\", value: {value:?}");
    let tree = format!("{:?}", parse(text).unwrap());
    tree.replace(&own(value), &own(PLAIN))
}

#[test]
fn a_plain_value_stands_in_every_query() {
    for template in TEMPLATES {
        let text = labels(PLAIN).query(template, false).unwrap().text;
        let other = labels("other").query(template, false).unwrap().text;
        assert_eq!(read(&other, "other"), read(&text, PLAIN), "{template}");
        assert_ne!(read(&other, PLAIN), read(&text, PLAIN), "{template}");
    }
}

/// What the escaped form of a value would be is no value either: nothing is unescaped on the way.
#[test]
fn what_ends_a_text_or_is_unescaped_is_refused() {
    for value in ["\"", "a\"", "\\", "a\\x41", "a\\n", "\"} or up{service=\"x"] {
        for template in TEMPLATES {
            assert!(labels(value).query(template, false).is_err(), "{value}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: VALUES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_changes_what_a_query_is(value in values(), template in select(TEMPLATES.as_slice())) {
        if let Ok(query) = labels(&value).query(template, false) {
            let plain = labels(PLAIN).query(template, false).unwrap().text;
            prop_assert_eq!(read(&query.text, &value), read(&plain, PLAIN), "{:?}", value);
        }
    }
}
