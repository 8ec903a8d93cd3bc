//! Whatever is changed in good answers, nothing passes that they do not say. What they say is told here by
//! an observer who reads no more than what stands there.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    query::{Asked, Tolerance},
    settings::Reduce,
};
use passport_evidence::{Fact, FactName, Limits, MaxAge, Status, Threshold, Unit};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::connectors::{
    changes,
    prometheus::{
        answer,
        baseline::Baseline,
        client::{Answers, Ask},
        normalize::{Seen, fact},
        query::Query,
        release::Releases,
        template::Labels,
    },
};

const CHANGED: u32 = 20_000;
const NOW: i64 = 1_777_800_600;
const AGO: u32 = 86_400;
const THEN: i64 = NOW - AGO as i64;
const LIMIT: f64 = 0.01;

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

fn labels() -> Labels {
    let pairs = [("environment", "production"), ("service", "checkout-api")];
    let owned = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
    Labels::new(BTreeMap::from(owned))
}

fn query(baseline: bool, absent_is_zero: bool) -> Query {
    let ask = |text: &str| Ask::instant(text.to_owned());
    Query {
        asked: Asked {
            name: FactName::fixed("error_rate"),
            item: None,
            unit: Unit::Ratio,
            domain: (Some(0.into()), Some(1.into())),
            limits: Limits::from("< 1%".parse::<Threshold>().unwrap()),
            reduce: Reduce::Single,
            expect_series: None,
            digest: None,
        },
        main: ask("main"),
        probes: vec![ask("probe")],
        volume: Some((ask("volume"), 50.into())),
        absent_is_zero,
        allow_scalar: false,
        bucket_ceiling: None,
        baseline: baseline.then(|| Baseline {
            ago: AGO,
            tolerance: Tolerance {
                share: "0.1".parse().unwrap(),
                amount: 0.into(),
            },
            releases: None,
        }),
        link: None,
    }
}

/// The same, held against the release before.
fn query_of_release() -> Query {
    let mut query = query(true, false);
    if let Some(baseline) = &mut query.baseline {
        baseline.releases = Some(Releases::by("version"));
    }
    query
}

/// One series of a release.
fn running(version: &str, at: i64) -> Value {
    let result = json!([{"metric": {"version": version}, "value": [at, "3"]}]);
    json!({"status": "success", "data": {"resultType": "vector", "result": result}})
}

/// The one release that an answer tells of.
fn only_release(body: &Value) -> Option<String> {
    let all = results(body).filter(|_| whole(body))?;
    let named = all.iter().map(|it| it["metric"]["version"].as_str());
    let named: Option<BTreeSet<_>> = named.collect();
    match Vec::from_iter(named?).as_slice() {
        [only] if !only.is_empty() => Some((*only).to_owned()),
        _ => None,
    }
}

fn series(number: &str, at: i64) -> Value {
    let metric = json!({"environment": "production", "service": "checkout-api"});
    let result = json!([{"metric": metric, "value": [at, number]}]);
    json!({"status": "success", "data": {"resultType": "vector", "result": result}})
}

fn range(numbers: [&str; 2]) -> Value {
    let values = json!([[NOW - 120, numbers[0]], [NOW - 60, numbers[1]]]);
    let result = json!([{"metric": {"service": "checkout-api"}, "values": values}]);
    json!({"status": "success", "data": {"resultType": "matrix", "result": result}})
}

/// The fact of a query whose reads, in their order, have these answers.
fn judged(query: &Query, bodies: &[&[u8]]) -> Fact {
    let parsed = |(ask, body): (Ask, &&[u8])| (ask, answer::parse(body));
    let answers: Answers = query.asks().zip(bodies).map(parsed).collect();
    let seen = Seen {
        answers: &answers,
        labels: &labels(),
        max_age: MaxAge::from_secs(300).unwrap(),
        now: now(),
        release: None,
    };
    fact(query, seen)
}

fn status(query: &Query, bodies: &[&Value]) -> Status {
    let texts: Vec<_> = bodies.iter().map(ToString::to_string).collect();
    let texts: Vec<_> = texts.iter().map(String::as_bytes).collect();
    judged(query, &texts).status()
}

fn passes(query: &Query, bodies: &[&Value]) -> bool {
    status(query, bodies) == Status::Passed
}

/// Whether an answer says that it is one.
fn well(body: &Value) -> bool {
    body["status"] == "success" && body["data"].is_object()
}

/// Whether it says that something is missing.
fn whole(body: &Value) -> bool {
    let warned = body["warnings"].as_array().is_some_and(|it| !it.is_empty());
    !warned && body["isPartial"] != true
}

