//! Whatever is changed in good answers, nothing passes that they do not say. What they say is told here by an
//! observer who reads no more than what stands there.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    query::{Asked, AskedState},
    settings::{QueryUnit, Reduce},
};
use passport_evidence::{Fact, FactName, Limits, MaxAge, Status, Threshold, Unit};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::provider::{NOW, count, line, monitor, scalar, series, slo, values};
use crate::connectors::changes;
use crate::connectors::datadog::{
    answer,
    ask::{Ask, Window},
    client::Answers,
    normalize::{Seen, fact},
    query::{Figure, Number, Query},
    scope::{Group, Tags},
};

const CHANGED: u32 = 10_000;
const WINDOW: Window = Window {
    length: 300,
    settle: 0,
};

fn changed(answer: Value) -> impl Strategy<Value = Value> {
    changes::changed(answer, values())
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn tags() -> Tags {
    let pairs = [("env", "production"), ("service", "checkout-api")];
    let owned = pairs.map(|(key, value)| (key.to_owned(), value.to_owned()));
    Tags::new(BTreeMap::from(owned)).unwrap()
}

fn asked(unit: Unit, high: Option<i64>, threshold: &str) -> Asked {
    Asked {
        name: FactName::new("error_rate").unwrap(),
        item: None,
        unit,
        domain: (Some(0.into()), high.map(Into::into)),
        limits: Limits::from(threshold.parse::<Threshold>().unwrap()),
        reduce: Reduce::Single,
        expect_series: None,
        digest: None,
    }
}

fn ask(query: &str) -> Ask {
    let query = query.to_owned();
    Ask::Series {
        query,
        window: WINDOW,
    }
}

fn number(main: Ask, probe: Option<Ask>, volume: bool, absent_is_zero: bool) -> Query {
    Query::Number(Number {
        asked: asked(Unit::Ratio, Some(1), "< 1%"),
        unit: QueryUnit::Ratio,
        main,
        probe,
        volume: volume.then(|| (ask("volume"), 50.into())),
        absent_is_zero,
    })
}

fn formula() -> Ask {
    Ask::Scalar {
        formula: "a".to_owned(),
        parts: Vec::new(),
        window: WINDOW,
    }
}

fn state() -> Query {
    Query::Monitor {
        asked: AskedState {
            name: FactName::new("monitor_state").unwrap(),
            item: None,
            wanted: Some(Threshold::equals("OK")),
        },
        ask: Ask::Monitor(7),
        group: Some(Group::named("service:checkout-api")),
    }
}

fn objective() -> Query {
    let id = "0".repeat(32);
    Query::Slo {
        asked: asked(Unit::Percent, Some(100), ">= 99.9%"),
        ask: Ask::Slo {
            id,
            window: 604_800,
        },
        figure: Figure::Attainment,
    }
}

fn lines() -> Query {
    let (search, indexes) = (String::new(), Vec::new());
    Query::Logs {
        asked: asked(Unit::Count, None, "< 10"),
        count: Ask::Count {
            search: search.clone(),
            indexes: indexes.clone(),
            window: WINDOW,
        },
        newest: Ask::Newest {
            search,
            indexes,
            window: WINDOW,
        },
    }
}

/// The fact of a query whose reads, in their order, have these answers.
fn judged(query: &Query, bodies: &[&[u8]]) -> Fact {
    let parsed = |(ask, body): (&Ask, &&[u8])| (ask.clone(), answer::parse(ask, body, now()));
    let answers: Answers = query.asks().into_iter().zip(bodies).map(parsed).collect();
    let tags = tags();
    let max_age = if matches!(query, Query::Slo { .. }) {
        7_200
    } else {
        300
    };
    let seen = Seen {
        answers: &answers,
        tags: &tags,
        max_age: MaxAge::from_secs(max_age).unwrap(),
        now: now(),
    };
    fact(query, seen)
}

fn passes(query: &Query, bodies: &[&Value]) -> bool {
    let texts: Vec<_> = bodies.iter().map(ToString::to_string).collect();
    let texts: Vec<_> = texts.iter().map(String::as_bytes).collect();
    judged(query, &texts).status() == Status::Passed
}

fn quiet(said: Option<&Value>) -> bool {
    said.is_none_or(|it| it.is_null() || *it == json!("") || *it == json!([]))
}

/// Whether tags, with commas between them, hold the scope and nothing else of its keys.
fn scoped(text: &str) -> bool {
    let mut own: Vec<_> = text.split(',').map(str::trim).collect();
    own.retain(|it| it.starts_with("env:") || it.starts_with("service:"));
    own.sort_unstable();
    own.dedup();
    own == ["env:production", "service:checkout-api"]
}

/// Time and number of the newest whole bucket of the one series; `None` where that is not told.
fn newest(body: &Value) -> Option<(f64, f64)> {
    let [only] = body["series"].as_array()?.as_slice() else {
        return None;
    };
    let said = body.get("message");
    let well = body["status"] == "ok" && (quiet(said) || said == Some(&json!("success")));
    if !well || !quiet(body.get("error")) || !scoped(only["scope"].as_str()?) {
        return None;
    }
    let interval = only["interval"].as_f64().filter(|it| *it > 0.0)?;
    let mut best: Option<(f64, f64)> = None;
    for point in only["pointlist"].as_array()? {
        let [at, number] = point.as_array()?.as_slice() else {
            return None;
        };
        let at = at.as_f64()?;
        if !number.is_null() && at + interval * 1_000.0 <= NOW as f64 * 1_000.0 {
            let number = number.as_f64()?;
            if best.is_none_or(|(before, _)| at > before) {
                best = Some((at, number));
            }
        }
    }
    best
}

fn fresh(millis: f64, max_age: i64) -> bool {
    let age = NOW as f64 - millis / 1_000.0;
    (-60.5..=max_age as f64 + 0.5).contains(&age)
}

/// A share as the series' own unit has it.
fn share(number: f64, unit: Option<&Value>) -> bool {
    let unit = unit.unwrap_or(&Value::Null);
    let none = unit.is_null() || *unit == json!([]);
    let percent = unit[0]["family"] == "percentage" && unit[0]["name"] == "percent";
    let nulls = unit
        .as_array()
        .is_some_and(|all| all.iter().all(Value::is_null) && all.len() <= 2);
    let limit = if percent { 1.0 } else { 0.01 };
    (none || nulls || percent) && (0.0..limit).contains(&number)
}

fn small(body: &Value) -> bool {
    let number = newest(body).filter(|(at, _)| fresh(*at, 300));
    number.is_some_and(|(_, number)| share(number, body["series"][0].get("unit")))
}

fn well(body: &Value) -> bool {
    let own = &body["state"]["groups"]["service:checkout-api"]["status"];
    let open = |it: Option<&Value>| {
        it.is_none_or(|it| it.is_null() || *it == json!({}) || *it == json!([]))
    };
    let options = body.get("options").unwrap_or(&Value::Null);
    let published = body
        .get("draft_status")
        .is_none_or(|it| it.is_null() || it == "published");
    body["id"] == 7
        && own == "OK"
        && open(options.get("silenced"))
        && open(body.get("matching_downtimes"))
        && body.get("deleted").is_none_or(Value::is_null)
        && published
}

fn attained(body: &Value) -> bool {
    let (data, overall) = (&body["data"], &body["data"]["overall"]);
    let list = |at: &Value| at.as_array().cloned().unwrap_or_default();
    let times = list(&data["series"]["times"]);
    let counted = list(&data["series"]["denominator"]["values"]);
    let length = data["series"]["interval"].as_f64().unwrap_or(f64::NAN);
    let millis = NOW as f64 * 1_000.0;
    let newest = times
        .iter()
        .zip(&counted)
        .filter(|(_, counted)| counted.as_f64().is_some_and(|it| it > 0.0))
        .filter_map(|(at, _)| at.as_f64())
        .filter(|at| *at > millis || at + length * 1_000.0 <= millis)
        .fold(f64::NAN, f64::max);
    let errors = [
        body.get("errors"),
        data.get("errors"),
        overall.get("errors"),
    ];
    let value = overall["sli_value"].as_f64();
    value.is_some_and(|it| (99.9..=100.0).contains(&it))
        && fresh(newest, 7_200)
        && errors.into_iter().all(quiet)
        && quiet(data["series"].get("message"))
        && overall.get("preview") != Some(&json!(true))
}

fn few(body: &Value) -> bool {
    let number = match body["data"]["buckets"].as_array().map(Vec::as_slice) {
        Some([]) => Some(0.0),
        Some([only]) => only["computes"]["c0"].as_f64(),
        Some(_) | None => None,
    };
    number.is_some_and(|it| (0.0..10.0).contains(&it))
        && body["meta"]["status"] == "done"
        && quiet(body["meta"].get("warnings"))
        && quiet(body.get("errors"))
}

fn alive(body: &Value) -> bool {
    let line = &body["data"][0]["attributes"];
    let time = line["timestamp"]
        .as_str()
        .and_then(|it| DateTime::parse_from_rfc3339(it).ok());
    let tags = line["tags"].as_array().cloned().unwrap_or_default();
    let service = line["service"].as_str().map(|it| format!("service:{it}"));
    let shown: Vec<_> = service
        .iter()
        .map(String::as_str)
        .chain(tags.iter().filter_map(Value::as_str))
        .collect();
    let own =
        |key: &str, tag: &str| !shown.iter().any(|it| it.starts_with(key)) || shown.contains(&tag);
    time.is_some_and(|it| fresh(it.timestamp_millis() as f64, 300))
        && own("env:", "env:production")
        && own("service:", "service:checkout-api")
}

#[test]
fn good_answers_pass() {
    let volume = series(json!(80));
    let with_volume = number(ask("main"), None, true, false);
    assert!(passes(&with_volume, &[&series(json!(0.002)), &volume]));
    let zero = number(ask("main"), None, true, true);
    assert!(passes(
        &zero,
        &[&json!({"status": "ok", "series": []}), &volume]
    ));
    let scalar_query = number(formula(), Some(ask("probe")), false, false);
    assert!(passes(&scalar_query, &[&scalar(), &volume]));
    assert!(passes(&state(), &[&monitor()]) && well(&monitor()));
    assert!(passes(&objective(), &[&slo()]) && attained(&slo()));
    assert!(passes(&lines(), &[&count(), &line()]) && few(&count()) && alive(&line()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_series_pass_only_where_they_say_so(
        main in changed(series(json!(0.002))), volume in changed(series(json!(80))),
    ) {
        let enough = newest(&volume).is_some_and(|(at, it)| it >= 50.0 && fresh(at, 300));
        let passed = passes(&number(ask("main"), None, true, false), &[&main, &volume]);
        prop_assert!(!passed || (small(&main) && enough), "{main} {volume}");
        let nothing = main["status"] == "ok" && newest(&main).is_none();
        let passed = passes(&number(ask("main"), None, true, true), &[&main, &volume]);
        prop_assert!(!passed || ((small(&main) || nothing) && enough), "{main} {volume}");
    }

    #[test]
    fn changed_scalars_pass_only_where_they_say_so(
        main in changed(scalar()), probe in changed(series(json!(80))),
    ) {
        let columns = main["data"]["attributes"]["columns"].as_array().cloned().unwrap_or_default();
        let numbers: Vec<_> = columns.iter().filter(|it| it["type"] == "number").collect();
        let told = match numbers.as_slice() {
            [only] => {
                let values = only["values"].as_array().cloned().unwrap_or_default();
                let number = values.first().and_then(Value::as_f64).filter(|_| values.len() == 1);
                number.is_some_and(|it| share(it, only["meta"].get("unit"))) && quiet(main.get("errors"))
            }
            _ => false,
        };
        // Of several series of a probe the oldest counts.
        let each = probe["series"].as_array().cloned().unwrap_or_default();
        let alone = |series: &Value| {
            let mut one = probe.clone();
            one["series"] = json!([series]);
            newest(&one).is_some_and(|(at, _)| fresh(at, 300))
        };
        let timely = !each.is_empty() && each.iter().all(alone);
        let passed = passes(&number(formula(), Some(ask("probe")), false, false), &[&main, &probe]);
        prop_assert!(!passed || (told && timely), "{main} {probe}");
    }

    #[test]
    fn a_changed_monitor_passes_only_where_its_own_group_is_well(body in changed(monitor())) {
        prop_assert!(!passes(&state(), &[&body]) || well(&body), "{body}");
    }

    #[test]
    fn a_changed_objective_passes_only_where_it_is_attained(body in changed(slo())) {
        prop_assert!(!passes(&objective(), &[&body]) || attained(&body), "{body}");
    }

    #[test]
    fn a_changed_count_passes_only_where_it_is_small_and_lines_arrive(
        main in changed(count()), newest in changed(line()),
    ) {
        let passed = passes(&lines(), &[&main, &newest]);
        prop_assert!(!passed || (few(&main) && alive(&newest)), "{main} {newest}");
    }

    #[test]
    fn half_an_answer_is_none(cut in any::<prop::sample::Index>()) {
        for (query, good) in [
            (number(ask("main"), None, false, false), vec![series(json!(0.002))]),
            (state(), vec![monitor()]),
            (objective(), vec![slo()]),
            (lines(), vec![count(), line()]),
        ] {
            let texts: Vec<_> = good.iter().map(ToString::to_string).collect();
            let mut bodies: Vec<_> = texts.iter().map(|it| it.as_bytes()).collect();
            bodies[0] = &bodies[0][..cut.index(bodies[0].len())];
            prop_assert_eq!(judged(&query, &bodies).status(), Status::Unknown);
        }
    }
}
