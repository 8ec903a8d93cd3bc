//! Whatever a scope or a query is made of, what is sent asks for nothing but the scope. Nobody offers a parser of
//! NRQL: what is sent is taken apart here by a reader of its own.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select};

use crate::connectors::new_relic::{
    nrql::{self, NrqlError},
    scope::Attributes,
};

const CHANGED: u32 = 20_000;

fn scope(pairs: &[(&str, &str)]) -> Option<Attributes> {
    let owned = pairs
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Attributes::new(owned.collect::<BTreeMap<_, _>>())
}

fn own() -> Attributes {
    scope(&[("appName", "checkout-api"), ("environment", "production")]).unwrap()
}

const GOOD: &str = "SELECT percentage(count(*), WHERE error IS true) AS 'value', count(*) AS 'n', \
    latest(timestamp) AS 'ts' FROM Transaction WHERE ${scope} AND (a = 'x' OR b = 'y') SINCE 5 minutes ago";

/// A part of a query as another reader sees it: a text with what it means, or anything else as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Other(String),
}

/// Texts stand between single quotes; a backslash takes its meaning from what follows it. `None`: a text has no
/// end.
fn parts(query: &str) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut chars = query.chars();
    let mut word = String::new();
    while let Some(c) = chars.next() {
        if c.is_alphanumeric() || c == '_' || c == '.' {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            parts.push(Part::Other(std::mem::take(&mut word)));
        }
        if c == '\'' {
            let mut text = String::new();
            loop {
                match chars.next()? {
                    '\'' => break,
                    '\\' => text.push(chars.next()?),
                    c => text.push(c),
                }
            }
            parts.push(Part::Text(text));
        } else if !c.is_whitespace() {
            parts.push(Part::Other(c.to_string()));
        }
    }
    parts.extend((!word.is_empty()).then_some(Part::Other(word)));
    Some(parts)
}

/// A query without what stands in its texts: there, nothing begins a comment.
fn outside(query: &str) -> String {
    let (mut outside, mut in_text, mut escaped) = (String::new(), false, false);
    for c in query.chars() {
        if c == '\'' && !escaped {
            in_text = !in_text;
        }
        if !in_text {
            outside.push(c);
        }
        escaped = in_text && c == '\\' && !escaped;
    }
    outside
}

/// Whether the query of a value is that of a plain one, but for the one text that is the value.
fn same_but_for(value: &str) -> bool {
    let of = |value: &str| {
        let scope = scope(&[("appName", value), ("environment", "production")])?;
        parts(&nrql::query(GOOD, &scope).unwrap().text)
    };
    let taken = scope(&[("appName", value)]).is_some();
    match (of(value), of("plain value")) {
        (None, Some(_)) => !taken,
        (Some(hostile), Some(plain)) => {
            let bound = (
                Part::Text(value.to_owned()),
                Part::Text("plain value".to_owned()),
            );
            let mut pairs = hostile.iter().zip(&plain);
            hostile.len() == plain.len()
                && pairs.all(|(own, other)| own == other || (own, other) == (&bound.0, &bound.1))
        }
        (_, None) => false,
    }
}

const HOSTILE: [&str; 18] = [
    "'",
    "\\",
    "\\'",
    "' OR '1' = '1",
    "\\' OR '1' = '1",
    "a\\",
    "a\\\\",
    "a' --",
    "a' //",
    "a'; SELECT 1",
    "%",
    "_",
    "\"",
    "`",
    "${scope}",
    ") OR (",
    "a' AND appName = 'cart",
    "$",
];
const UNSEEN: [&str; 10] = [
    "",
    "*",
    "a*",
    "\n",
    "a\0",
    "a\u{2028}b",
    "a\u{2029}",
    "a\u{200b}",
    "a\u{202e}b",
    "\u{feff}a",
];

fn hostile_values() -> impl Strategy<Value = String> {
    let parts = select(
        [
            HOSTILE.as_slice(),
            UNSEEN.as_slice(),
            &["a", "1", " ", "OR", "LIKE"],
        ]
        .concat(),
    );
    let joined = prop::collection::vec(parts, 1..6).prop_map(|parts| parts.concat());
    prop_oneof![any::<String>(), joined, "['\\\\a ]{1,12}", "[ -~]{1,20}"]
}