fn results(body: &Value) -> Option<&[Value]> {
    well(body).then(|| body["data"]["result"].as_array().map(Vec::as_slice))?
}

fn scoped(series: &Value) -> bool {
    let metric = &series["metric"];
    let own = |name: &str, value: &str| metric.get(name).is_none_or(|it| it == value);
    metric.is_object() && own("environment", "production") && own("service", "checkout-api")
}

fn number(point: &Value) -> Option<f64> {
    let text = point.get(1)?.as_str()?;
    text.parse().ok().filter(|it: &f64| it.is_finite())
}

/// The number of the one series, or the newest of its numbers.
fn only(body: &Value) -> Option<f64> {
    let [series] = results(body)? else {
        return None;
    };
    if !scoped(series) || !series.get("histogram").is_none_or(Value::is_null) {
        return None;
    }
    match body["data"]["resultType"].as_str()? {
        "vector" => number(&series["value"]),
        "matrix" => {
            let points = series["values"].as_array()?;
            let time = |it: &&Value| it[0].as_f64().unwrap_or(f64::NAN);
            number(points.iter().max_by(|a, b| time(a).total_cmp(&time(b)))?)
        }
        _ => None,
    }
}

/// A companion may be a number without labels.
fn amount(body: &Value) -> Option<f64> {
    match body["data"]["resultType"] == "scalar" && well(body) {
        true => number(&body["data"]["result"]),
        false => only(body),
    }
}

fn fresh(probe: &Value, at: i64) -> bool {
    let [series] = results(probe).unwrap_or_default() else {
        return false;
    };
    let point = match series.get("values").and_then(Value::as_array) {
        Some(points) if series.get("value").is_none() => points.last(),
        Some(_) | None => series.get("value"),
    };
    let told = point.and_then(number);
    let all = series.get("values").and_then(Value::as_array);
    let any = all.into_iter().flatten().filter_map(number);
    let timely = |it: f64| (-60.5..=300.5).contains(&(at as f64 - it));
    told.into_iter().chain(any).any(timely)
}

fn enough(volume: &Value) -> bool {
    amount(volume).is_some_and(|it| it >= 50.0)
}

fn small(main: &Value) -> bool {
    whole(main) && only(main).is_some_and(|it| (0.0..LIMIT).contains(&it))
}

/// What parts are replaced with.
fn values() -> Vec<Value> {
    let words = [
        "",
        "success",
        "error",
        "vector",
        "matrix",
        "scalar",
        "string",
        "production",
        "staging",
        "checkout-api",
        "0",
        "0.002",
        "0.0019",
        "0.02",
        "0.01",
        "-1",
        "7",
        "NaN",
        "+Inf",
        "1e-9",
        "80",
        "49",
        "1777800588",
        "1777700000",
        "1777900000",
        "1777714188",
        "0x1",
        " 1",
        "1,5",
    ];
    let others = [
        json!(null),
        json!(true),
        json!(false),
        json!([]),
        json!({}),
        json!(0),
        json!(0.002),
        json!(NOW),
        json!(NOW - 30),
        json!(NOW + 3_600),
        json!(THEN),
        json!([NOW, "0.003"]),
        json!([NOW, "0.03"]),
        json!([[NOW - 30, "0.001"], [NOW, "0.4"]]),
        json!([{"metric": {}, "value": [NOW, "0.004"]}]),
        json!([{"metric": {}, "value": [NOW, "0.004"]}, {"metric": {}, "value": [NOW, "0.4"]}]),
        json!(["PromQL warning: something is missing"]),
        json!({"count": "3", "sum": "1", "buckets": []}),
        json!({"resultType": "vector", "result": []}),
    ];
    words.into_iter().map(Value::from).chain(others).collect()
}

/// A good answer that may also say more of itself.
fn changed(answer: Value) -> impl Strategy<Value = Value> {
    let extra = prop_oneof![
        6 => Just(None),
        1 => Just(Some(("warnings", json!(["x"])))),
        1 => Just(Some(("warnings", json!([])))),
        1 => Just(Some(("infos", json!(["x"])))),
        1 => Just(Some(("isPartial", json!(true)))),
    ];
    (changes::changed(answer, values()), extra).prop_map(|(mut answer, extra)| {
        if let (Some((key, value)), Some(object)) = (extra, answer.as_object_mut()) {
            object.insert(key.to_owned(), value);
        }
        answer
    })
}

