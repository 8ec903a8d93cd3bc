//! No value changes what a query asks.

use passport_connector_sdk::subject_text::SubjectText;
use passport_evidence::Subject;
use proptest::prelude::*;

use super::bench::{by_status, searching};
use crate::connectors::jira::{jql::Search, pull::query};

const VALUES: u32 = 20_000;

/// A query as Jira reads it: what stands between quotes, and all else with a mark in its place.
fn read(query: &str) -> Option<(String, Vec<String>)> {
    let (mut outside, mut values) = (String::new(), Vec::new());
    let mut letters = query.chars();
    while let Some(letter) = letters.next() {
        if letter != '"' {
            outside.push(letter);
            continue;
        }
        let mut value = String::new();
        loop {
            match letters.next()? {
                '"' => break,
                '\\' => value.push(letters.next()?),
                other => value.push(other),
            }
        }
        outside.push('§');
        values.push(value);
    }
    Some((outside, values))
}

fn value() -> impl Strategy<Value = String> {
    let hostile = prop::sample::select(vec![
        "\"", "\\", "\\\"", "\\\\\"", "'", " OR ", "project", " = ", "(", ")", "\u{201d}",
        "ORDER BY", "a", "2.14.0", "é", "§",
    ]);
    prop_oneof![
        prop::collection::vec(hostile, 1..8).prop_map(|it| it.concat()),
        "[^\\p{Cc}]{1,20}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(VALUES))]

    #[test]
    fn every_value_stays_in_its_quotes(
        version in prop::option::of(value()),
        label in prop::option::of(value()),
        kind in prop::option::of(value()),
    ) {
        let projects = ["PAY".to_owned(), "IN".to_owned()];
        let search = Search {
            projects: &projects,
            fix_version: version.as_deref(),
            label: label.as_deref(),
            issue_type: kind.as_deref(),
        };
        let (outside, values) = read(&search.jql()).unwrap();
        let mut wanted = "project in (§, §)".to_owned();
        for (field, it) in [("fixVersion", &version), ("labels", &label), ("issuetype", &kind)] {
            if it.is_some() {
                wanted += &format!(" AND {field} = §");
            }
        }
        prop_assert_eq!(outside, wanted);
        let named = projects.into_iter().chain([version, label, kind].into_iter().flatten());
        prop_assert_eq!(values, named.collect::<Vec<_>>());
    }

    #[test]
    fn whatever_is_released_stays_in_its_quotes_or_is_not_sent(version in "\\PC{0,30}|.{0,30}") {
        let text = SubjectText::parse("v${subject.version}").unwrap();
        let wanted = searching(by_status(), Some(text), None);
        let subject = Subject { version: Some(version.clone()), ..Subject::default() };
        if let Some(query) = query(&wanted, Some(&subject)) {
            prop_assert!(!query.contains(char::is_control));
            let (outside, values) = read(&query).unwrap();
            prop_assert_eq!(outside, "project in (§, §) AND fixVersion = §");
            prop_assert_eq!(values.last().cloned(), Some(format!("v{version}")));
        }
    }
}
