//! Whatever a query is made of, what is taken selects nothing but its scope.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select};

use crate::connectors::loki::logql::Labels;

const CHANGED: u32 = 20_000;

const PARTS: [&str; 40] = [
    "sum",
    "(",
    ")",
    "count_over_time",
    "rate",
    "{",
    "}",
    "${scope}",
    ",",
    "a=\"b\"",
    "a=~\".+\"",
    "[5m]",
    "[2d]",
    "|=",
    "|",
    "!=",
    "\"x\"",
    "`y`",
    "json",
    "logfmt",
    "__error__=\"\"",
    "or",
    "and",
    "offset",
    "1h",
    "/",
    "+",
    "100",
    "by",
    "(a)",
    "service=\"cart\"",
    "service=~\".+\"",
    "#",
    "\n",
    "vector(0)",
    "unwrap",
    "\"",
    "\\",
    "label_format",
    "<",
];

const GOOD: [&str; 3] = [
    "sum ( count_over_time ( { ${scope} , a=\"b\" } |= \"x\" [5m] ) )",
    "sum ( rate ( { ${scope} } | json | __error__=\"\" [5m] ) ) / sum ( rate ( { ${scope} } [5m] ) )",
    "{ ${scope} } |= \"x\" or `y` | logfmt | __error__=\"\"",
];

fn labels() -> Labels {
    Labels::new(BTreeMap::from([(
        "service".to_owned(),
        "checkout-api".to_owned(),
    )]))
}

/// A good query, of which parts are taken away, put in or replaced.
fn broken() -> impl Strategy<Value = String> {
    let edits = prop::collection::vec(
        (
            any::<prop::sample::Index>(),
            select(PARTS.as_slice()),
            0..3_u8,
        ),
        0..4,
    );
    (select(GOOD.as_slice()), edits).prop_map(|(good, edits)| {
        let mut parts: Vec<_> = good.split(' ').collect();
        for (at, part, edit) in edits {
            let at = at.index(parts.len());
            match edit {
                0 => drop(parts.remove(at)),
                1 => parts.insert(at, part),
                _ => parts[at] = part,
            }
            if parts.is_empty() {
                parts.push(part);
            }
        }
        parts.join(" ")
    })
}

/// What stands between braces, and all that stands outside of quotes.
pub fn apart(query: &str) -> (Vec<String>, String) {
    let (mut selectors, mut open, mut unquoted) = (Vec::new(), None, String::new());
    let (mut quote, mut escaped) = (None, false);
    for c in query.chars() {
        match (quote, c) {
            (Some(q), _) if c == q && !escaped => quote = None,
            (Some(_), _) => {}
            (None, '"' | '`') => quote = Some(c),
            (None, '{') => open = Some(String::new()),
            (None, '}') => selectors.extend(open.take()),
            (None, _) => unquoted.push(c),
        }
        escaped = quote == Some('"') && c == '\\' && !escaped;
        if let Some(selector) = &mut open {
            selector.push(c);
        }
    }
    (selectors, unquoted)
}

/// Every selector has the label of the scope, equal to its value, and nothing else names it.
fn narrow(query: &str) -> bool {
    let (selectors, unquoted) = apart(query);
    let own = |selector: &String| selector.contains("service=\"checkout-api\"");
    !selectors.is_empty()
        && selectors.iter().all(own)
        && unquoted.matches("service").count() == selectors.len()
}

#[test]
fn good_queries_are_taken() {
    assert!(labels().number(GOOD[0]).is_ok() && labels().number(GOOD[1]).is_ok());
    assert!(labels().lines(GOOD[2]).is_ok());
    assert!(narrow(&labels().lines(GOOD[2]).unwrap()));
    assert!(!narrow("{a=\"b\"}") && !narrow("{service=\"checkout-api\",service=~\".+\"}"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_taken_is_narrow(template in broken()) {
        let number = labels().number(&template).map(|(text, _)| text);
        for taken in [number, labels().lines(&template)].into_iter().flatten() {
            prop_assert!(narrow(&taken), "{template} -> {taken}");
        }
    }

    #[test]
    fn any_text_is_taken_or_refused(template in any::<String>(), glue in "[{}()\\[\\]|\"`$,]{0,12}") {
        for text in [template.clone(), format!("{{${{scope}}}}{template}"), format!("{template}{glue}")] {
            let number = labels().number(&text).map(|(text, _)| text);
            for taken in [number, labels().lines(&text)].into_iter().flatten() {
                prop_assert!(narrow(&taken), "{text} -> {taken}");
            }
        }
    }
}