fn good() -> [Value; 6] {
    [
        series("0.002", NOW),
        series(&(NOW - 12).to_string(), NOW),
        series("80", NOW),
        series("0.0019", THEN),
        series(&(THEN - 12).to_string(), THEN),
        series("80", THEN),
    ]
}

#[test]
fn good_answers_pass() {
    let all = good();
    let all: Vec<_> = all.iter().collect();
    assert!(passes(&query(false, false), &all[..3]));
    assert!(passes(&query(true, false), &all));
    let (now, then) = (running("production", NOW), running("staging", THEN));
    let beside = [&all[..3], &[&now], &all[3..], &[&then]].concat();
    assert!(passes(&query_of_release(), &beside));
    let range = range(["0.02", "0.002"]);
    assert!(passes(&query(false, false), &[&range, all[1], all[2]]));
    let nothing = json!({"status": "success", "data": {"resultType": "vector", "result": []}});
    assert!(passes(&query(false, true), &[&nothing, all[1], all[2]]));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CHANGED, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn changed_answers_pass_only_where_they_say_so(
        main in changed(series("0.002", NOW)), probe in changed(series(&(NOW - 12).to_string(), NOW)),
        volume in changed(series("80", NOW)), zero in any::<bool>(),
    ) {
        let passed = passes(&query(false, zero), &[&main, &probe, &volume]);
        let nothing = zero && whole(&main) && results(&main).is_some_and(<[Value]>::is_empty);
        let says = (small(&main) || nothing) && fresh(&probe, NOW) && enough(&volume);
        prop_assert!(!passed || says, "{main} {probe} {volume}");
    }

    #[test]
    fn a_changed_range_passes_only_where_its_newest_point_says_so(
        main in changed(range(["0.02", "0.002"])), probe in changed(series(&(NOW - 12).to_string(), NOW)),
    ) {
        let passed = passes(&query(false, false), &[&main, &probe, &series("80", NOW)]);
        prop_assert!(!passed || (small(&main) && fresh(&probe, NOW)), "{main} {probe}");
    }

    /// Beside what was before nothing passes that is worse, or whose before is not told.
    #[test]
    fn a_changed_before_passes_only_what_is_not_worse(
        main in changed(series("0.002", NOW)), before in changed(series("0.0019", THEN)),
        probe in changed(series(&(THEN - 12).to_string(), THEN)), volume in changed(series("80", THEN)),
    ) {
        let [_, own_probe, own_volume, ..] = good();
        let passed = passes(&query(true, false), &[&main, &own_probe, &own_volume, &before, &probe, &volume]);
        let was = only(&before).filter(|it| whole(&before) && (0.0..=1.0).contains(it));
        let not_worse = only(&main).zip(was).is_some_and(|(now, was)| now <= was * 1.1 + 1e-12);
        let told = fresh(&probe, THEN) && enough(&volume);
        prop_assert!(!passed || (small(&main) && not_worse && told), "{main} {before} {probe} {volume}");
    }

    /// A number of before is of another release than the one that runs, or shows nothing.
    #[test]
    fn changed_releases_pass_only_where_they_differ(
        now in changed(running("production", NOW)), then in changed(running("staging", THEN)),
    ) {
        let [main, probe, volume, before, then_probe, then_volume] = good();
        let bodies = [&main, &probe, &volume, &now, &before, &then_probe, &then_volume, &then];
        let passed = passes(&query_of_release(), &bodies);
        let differ = only_release(&now).zip(only_release(&then)).is_some_and(|(now, then)| now != then);
        prop_assert!(!passed || differ, "{now} {then}");
    }

    /// What fails by itself fails whatever was before, and what was before makes nothing pass.
    #[test]
    fn what_was_before_never_makes_a_number_better(main in changed(series("0.002", NOW)), before in changed(series("0.5", THEN))) {
        let [_, probe, volume, _, then_probe, then_volume] = good();
        let alone = status(&query(false, false), &[&main, &probe, &volume]);
        let beside = status(&query(true, false), &[&main, &probe, &volume, &before, &then_probe, &then_volume]);
        prop_assert!(beside.weight() >= alone.weight(), "{alone} {beside} {main} {before}");
    }

    #[test]
    fn half_an_answer_is_none(cut in any::<prop::sample::Index>(), which in 0..6_usize) {
        let texts = good().map(|it| it.to_string());
        let mut bodies: Vec<_> = texts.iter().map(|it| it.as_bytes()).collect();
        bodies[which] = &bodies[which][..cut.index(bodies[which].len())];
        prop_assert_eq!(judged(&query(true, false), &bodies).status(), Status::Unknown);
    }
}
