//! Whatever is changed in good answers, nothing passes that they do not say.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    query::Asked,
    settings::{Reduce, Span},
};
use passport_evidence::{Fact, FactName, Limits, MaxAge, Status, Threshold, Unit};
use passport_testkit::change::changed;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::provider::{NOW, changes, lines, number, streams, vector};
use crate::connectors::loki::{
    answer,
    client::{Answers, Ask},
    logql::{Absent, Labels},
    normalize,
    query::Query,
};

const CHANGED: u32 = 10_000;
/// Lines that the log query of the tests reads at most, and how far back, in seconds.
const LIMIT: u32 = 5;
const WINDOW: i64 = 300;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn labels() -> Labels {
    Labels::new(serde_json::from_value(super::provider::labels()).unwrap())
}

fn query(ask: Ask, threshold: &str) -> Query {
    let asked = Asked {
        name: FactName::new("error_log_count").unwrap(),
        item: None,
        unit: Unit::Count,
        domain: (Some(0.into()), None),
        limits: Limits::from(threshold.parse::<Threshold>().unwrap()),
        reduce: Reduce::Single,
        expect_series: None,
        digest: None,
    };
    Query {
        asked,
        ask,
        absent: Absent::Zero,
        excerpts: 0,
    }
}

fn counted() -> Query {
    query(Ask::number("a".to_owned(), None), "< 100")
}

fn few_lines() -> Query {
    let window = Span::of_seconds(u32::try_from(WINDOW).unwrap());
    query(Ask::lines("b".to_owned(), window, LIMIT), "< 3")
}

fn judged(query: &Query, main: &[u8], newest: &[u8]) -> Fact {
    let heartbeat = Ask::heartbeat(&labels(), Span::of_seconds(3_600));
    let answers = Answers::from([
        (query.ask.clone(), answer::parse(main)),
        (heartbeat.clone(), answer::parse(newest)),
    ]);
    let newest = normalize::heartbeat(&answers, &heartbeat, &labels());
    let seen = normalize::reading(query, &answers, newest, &labels(), now());
    normalize::fact(query, seen, MaxAge::from_secs(300).unwrap(), now())
}

fn of_values(query: &Query, main: &Value, newest: &Value) -> Fact {
    judged(
        query,
        main.to_string().as_bytes(),
        newest.to_string().as_bytes(),
    )
}

/// Whether the newest line is one of the last five minutes. What is missing of a heartbeat can only
/// make it older, so that its warnings don't matter.
fn alive(newest: &Value) -> bool {
    let newest = lines(newest, true).and_then(|times| times.into_iter().max());
    newest.is_some_and(|at| (NOW - 300..=NOW + 60).contains(&at))
}

fn few(main: &Value) -> bool {
    let all = lines(main, false);
    all.is_some_and(|times| {
        times.len() < 3
            && times
                .iter()
                .all(|at| (NOW - WINDOW..=NOW + 60).contains(at))
    })
}

#[test]
fn good_answers_pass() {
    assert_eq!(
        of_values(&counted(), &vector(), &streams(6)).status(),
        Status::Passed
    );
    assert_eq!(
        of_values(&few_lines(), &streams(9), &streams(6)).status(),
        Status::Passed
    );
}

#[test]
fn each_passes_only_as_long_as_its_newest_line_is_fresh() {
    for ago in [-61, 301, 3_000, 100_000] {
        let fact = of_values(&counted(), &vector(), &streams(ago));
        assert_eq!(fact.status(), Status::Unknown, "{ago}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_count_passes_only_where_it_says_so(main in changes(), newest in changes(), also in any::<bool>()) {
        let main = changed(vector(), &main);
        let newest = if also { changed(streams(6), &newest) } else { streams(6) };
        let passed = of_values(&counted(), &main, &newest).status() == Status::Passed;
        let few = number(&main).is_some_and(|number| (0.0..100.0).contains(&number));
        prop_assert!(!passed || (few && alive(&newest)), "{main} {newest}");
    }

    #[test]
    fn changed_lines_pass_only_where_they_are_few(main in changes(), newest in changes(), also in any::<bool>()) {
        let main = changed(streams(9), &main);
        let newest = if also { changed(streams(6), &newest) } else { streams(6) };
        let passed = of_values(&few_lines(), &main, &newest).status() == Status::Passed;
        prop_assert!(!passed || (few(&main) && alive(&newest)), "{main} {newest}");
    }

    #[test]
    fn a_warning_lets_nothing_pass(value in "[0-9]{1,4}") {
        let mut main = vector();
        main["data"]["result"][0]["value"][1] = json!(value);
        main["warnings"] = json!(["partial"]);
        for threshold in ["< 100", ">= 1", "= 3", "!= 3"] {
            let query = query(Ask::number("a".to_owned(), None), threshold);
            let fact = of_values(&query, &main, &streams(6));
            prop_assert!(matches!(fact.status(), Status::Unknown | Status::Failed), "{threshold}");
        }
    }

    #[test]
    fn half_an_answer_is_none(cut in any::<prop::sample::Index>(), lines in any::<bool>()) {
        let (query, good) = if lines { (few_lines(), streams(9)) } else { (counted(), vector()) };
        let good = good.to_string();
        let half = &good.as_bytes()[..cut.index(good.len())];
        let newest = streams(6).to_string();
        prop_assert_eq!(judged(&query, half, newest.as_bytes()).status(), Status::Unknown);
        prop_assert_eq!(judged(&query, good.as_bytes(), half).status(), Status::Unknown);
    }
}
