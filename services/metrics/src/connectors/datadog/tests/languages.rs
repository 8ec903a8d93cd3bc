//! Whatever a scope or a query is made of, what is sent asks for nothing but the scope. Nobody offers a parser
//! of Datadog's languages: what is sent is taken apart here by a reader of its own.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select};

use crate::connectors::datadog::{metric, scope::Tags, search};

const CHANGED: u32 = 20_000;

fn tags(pairs: &[(&str, &str)]) -> Option<Tags> {
    let owned = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Tags::new(owned.collect::<BTreeMap<_, _>>())
}

fn own() -> Tags {
    tags(&[("env", "production"), ("service", "checkout-api")]).unwrap()
}

/// A word, or a sign by itself; blanks only part them.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut word = String::new();
    let mut quoted = false;
    for c in text.chars() {
        let in_word = c.is_alphanumeric() || matches!(c, '_' | '.' | '/' | '-' | ':');
        if quoted || in_word || c == '"' {
            word.push(c);
            quoted ^= c == '"';
            continue;
        }
        tokens.extend(Some(std::mem::take(&mut word)).filter(|it| !it.is_empty()));
        if !c.is_whitespace() {
            tokens.push(c.to_string());
        }
    }
    tokens.extend(Some(word).filter(|it| !it.is_empty()));
    tokens
}

/// The same query of the scope of a value and of a plain one, which may differ in that value alone.
fn same_but_for(value: &str, query: impl Fn(&Tags) -> Option<String>) -> bool {
    let of = |value: &str| {
        let tags = tags(&[("env", "production"), ("service", value)])?;
        query(&tags)
    };
    let (Some(hostile), Some(plain)) = (of(value), of("plain")) else {
        return true;
    };
    let renamed = |token: String| {
        let known = [format!("service:{value}"), format!("service:\"{value}\"")];
        if known.contains(&token) {
            "service".to_owned()
        } else {
            token
        }
    };
    let hostile: Vec<_> = tokens(&hostile).into_iter().map(renamed).collect();
    let plain = tokens(&plain)
        .into_iter()
        .map(|token| match token.as_str() {
            "service:plain" | "service:\"plain\"" => "service".to_owned(),
            _ => token,
        });
    hostile == plain.collect::<Vec<_>>()
}

const METRIC: &str = "sum:errors{${scope},path:pay}.as_count() / sum:hits{${scope}}.as_count()";
const SEARCH: &str = "status:error (pay OR \"a b\")";

const HOSTILE: [&str; 30] = [
    "",
    "*",
    "a,env:staging",
    "a}",
    "a} or sum:b{*",
    "!a",
    "a b",
    "a OR b",
    "or",
    "OR",
    "not",
    "in",
    "a\"",
    "\"",
    "a\" OR service:\"b",
    "a\\",
    "\\",
    "a\n",
    "\na",
    "a\0",
    "a\u{2028}b",
    "a\u{a0}b",
    "ａ",
    "a*",
    "a?",
    "(a",
    "a)",
    "$a",
    "${scope}",
    "a;b",
];

fn values() -> impl Strategy<Value = String> {
    let parts = select(
        [
            HOSTILE.as_slice(),
            &["a", "1", ":", "-", ".", "/", "_", "cart"],
        ]
        .concat(),
    );
    let joined = prop::collection::vec(parts, 1..5).prop_map(|parts| parts.concat());
    prop_oneof![
        any::<String>(),
        joined,
        "[a-z0-9_./:-]{1,20}",
        "[ -~]{1,12}"
    ]
}

#[test]
fn hostile_values_are_refused() {
    for value in HOSTILE {
        assert!(
            tags(&[("env", "production"), ("service", value)]).is_none(),
            "{value:?}"
        );
        assert!(
            tags(&[("env", "production"), (value, "a")]).is_none(),
            "{value:?}"
        );
    }
    let long = "a".repeat(201);
    assert!(tags(&[("service", &long)]).is_none() && tags(&[(&long, "a")]).is_none());
    assert!(tags(&[("service", "team/checkout-api:v1.2_3")]).is_some());
}

#[test]
fn the_scope_is_written_as_each_language_has_it() {
    let sent = metric::query(METRIC, &own()).unwrap();
    let both = "env:production,service:checkout-api";
    let wanted =
        format!("sum:errors{{{both},path:pay}}.as_count() / sum:hits{{{both}}}.as_count()");
    assert_eq!(sent, wanted);
    let sent = search::narrowed(SEARCH, &own()).unwrap();
    let wanted = "env:\"production\" service:\"checkout-api\" status:error (pay OR \"a b\")";
    assert_eq!(sent, wanted);
}

#[test]
fn good_metric_queries_are_taken() {
    for good in [
        "avg:a.b{${scope}}",
        "p99.9:a{${scope}, !path:x*, kind:y} by {pod_name,host}.rollup(max, 60)",
        "(1 - sum:a{${scope}}.as_count() / sum:b{${scope}}.as_count()) * 100",
        "-abs(per_second(sum:a{${scope}}))",
        "sum:a{${scope}}by{host}.as_rate()",
    ] {
        let sent = metric::query(good, &own()).unwrap();
        assert!(narrow(&sent), "{sent}");
    }
}

