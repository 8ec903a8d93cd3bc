//! Whatever is changed in good answers, nothing passes that they do not say. What they say is told here by an
//! observer who reads no more than what stands there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    ReadError,
    query::{Asked, AskedState},
    settings::Reduce,
};
use passport_evidence::{Fact, FactName, Limits, MaxAge, Status, Threshold, Unit};
use proptest::prelude::*;
use serde_json::Value;

use super::provider::{ACCOUNT, GUID, NOW, buckets, entity, groups, issues, one, values};
use crate::connectors::changes;
use crate::connectors::new_relic::{
    answer::{self, Answer},
    client::{Answers, Ask},
    normalize::{Seen, fact},
    nrql::Rows,
    query::{Number, Query},
    scope::Attributes,
};

const CHANGED: u32 = 10_000;
/// Most groups of the tests.
const LIMIT: usize = 5;

fn changed(answer: Value) -> impl Strategy<Value = Value> {
    changes::changed(answer, values())
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn scope() -> Attributes {
    let pairs = [("appName", "checkout-api"), ("environment", "production")];
    let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Attributes::new(BTreeMap::from(owned)).unwrap()
}

fn asked(unit: Unit, high: Option<i64>, threshold: &str) -> Asked {
    Asked {
        name: FactName::new("error_rate").unwrap(),
        item: None,
        unit,
        domain: (Some(0.into()), high.map(Into::into)),
        limits: Limits::from(threshold.parse::<Threshold>().unwrap()),
        reduce: Reduce::Worst,
        expect_series: None,
        digest: None,
    }
}

fn number(rows: Rows) -> Query {
    let reduce = match rows {
        Rows::Groups(_) => Reduce::Worst,
        Rows::One | Rows::Buckets => Reduce::Single,
    };
    Query::Number(Number {
        asked: Asked {
            reduce,
            ..asked(Unit::Percent, Some(100), "< 1%")
        },
        ask: Ask::Nrql("q".to_owned()),
        rows,
        window: 300,
        min_volume: Some(50.into()),
        percentile: None,
    })
}

fn health() -> Query {
    Query::Health(AskedState {
        name: FactName::new("apm_health").unwrap(),
        item: None,
        wanted: Some(Threshold::equals("NOT_ALERTING")),
    })
}

/// Two open issues are too many.
fn counted() -> Query {
    Query::Issues(asked(Unit::Count, None, "< 2"))
}

fn parsed(ask: &Ask, body: &[u8]) -> Result<Answer, ReadError> {
    match ask {
        Ask::Nrql(_) => answer::rows::parse(body).map(Answer::Rows),
        Ask::Entity => answer::entity::parse(body).map(|it| Answer::Entity(it, now())),
        Ask::Issues => {
            let mut all = answer::issues::Issues::default();
            let more = all.add(answer::issues::parse(body)?, now());
            // The page that would follow is never read here.
            let all = if more.is_some() { all.cut() } else { all };
            Ok(Answer::Issues(all))
        }
    }
}

/// The fact of a query whose reads, in their order, have these answers.
fn judged(query: &Query, bodies: &[&[u8]]) -> Fact {
    let asks = query.asks();
    let each = asks
        .iter()
        .zip(bodies)
        .map(|(ask, body)| (ask.clone(), parsed(ask, body)));
    let answers: Answers = each.collect();
    let scope = scope();
    let seen = Seen {
        answers: &answers,
        scope: &scope,
        account: ACCOUNT,
        entity: Some(GUID),
        max_age: MaxAge::from_secs(300).unwrap(),
        now: now(),
    };
    fact(query, seen)
}

fn passes(query: &Query, bodies: &[&Value]) -> bool {
    let texts: Vec<_> = bodies.iter().map(ToString::to_string).collect();
    let texts: Vec<_> = texts.iter().map(String::as_bytes).collect();
    judged(query, &texts).status() == Status::Passed
}

fn without_errors(body: &Value) -> bool {
    let errors = body.get("errors").unwrap_or(&Value::Null);
    errors.is_null() || errors.as_array().is_some_and(Vec::is_empty)
}

/// The rows of an answer that is whole and about the five minutes that were asked for.
fn whole(body: &Value) -> Option<&Vec<Value>> {
    let nrql = &body["data"]["actor"]["account"]["nrql"];
    let (metadata, window) = (&nrql["metadata"], &nrql["metadata"]["timeWindow"]);
    let said = metadata.get("messages").unwrap_or(&Value::Null);
    let quiet = said.is_null() || said.as_array().is_some_and(Vec::is_empty);
    let (begin, end) = (window["begin"].as_f64()?, window["end"].as_f64()?);
    let asked = end - begin == 300_000.0 && (end / 1_000.0 - NOW as f64).abs() <= 60.0;
    nrql["results"]
        .as_array()
        .filter(|_| quiet && asked && without_errors(body))
}

fn fresh(seconds: f64) -> bool {
    (-60.0..=300.0).contains(&(NOW as f64 - seconds))
}

fn small(row: &Value) -> bool {
    let value = row["value"].as_f64();
    let enough = row["n"].as_f64().is_some_and(|it| it >= 50.0);
    value.is_some_and(|it| (0.0..1.0).contains(&it)) && enough
}

fn small_now(row: &Value) -> bool {
    small(row) && row["ts"].as_f64().is_some_and(|it| fresh(it / 1_000.0))
}

fn all_groups_small(body: &Value) -> bool {
    let other = &body["data"]["actor"]["account"]["nrql"]["otherResult"];
    let zero = |it: &Value| it.is_null() || it.as_f64() == Some(0.0);
    let told = match other.get("n") {
        Some(n) => zero(n),
        None => other.get("value").is_none_or(zero),
    };
    let rows = whole(body);
    rows.is_some_and(|rows| {
        let complete = if other.is_null() {
            rows.len() < LIMIT
        } else {
            told
        };
        !rows.is_empty() && rows.iter().all(small_now) && complete
    })
}

/// The newest bucket that is over and counted anything.
fn newest_small(body: &Value) -> bool {
    let end = |row: &&Value| row["endTimeSeconds"].as_f64().unwrap_or(f64::NAN);
    let counts = |row: &&Value| {
        let some = row["n"].as_f64().is_some_and(|it| it > 0.0);
        some && !row["value"].is_null() && end(row) <= NOW as f64
    };
    let rows = whole(body).map(|rows| rows.iter().filter(counts).collect::<Vec<_>>());
    let newest = rows.and_then(|rows| rows.into_iter().max_by(|a, b| end(a).total_cmp(&end(b))));
    let told = |row: &Value| row["ts"].as_f64().map_or(f64::MAX, |it| it / 1_000.0);
    newest.is_some_and(|row| small(row) && fresh(end(&row).min(told(row))))
}

/// Whether the entity is ours, sends data and is watched.
fn watched(body: &Value) -> bool {
    let entity = &body["data"]["actor"]["entity"];
    let tags = entity["tags"].as_array().cloned().unwrap_or_default();
    let other = tags.iter().any(|tag| {
        let values = tag["values"].as_array().cloned().unwrap_or_default();
        tag["key"] == "environment" && !values.contains(&Value::from("production"))
    });
    let severity = entity["alertSeverity"].as_str().unwrap_or("NOT_CONFIGURED");
    without_errors(body)
        && entity["guid"] == GUID
        && entity["accountId"] == ACCOUNT
        && entity["reporting"] == true
        && severity != "NOT_CONFIGURED"
        && !other
}

fn few(body: &Value) -> bool {
    let page = &body["data"]["actor"]["account"]["aiIssues"]["issues"];
    let Some(issues) = page["issues"].as_array() else {
        return false;
    };
    let ids: BTreeSet<_> = issues
        .iter()
        .filter_map(|it| it["issueId"].as_str())
        .collect();
    let open = |it: &Value| it["state"] == "CREATED" || it["state"] == "ACTIVATED";
    let own = |it: &Value| {
        it["entityGuids"]
            .as_array()
            .is_some_and(|all| all.contains(&GUID.into()))
    };
    let last = page.get("nextCursor").is_none_or(Value::is_null);
    without_errors(body) && ids.len() < 2 && issues.iter().all(|it| open(it) && own(it)) && last
}

#[test]
fn good_answers_pass() {
    assert!(passes(&number(Rows::One), &[&one()]) && small_now(&whole(&one()).unwrap()[0]));
    assert!(passes(&number(Rows::Groups(LIMIT)), &[&groups()]) && all_groups_small(&groups()));
    assert!(passes(&number(Rows::Buckets), &[&buckets()]) && newest_small(&buckets()));
    assert!(passes(&health(), &[&entity()]) && watched(&entity()));
    assert!(passes(&counted(), &[&issues(), &entity()]) && few(&issues()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_row_passes_only_where_it_says_so(body in changed(one())) {
        let says = whole(&body).is_some_and(|rows| rows.len() == 1 && rows.iter().all(small_now));
        prop_assert!(!passes(&number(Rows::One), &[&body]) || says, "{body}");
    }

    #[test]
    fn changed_groups_pass_only_where_all_say_so(body in changed(groups())) {
        prop_assert!(!passes(&number(Rows::Groups(LIMIT)), &[&body]) || all_groups_small(&body), "{body}");
    }

    #[test]
    fn changed_buckets_pass_only_where_the_newest_says_so(body in changed(buckets())) {
        prop_assert!(!passes(&number(Rows::Buckets), &[&body]) || newest_small(&body), "{body}");
    }

    #[test]
    fn a_changed_entity_passes_only_where_it_is_watched_and_well(body in changed(entity())) {
        let well = body["data"]["actor"]["entity"]["alertSeverity"] == "NOT_ALERTING";
        prop_assert!(!passes(&health(), &[&body]) || (well && watched(&body)), "{body}");
    }

    #[test]
    fn changed_issues_pass_only_where_they_are_few_and_could_be_more(
        issues in changed(issues()), entity in changed(entity()),
    ) {
        let passed = passes(&counted(), &[&issues, &entity]);
        prop_assert!(!passed || (few(&issues) && watched(&entity)), "{issues} {entity}");
    }

    #[test]
    fn half_an_answer_is_none(cut in any::<prop::sample::Index>()) {
        for (query, good) in [
            (number(Rows::One), vec![one()]),
            (number(Rows::Groups(LIMIT)), vec![groups()]),
            (number(Rows::Buckets), vec![buckets()]),
            (health(), vec![entity()]),
            (counted(), vec![issues(), entity()]),
        ] {
            let texts: Vec<_> = good.iter().map(ToString::to_string).collect();
            let mut bodies: Vec<_> = texts.iter().map(|it| it.as_bytes()).collect();
            bodies[0] = &bodies[0][..cut.index(bodies[0].len())];
            prop_assert_eq!(judged(&query, &bodies).status(), Status::Unknown);
        }
    }
}