#[test]
fn what_can_be_quoted_is_and_what_cannot_is_refused() {
    for value in HOSTILE {
        assert!(
            scope(&[("appName", value)]).is_some() && same_but_for(value),
            "{value:?}"
        );
    }
    for value in UNSEEN {
        assert!(scope(&[("appName", value)]).is_none(), "{value:?}");
    }
    for name in [
        "",
        "a b",
        "a'",
        "a = 'x' OR b",
        "1a",
        "or",
        "AND",
        "since",
        "accountId",
        "with",
        "a-b",
        "`a`",
        "a\n",
        "é",
    ] {
        assert!(scope(&[(name, "a")]).is_none(), "{name:?}");
    }
    assert!(scope(&[("service.name", "a"), ("_x1", "b")]).is_some());
}

#[test]
fn the_scope_stands_sorted_and_quoted() {
    let scope = scope(&[("b", "x"), ("a", "it's \\ fine")]).unwrap();
    assert_eq!(scope.conditions(), "a = 'it\\'s \\\\ fine' AND b = 'x'");
}

#[test]
fn an_argument_may_be_named_and_a_colon_stands_nowhere_else() {
    let made = |value: &str| {
        let template = GOOD.replace("percentage(count(*), WHERE error IS true)", value);
        nrql::query(&template, &own()).map(|it| it.text.contains(value))
    };
    for value in [
        "apdex(duration, t: 0.5)",
        "apdex(duration, t:0.5)",
        "histogram(duration, width: 10, buckets: 5)",
        "apdex(t: 1, duration)",
    ] {
        assert_eq!(made(value), Ok(true), "{value}");
    }
    for value in [
        "apdex(duration, t: )",
        "apdex(duration, : 0.5)",
        "apdex(duration, t:: 0.5)",
        "apdex(duration, t: 'x')",
        "apdex(duration, t: 0.5 + 1)",
        "apdex(duration, 1: 0.5)",
        "apdex(duration, a t: 0.5)",
        "count(*) t: 0.5",
        ": count(*)",
        "apdex(duration, t: ${scope})",
    ] {
        assert!(made(value).is_err(), "{value}");
    }
    let outside = GOOD.replace("AND (", "AND a: 1 AND (");
    assert_eq!(nrql::query(&outside, &own()), Err(NrqlError::Syntax));
}

#[test]
fn good_queries_are_taken() {
    for (tail, window) in [
        ("", 300),
        (" TIMESERIES", 300),
        (" LIMIT 1", 300),
        (" FACET name LIMIT 20", 300),
    ] {
        let checked = nrql::query(&format!("{GOOD}{tail}"), &own()).unwrap();
        assert_eq!(checked.window, window, "{tail}");
        assert!(narrow(&checked.text), "{}", checked.text);
    }
    let from_first = "FROM Metric, Log SELECT sum(x) AS 'value', sum(n) AS 'n', max(timestamp) AS 'ts' since 24 HOURS AGO \
                      where y = 'it\\'s' and ${scope}";
    assert_eq!(nrql::query(from_first, &own()).unwrap().window, 86_400);
    assert_eq!(nrql::query("", &own()), Err(NrqlError::Syntax));
}

