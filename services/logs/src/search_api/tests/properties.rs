//! Whatever is changed in good answers, nothing passes that they do not say.

use passport_connector_sdk::{
    Object, ReadError,
    query::Asked,
    settings::{Reduce, Span},
};
use passport_evidence::{Fact, FactName, Limits, MaxAge, Status, Threshold, Unit};
use passport_testkit::change::changed;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    bench::{NOW, count, newest, now},
    changes::changes,
};
use crate::search_api::{
    answer::Search,
    body::{Lines, Target},
    condition::Condition,
    count as counting,
    period::Period,
    query::{Kind, Query},
    reading::{self, Own},
    settings::TimeUnit,
};

const CHANGED: u32 = 30_000;

fn query(threshold: &str) -> Query {
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
        matching: Vec::new(),
        period: Period {
            window: Span::of_seconds(300),
            settle: 0,
        },
        kind: Kind::Count { excerpts: 3 },
        message_field: "message".to_owned(),
    }
}

fn read(body: &[u8]) -> Result<Search, ReadError> {
    let read = serde_json::from_slice::<Object<Search>>(body);
    read.map(|Object(it)| it).map_err(|_| ReadError::Shape)
}

fn judged(threshold: &str, main: &[u8], heartbeat: &[u8], plain: bool) -> Fact {
    let query = query(threshold);
    let target = Target {
        scope: vec![Condition::text("service.name", "checkout-api")],
        time_field: "@timestamp".to_owned(),
        time_unit: TimeUnit::Date,
    };
    let range = query.period.before(now());
    let lines = Lines {
        target: &target,
        matching: &[],
        range,
    };
    let wanted = counting::Wanted {
        excerpts: 3,
        message_field: "message",
        subject: None,
    };
    let own: Own = read(main).map(|it| counting::found(&it, &lines, wanted, plain));
    let newest = reading::newest(&read(heartbeat), plain);
    let max_age = MaxAge::from_secs(300).unwrap();
    reading::fact(&query, &own, newest, range, max_age, now())
}

fn of_values(threshold: &str, main: &Value, heartbeat: &Value, plain: bool) -> Fact {
    let (main, heartbeat) = (main.to_string(), heartbeat.to_string());
    judged(threshold, main.as_bytes(), heartbeat.as_bytes(), plain)
}

/// Whether nothing in an answer says that a part is missing.
fn is_whole(body: &Value) -> Option<bool> {
    let shards = body["_shards"].as_object()?;
    let number = |name: &str| shards.get(name)?.as_u64();
    let all =
        number("total")? > 0 && number("failed")? == 0 && number("successful")? == number("total")?;
    let in_time = body["timed_out"] == json!(false);
    let to_the_end = matches!(body["terminated_early"], Value::Null | Value::Bool(false));
    Some(all && in_time && to_the_end && has_all_clusters(&body["_clusters"]))
}

fn has_all_clusters(clusters: &Value) -> bool {
    if clusters.is_null() {
        return true;
    }
    let Some(own) = clusters.as_object() else {
        return false;
    };
    let none = |name: &str| own.get(name).is_none_or(|it| it.as_u64() == Some(0));
    let lost = ["skipped", "partial", "failed", "running"];
    let (total, successful) = (&clusters["total"], &clusters["successful"]);
    let told = !total.is_null() && !successful.is_null();
    lost.into_iter().all(none) && (!told || total == successful)
}

/// How many lines there are, if that is told exactly.
fn counted(total: &Value, plain: bool) -> Option<i64> {
    if let Some(number) = total.as_i64() {
        return (plain && number != 10_000).then_some(number);
    }
    let exact = total["relation"] == json!("eq");
    total["value"].as_i64().filter(|_| exact)
}

/// The exact number of lines of an answer, if nothing is wrong with it.
fn exact(body: &Value, plain: bool) -> Option<i64> {
    let shown = body["hits"]["hits"].as_array()?;
    let is_own = |line: &Value| {
        let source = &line["_source"];
        let named = [&source["service.name"], &source["service"]["name"]];
        let own = named.contains(&&json!("checkout-api"));
        (own || !named.contains(&&json!("cart")))
            && source["@timestamp"] != json!("2026-05-03T09:00:00Z")
    };
    let number = counted(&body["hits"]["total"], plain)?;
    let enough = usize::try_from(number).is_ok_and(|it| it >= shown.len());
    (is_whole(body)? && enough && shown.iter().all(is_own)).then_some(number)
}

/// Whether an answer shows a line of the last five minutes.
fn alive(body: &Value, plain: bool) -> bool {
    let total = &body["hits"]["total"];
    let number = total["value"].as_i64().or(total.as_i64().filter(|_| plain));
    let at = body["aggregations"]["newest"]["value"].as_f64();
    let lately = NOW as f64 - 300.0..=NOW as f64 + 60.0;
    let is_fresh = at.is_some_and(|at| lately.contains(&(at / 1_000.0)));
    number > Some(0) && is_fresh && body["_shards"]["total"].as_u64() > Some(0)
}

#[test]
fn good_answers_pass() {
    for threshold in ["< 100", ">= 12", "= 12"] {
        let fact = of_values(threshold, &count(), &newest(6), false);
        assert_eq!(fact.status(), Status::Passed, "{threshold}");
    }
}

#[test]
fn it_passes_only_as_long_as_the_newest_line_is_fresh() {
    for ago in [-61, 301, 3_000, 100_000] {
        let fact = of_values("< 100", &count(), &newest(ago), false);
        assert_eq!(fact.status(), Status::Unknown, "{ago}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_answer_passes_only_where_it_says_so(
        main in changes(), heartbeat in changes(), also in any::<bool>(), plain in any::<bool>(),
    ) {
        let main = changed(count(), &main);
        let heartbeat = if also { changed(newest(6), &heartbeat) } else { newest(6) };
        let passed = of_values("< 100", &main, &heartbeat, plain).status() == Status::Passed;
        let few = exact(&main, plain).is_some_and(|it| (0..100).contains(&it));
        prop_assert!(!passed || (few && alive(&heartbeat, plain)), "{main} {heartbeat}");
    }

    #[test]
    fn of_a_partial_answer_nothing_passes(value in 0..30_000_i64, how in 0..5_u8) {
        let mut main = count();
        main["hits"]["total"]["value"] = json!(value);
        match how {
            0 => main["timed_out"] = json!(true),
            1 => main["terminated_early"] = json!(true),
            2 => main["_shards"]["failed"] = json!(1),
            3 => main["_shards"]["successful"] = json!(4),
            _ => main["_clusters"] = json!({"total": 2, "successful": 1, "skipped": 1}),
        }
        for threshold in ["< 100", ">= 1", "= 3", "!= 3", "> 0"] {
            let fact = of_values(threshold, &main, &newest(6), false);
            prop_assert!(matches!(fact.status(), Status::Unknown | Status::Failed), "{threshold}");
        }
    }

    #[test]
    fn half_an_answer_is_none(cut in any::<prop::sample::Index>()) {
        let (good, newest) = (count().to_string(), newest(6).to_string());
        let half = &good.as_bytes()[..cut.index(good.len())];
        prop_assert_eq!(judged("< 100", half, newest.as_bytes(), true).status(), Status::Unknown);
        let half = &newest.as_bytes()[..cut.index(newest.len())];
        prop_assert_eq!(judged("< 100", good.as_bytes(), half, true).status(), Status::Unknown);
    }
}
