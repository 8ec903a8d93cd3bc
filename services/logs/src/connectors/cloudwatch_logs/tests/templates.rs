//! Whatever a template is made of, what is taken counts nothing but its scope.

use std::collections::BTreeMap;

use proptest::{prelude::*, sample::select};

use crate::connectors::cloudwatch_logs::{
    insights,
    pattern::{self, PatternError},
    scope::Fields,
};

const CHANGED: u32 = 60_000;

const PARTS: [&str; 46] = [
    "filter",
    "parse",
    "stats",
    "limit",
    "fields",
    "SOURCE",
    "${scope}",
    "|",
    "(",
    ")",
    "[",
    "]",
    ",",
    "and",
    "or",
    "OR",
    "not",
    "like",
    "in",
    "=",
    "!=",
    "=~",
    "a",
    "service",
    "SERVICE",
    "`service`",
    "`a`",
    "\"x\"",
    "'y'",
    "\"",
    "'",
    "`",
    "/x/",
    "/(?<service>.)/",
    "/",
    "#",
    "\\",
    "@message",
    "as",
    "*",
    "1",
    "\n",
    "${service}",
    "source",
    "{",
    "\"|\"",
];

const GOOD: [&str; 4] = [
    "filter ${scope} and a = \"x\"",
    "parse @message \"* *\" as a , b | filter ${scope} and ( a = \"x\" or a = 'y' )",
    "filter a like /x/ | filter a = 1 and ${scope}",
    "filter ${scope} | parse @message /x/ | filter not a in [ \"x\" , 1 ]",
];

const PATTERN_PARTS: [&str; 26] = [
    "{",
    "}",
    "${scope}",
    "&&",
    "||",
    "&",
    "|",
    "(",
    ")",
    "$.a",
    "$.service",
    "$.SERVICE",
    "$.*",
    "$[\"service\"]",
    "=",
    "!=",
    "\"x\"",
    "\"",
    "%x%",
    "%",
    "1",
    "IS",
    "NULL",
    "*",
    "ERROR",
    "\\",
];

const GOOD_PATTERN: &str = "{ ${scope} && ( $.a = \"x\" || $.b = %y% ) && $.c > 1 }";

fn fields() -> Fields {
    let all = [("service".to_owned(), "checkout-api".to_owned())];
    Fields::new(BTreeMap::from(all))
}