/// Conditions have the scope once, outside of every parenthesis and with only `AND` around it; no word asks for
/// another account, another time or other data.
fn narrow(query: &str) -> bool {
    let Some(parts) = parts(query) else {
        return false;
    };
    let words: Vec<_> = parts
        .iter()
        .map(|part| match part {
            Part::Text(text) => format!("'{text}'"),
            Part::Other(other) => other.to_lowercase(),
        })
        .collect();
    let wanted = "appname = 'checkout-api' and environment = 'production'";
    let wanted: Vec<_> = wanted.split(' ').collect();
    let found: Vec<_> = words
        .windows(wanted.len())
        .enumerate()
        .filter(|(_, it)| *it == wanted)
        .collect();
    let [(at, _)] = found.as_slice() else {
        return false;
    };
    let count = |word: &str| words.iter().filter(|it| *it == word).count();
    let opened = |until: usize| {
        let signs = words[..until].iter();
        signs.fold(0_i32, |depth, it| {
            depth + i32::from(it == "(") - i32::from(it == ")")
        })
    };
    let before = words[at - 1].as_str();
    let after = words.get(at + wanted.len()).map(String::as_str);
    let ends = [
        None,
        Some("and"),
        Some("since"),
        Some("facet"),
        Some("limit"),
        Some("timeseries"),
        Some("select"),
        Some("from"),
    ];
    let named = |it: usize| {
        let number = words
            .get(it + 1)
            .is_some_and(|it| it.parse::<f64>().is_ok());
        opened(it) > 0 && number && ["(", ","].contains(&words[it.saturating_sub(2)].as_str())
    };
    let colons = (0..words.len()).filter(|it| words[*it] == ":").all(named);
    let outer_or = (0..words.len()).any(|it| words[it] == "or" && opened(it) == 0);
    let elsewhere = [
        "join",
        "with",
        "compare",
        "until",
        "accountid",
        "accountids",
        "show",
        "order",
        "`",
        "\"",
        ";",
    ];
    ["where", "and"].contains(&before)
        && ends.contains(&after)
        && opened(*at) == 0
        && !outer_or
        && colons
        && count("appname") == 1
        && count("environment") == 1
        && count("select") == 1
        && count("since") == 1
        && !elsewhere.iter().any(|it| count(it) > 0)
        && !["--", "/*", "//"]
            .iter()
            .any(|it| outside(query).contains(it))
}

const PARTS: [&str; 51] = [
    ":",
    ", t: 0.5)",
    "apdex(duration, t: 0.5)",
    "SELECT",
    "FROM",
    "WHERE",
    "SINCE",
    "FACET",
    "LIMIT",
    "TIMESERIES",
    "UNTIL",
    "WITH",
    "COMPARE",
    "JOIN",
    "SHOW",
    "AS",
    "'value'",
    "'n'",
    "'ts'",
    "'x",
    "count(*)",
    "percentage(count(*),",
    "latest(timestamp)",
    "max(",
    "(",
    ")",
    ",",
    "*",
    "=",
    "AND",
    "OR",
    "or",
    "NOT",
    "IN",
    "LIKE",
    "${scope}",
    "appName",
    "environment",
    "accountId",
    "Transaction",
    "5",
    "25",
    "minutes",
    "hours",
    "ago",
    "a = 1",
    "--",
    "/*",
    "`",
    "\"",
    ";",
];

/// A good query, of which parts are taken away, put in or replaced.
fn broken() -> impl Strategy<Value = String> {
    let good = "SELECT|percentage(count(*),|WHERE|error = true|)|AS|'value'|,|count(*)|AS|'n'|,|latest(timestamp)|AS|\
                'ts'|FROM|Transaction|WHERE|${scope}|AND|(|a = 1|OR|b = 2|)|SINCE|5|minutes|ago|FACET|name|LIMIT|5";
    let edit = (
        any::<prop::sample::Index>(),
        select(PARTS.as_slice()),
        0..3_u8,
    );
    prop::collection::vec(edit, 0..5).prop_map(move |edits| {
        let mut parts: Vec<_> = good.split('|').collect();
        for (at, part, edit) in edits {
            let at = at.index(parts.len());
            match edit {
                0 => drop(parts.remove(at)),
                1 => parts.insert(at, part),
                _ => parts[at] = part,
            }
        }
        parts.join(" ")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_changes_the_structure_of_a_query(value in hostile_values()) {
        prop_assert!(same_but_for(&value), "{value:?}");
    }

    #[test]
    fn no_name_changes_the_structure_of_a_query(name in hostile_values()) {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '.';
        prop_assert!(scope(&[(&name, "a")]).is_none() || name.chars().all(plain), "{name:?}");
    }

    #[test]
    fn a_query_that_is_taken_is_narrow(template in broken(), any in any::<String>()) {
        let inserted = GOOD.replace("AND (", &format!("AND {any} ("));
        for template in [template, inserted, any] {
            if let Ok(checked) = nrql::query(&template, &own()) {
                prop_assert!(narrow(&checked.text), "{template} -> {}", checked.text);
                prop_assert!((1..=86_400).contains(&checked.window));
            }
        }
    }
}
