//! Whatever a value of the scope is made of, it stays one text in the query.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::connectors::cloudwatch_logs::{insights, pattern, scope::Fields};

const VALUES: u32 = 5_000;

fn fields(value: &str) -> Fields {
    let all = [("env", "prod"), ("service", value)];
    let all = all.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Fields::new(BTreeMap::from(all))
}

/// The texts of a query as a reader finds them, and all that stands outside of them.
fn apart(query: &str) -> (Vec<String>, String) {
    let (mut texts, mut outside, mut open) = (Vec::new(), String::new(), None);
    let mut rest = query.chars();
    while let Some(it) = rest.next() {
        match (&mut open, it) {
            (None, '"') => open = Some(String::new()),
            (None, it) => outside.push(it),
            (Some(text), '"') => {
                texts.push(std::mem::take(text));
                outside.push('"');
                open = None;
            }
            (Some(text), '\\') => text.extend(rest.next()),
            (Some(text), it) => text.push(it),
        }
    }
    assert!(open.is_none(), "{query}");
    (texts, outside)
}

fn check(value: &str) {
    let template = "filter ${scope} and level = \"ERROR\"";
    let (texts, outside) = apart(&insights::query(template, &fields(value), 0).unwrap());
    assert_eq!(texts, ["prod", value, "ERROR"]);
    assert_eq!(
        outside,
        "filter env = \" and service = \" and level = \" | stats count(*) as n, max(@timestamp) as newest"
    );
    let (texts, outside) = apart(&insights::heartbeat(&fields(value)));
    assert_eq!(texts, ["prod", value]);
    assert!(outside.starts_with("filter env = \" and service = \" | stats"));
    if let Ok(text) = pattern::pattern("{ ${scope} && ($.a = \"b\") }", &fields(value)) {
        assert_eq!(
            text,
            format!("{{ ($.env = \"prod\") && ($.service = \"{value}\") && ($.a = \"b\") }}")
        );
        assert!(!value.contains(['"', '\\']));
    }
}

#[test]
fn hostile_values_stay_values() {
    for value in [
        "a\" or 1 = 1 #",
        "\\",
        "\\\"",
        "\\\\\" | stats count(*)",
        "' or '",
        "`service`",
        "/.*/",
        "${scope}",
        "x | limit 1",
        "SOURCE logGroups()",
        "%a%",
        "}) || ($.a = 1",
    ] {
        check(value);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: VALUES, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_value_stays_a_value(value in "[ -~é]{1,40}", glue in "[\"\\\\'|#`$/{}()&]{1,12}") {
        check(&value);
        check(&glue);
        check(&format!("{value}{glue}"));
    }
}