/// A good text, of which parts are taken away, put in or replaced.
fn broken(
    good: &'static [&'static str],
    parts: &'static [&'static str],
) -> impl Strategy<Value = String> {
    let edit = (any::<prop::sample::Index>(), select(parts), 0..3_u8);
    let edits = prop::collection::vec(edit, 0..5);
    (select(good), edits).prop_map(|(good, edits)| {
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

/// The text without what stands between marks; without groups, too, where they are not wanted.
fn plain(text: &str, marks: &[char], with_groups: bool) -> String {
    let mut plain = String::new();
    let (mut open, mut depth, mut escaped) = (None, 0_u32, false);
    for it in text.chars() {
        match (open, it) {
            (Some(mark), it) if it == mark && !escaped => open = None,
            (Some(_), _) => {}
            (None, it) if marks.contains(&it) => open = Some(it),
            (None, it) if with_groups => plain.push(it),
            (None, '(' | '[') => depth += 1,
            (None, ')' | ']') => depth = depth.saturating_sub(1),
            (None, it) if depth == 0 => plain.push(it),
            (None, _) => {}
        }
        escaped = open.is_some() && it == '\\' && !escaped;
    }
    plain.to_lowercase()
}

/// Some command wants the scope, nothing beside it is an alternative, and nothing picks or drops lines but
/// filters.
fn narrows(query: &str) -> bool {
    let counted = query.strip_suffix(" | stats count(*) as n, max(@timestamp) as newest");
    let Some(query) = counted else { return false };
    let query = query.replace("service = \"checkout-api\"", " OWN ");
    let marks = ['"', '\'', '/'];
    let (alone, all) = (plain(&query, &marks, false), plain(&query, &marks, true));
    let mut narrowed = false;
    for command in alone.split('|') {
        let words: Vec<_> = command.split_whitespace().collect();
        match words.as_slice() {
            ["filter", condition @ ..] => {
                let mut parts = condition.split(|it| *it == "and");
                narrowed |= !condition.contains(&"or") && parts.any(|it| it == ["own"]);
            }
            ["parse", ..] => {}
            [..] => return false,
        }
    }
    let names = |word: &str| {
        all.split(|it: char| !it.is_alphanumeric())
            .any(|it| it == word)
    };
    narrowed
        && !query.to_lowercase().contains("<service>")
        && !names("service")
        && !names("source")
        && !all.contains('#')
}

fn narrows_pattern(text: &str) -> bool {
    let inner = text
        .trim()
        .strip_prefix('{')
        .and_then(|it| it.strip_suffix('}'));
    let Some(inner) = inner else { return false };
    let rest = inner.replace("($.service = \"checkout-api\")", " OWN ");
    let alone = plain(&rest, &['"', '%'], false);
    let all = plain(&rest, &['"', '%'], true);
    alone.split("&&").any(|it| it.trim() == "own")
        && !alone.contains("||")
        && !all.contains("$.service")
        && !all.contains("$.*")
        && !all.contains("$[")
}

#[test]
fn good_templates_are_taken_and_the_observer_sees_through_bad_ones() {
    for good in GOOD {
        let taken = insights::query(good, &fields(), 0).unwrap();
        assert!(narrows(&taken), "{taken}");
    }
    for good in [
        GOOD_PATTERN,
        "{ ${scope} && $.a = \"$[x\" }",
        "{ $.a IS NULL && ${scope} && (($.b NOT EXISTS) || $.c >= 2) }",
    ] {
        let taken = pattern::pattern(good, &fields()).unwrap();
        assert!(narrows_pattern(&taken), "{taken}");
    }
    for bad in [
        "{ ${scope} && \"x\" }",
        "{ ${scope} && \" $[\"service\"] ( $.a = \"x }",
        "{ ${scope} && $.a }",
        "{ ${scope} && $.a = }",
        "{ ${scope} && $.a = 1 2 }",
        "{ ${scope} && $.a = %x\\% }",
        "{ ${scope} && $.a IS 1 }",
        "{ ${scope} && () }",
        "{ ${scope} && }",
        "{ ${scope} && $.a ! 1 }",
    ] {
        let refused = pattern::pattern(bad, &fields());
        assert_eq!(refused, Err(PatternError::NotUnderstood), "{bad}");
    }
    let end = " | stats count(*) as n, max(@timestamp) as newest";
    for bad in [
        "filter service = \"checkout-api\" or a = 1",
        "filter (service = \"checkout-api\")",
        "filter a = 1",
        "filter service = \"checkout-api\" and service = \"x\"",
    ] {
        assert!(!narrows(&format!("{bad}{end}")), "{bad}");
    }
    assert!(!narrows_pattern(
        "{ ($.service = \"checkout-api\") || $.a = 1 }"
    ));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_taken_is_narrow(template in broken(&GOOD, &PARTS)) {
        if let Ok(taken) = insights::query(&template, &fields(), 0) {
            prop_assert!(narrows(&taken), "{template} -> {taken}");
        }
    }

    #[test]
    fn a_pattern_that_is_taken_is_narrow(template in broken(&[GOOD_PATTERN], &PATTERN_PARTS)) {
        if let Ok(taken) = pattern::pattern(&template, &fields()) {
            prop_assert!(narrows_pattern(&taken), "{template} -> {taken}");
        }
    }

    #[test]
    fn any_text_is_taken_or_refused(text in any::<String>(), glue in "[{}()\\[\\]|\"`$/#&]{0,12}") {
        for text in [text.clone(), format!("filter ${{scope}} and {text}"), format!("{{ ${{scope}} && {text}{glue} }}")] {
            let _ = insights::query(&text, &fields(), 3);
            let _ = pattern::pattern(&text, &fields());
        }
    }
}