/// What stands between the braces of a metric, and not of a grouping.
fn filters(query: &str) -> Vec<&str> {
    let mut filters = Vec::new();
    for (at, _) in query.match_indices('{') {
        let before = query[..at].trim_end();
        let groups = before.ends_with("}by") || before.ends_with("} by");
        let inner = query[at + 1..].split('}').next().unwrap();
        if !groups {
            filters.push(inner);
        }
    }
    filters
}

/// Every metric has both tags once, with commas between all that it filters by, and no function changes what
/// there is or when.
fn narrow(query: &str) -> bool {
    let filters = filters(query);
    let of_scope = |filter: &&str| {
        let items: Vec<_> = filter.split(',').map(str::trim).collect();
        let once = |tag: &str| items.iter().filter(|it| **it == tag).count() == 1;
        let others = items.iter().filter(|it| {
            let key = it.trim_start_matches('!').split(':').next().unwrap();
            ["env", "service"].contains(&key)
        });
        let plain = !filter.contains(['(', ')', '{', '"', '\'', '$', '|', '&']);
        let words = items.iter().all(|it| !it.contains(' ') && *it != "*");
        once("env:production")
            && once("service:checkout-api")
            && others.count() == 2
            && plain
            && words
    };
    let harmful = [
        "fill", "default", "before", "shift", "top", "forecast", "clamp",
    ];
    !filters.is_empty()
        && filters.iter().all(of_scope)
        && query.matches(':').count() > filters.len()
        && !harmful.iter().any(|it| query.contains(&format!("{it}(")))
}

const PARTS: [&str; 44] = [
    "sum:",
    "errors",
    "{",
    "}",
    "${scope}",
    ",",
    "path:pay",
    "!path:x",
    "service:cart",
    "!env:staging",
    "env:production",
    "*",
    " ",
    " by ",
    "{host}",
    ".as_count()",
    ".rollup(sum, 60)",
    ".fill(zero)",
    "(",
    ")",
    "abs(",
    "default_zero(",
    "week_before(",
    "top(",
    "/",
    "+",
    "-",
    "100",
    "0.5",
    " OR ",
    " AND ",
    " IN (a,b)",
    "$x",
    "\"",
    "#",
    "\n",
    "avg:b{${scope}}",
    "avg:b{*}",
    "p95:",
    ":",
    "timeshift(",
    "per_second(",
    "SERVICE:x",
    "sum:hits",
];

/// A good query, of which parts are taken away, put in or replaced.
fn broken() -> impl Strategy<Value = String> {
    let good =
        "sum:|errors|{|${scope}|,|path:pay|}|.as_count()|/|sum:|hits|{|${scope}|}|.as_count()";
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
            if parts.is_empty() {
                parts.push(part);
            }
        }
        parts.concat()
    })
}

const TERMS: [&str; 24] = [
    "status:error",
    "OR",
    "or",
    "AND",
    "NOT",
    "-",
    "(",
    ")",
    "\"",
    "\\",
    "[",
    "]",
    "{",
    "}",
    "service:cart",
    "@env:x",
    "\"OR\"",
    "||",
    "pay",
    "*",
    "?",
    "\n",
    " ",
    ":",
];

/// What follows the scope in a search is beside it: every bracket and quote has its other end, and no
/// alternative stands outside of them.
fn beside(search: &str) -> bool {
    let Some(rest) = search.strip_prefix("env:\"production\" service:\"checkout-api\" ") else {
        return false;
    };
    let (mut depth, mut quoted, mut escaped, mut word) = (0_i32, false, false, String::new());
    let mut alternative = false;
    for c in rest.chars().chain([' ']) {
        let ends = !quoted && !escaped && (c == ' ' || "()[]{}".contains(c));
        if ends {
            alternative |= depth == 0 && (word == "OR" || word.contains("||"));
            word.clear();
        } else if !quoted {
            word.push(c);
        }
        match c {
            _ if escaped => {}
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if depth < 0 {
            return false;
        }
    }
    depth == 0 && !quoted && !alternative && !rest.contains(['*', '?', '\n'])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_value_changes_the_structure_of_a_metric_query(value in values()) {
        prop_assert!(same_but_for(&value, |tags| metric::query(METRIC, tags).ok()), "{value:?}");
    }

    #[test]
    fn no_value_changes_the_structure_of_a_log_search(value in values()) {
        prop_assert!(same_but_for(&value, |tags| search::narrowed(SEARCH, tags).ok()), "{value:?}");
    }

    #[test]
    fn a_metric_query_that_is_taken_is_narrow(template in broken(), any in any::<String>()) {
        for template in [&template, &any, &format!("sum:a{{${{scope}}{any}}}")] {
            if let Ok(sent) = metric::query(template, &own()) {
                prop_assert!(narrow(&sent), "{template} -> {sent}");
            }
        }
    }

    #[test]
    fn a_log_search_that_is_taken_stands_beside_the_scope(
        terms in prop::collection::vec(select(TERMS.as_slice()), 1..8), glue in " ?", any in any::<String>(),
    ) {
        for text in [terms.join(&glue), any] {
            if let Ok(sent) = search::narrowed(&text, &own()) {
                prop_assert!(beside(&sent), "{text:?} -> {sent:?}");
            }
        }
    }
}
