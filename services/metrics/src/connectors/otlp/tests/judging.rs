//! From exports to facts, through the collector.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{Bench, export, id, nanos, source, words};

fn gauge(points: Value) -> Value {
    export(json!([{"name": "cpu", "unit": "1", "gauge": {"dataPoints": points}}]))
}

fn attributes(series: &str) -> Value {
    json!([{"key": "series", "value": {"stringValue": series}}])
}

fn gauge_point(series: &str, seconds: i64, value: f64) -> Value {
    json!({"attributes": attributes(series), "timeUnixNano": nanos(seconds), "asDouble": value})
}

fn counter(name: &str, temporality: u8, points: Value) -> Value {
    json!({"name": name, "unit": "{request}", "sum": {
        "aggregationTemporality": temporality, "isMonotonic": true, "dataPoints": points}})
}

fn sum_point(series: &str, start: i64, seconds: i64, value: i64) -> Value {
    json!({"attributes": attributes(series), "startTimeUnixNano": nanos(start),
           "timeUnixNano": nanos(seconds), "asInt": value.to_string()})
}

fn cumulative(name: &str, points: Value) -> Value {
    counter(name, 2, points)
}

fn saturation(more: Value) -> Value {
    let mut query = json!({"gauge": "cpu", "unit": "ratio", "reduce": "worst"});
    query
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    source(json!({ "saturation": query }))
}

fn error_rate(more: Value) -> Value {
    let mut query = json!({"numerator": "errors", "denominator": "requests", "unit": "ratio"});
    query
        .as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    source(json!({ "error_rate": query }))
}

async fn verdict(source: &Value, pushes: &[(i64, Value)]) -> String {
    let bench = Bench::new(source);
    for (seconds, export) in pushes {
        bench.push(*seconds, export).await;
    }
    bench.verdict(0).await
}

#[tokio::test]
async fn several_series_are_ambiguous_unless_the_worst_is_asked_for() {
    let pushed = [(
        -5,
        gauge(json!([
            gauge_point("a", -10, 0.3),
            gauge_point("b", -10, 0.4)
        ])),
    )];
    assert_eq!(verdict(&saturation(json!({})), &pushed).await, "passed 40%");
    let single = saturation(json!({"reduce": "single"}));
    assert_eq!(verdict(&single, &pushed).await, "unknown AMBIGUOUS");
}

#[tokio::test]
async fn a_series_that_went_silent_says_nothing_beside_one_that_reports() {
    let pushed = [
        (-200, gauge(json!([gauge_point("gone", -200, 0.95)]))),
        (-5, gauge(json!([gauge_point("here", -10, 0.3)]))),
    ];
    assert_eq!(verdict(&saturation(json!({})), &pushed).await, "passed 30%");
    let two = saturation(json!({"expect_series": 2}));
    assert_eq!(verdict(&two, &pushed).await, "unknown INCOMPLETE 30%");
}

#[tokio::test]
async fn a_gap_ends_the_series_and_does_not_reach_the_other_ones() {
    let mut closing = gauge_point("a", -10, 0.1);
    closing["flags"] = json!(3);
    let pushed = [
        (
            -60,
            gauge(json!([
                gauge_point("a", -60, 0.95),
                gauge_point("b", -60, 0.2)
            ])),
        ),
        (-5, gauge(json!([closing]))),
    ];
    assert_eq!(verdict(&saturation(json!({})), &pushed).await, "passed 20%");
}

#[tokio::test]
async fn a_gauge_with_a_start_time_is_a_gauge() {
    let mut point = gauge_point("a", -10, 0.3);
    point["startTimeUnixNano"] = json!(nanos(-5));
    assert_eq!(
        verdict(&saturation(json!({})), &[(-5, gauge(json!([point])))]).await,
        "passed 30%"
    );
}

#[tokio::test]
async fn the_unit_of_the_sender_is_converted_and_another_dimension_is_not() {
    let in_unit = |unit: &str| {
        let mut export = gauge(json!([gauge_point("a", -10, 42.0)]));
        export["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["unit"] = json!(unit);
        [(-5, export)]
    };
    let source = saturation(json!({}));
    assert_eq!(verdict(&source, &in_unit("%")).await, "passed 42%");
    assert_eq!(
        verdict(&source, &in_unit("1")).await,
        "unknown OUT_OF_DOMAIN 4200%"
    );
    assert_eq!(
        verdict(&source, &in_unit("By")).await,
        "unknown UNEXPECTED_SHAPE"
    );
}

#[tokio::test]
async fn a_metric_that_changes_its_unit_or_kind_is_not_read() {
    let first = (-60, gauge(json!([gauge_point("a", -60, 0.3)])));
    let mut other_unit = gauge(json!([gauge_point("a", -10, 0.3)]));
    other_unit["resourceMetrics"][0]["scopeMetrics"][0]["metrics"][0]["unit"] = json!("%");
    let summary = export(json!([{"name": "cpu", "unit": "1", "summary": {"dataPoints": [{}]}}]));
    for changed in [other_unit, summary] {
        let pushed = [first.clone(), (-5, changed)];
        assert_eq!(
            verdict(&saturation(json!({})), &pushed).await,
            "unknown UNEXPECTED_SHAPE"
        );
    }
}

#[tokio::test]
async fn one_point_of_a_counter_is_pending_while_more_are_to_come() {
    let source = source(json!({"request_volume": {
        "increase": "requests", "unit": "count", "threshold": ">= 1"}}));
    let pushed = (
        -30,
        export(json!([cumulative(
            "requests",
            json!([sum_point("a", -900, -30, 5)])
        )])),
    );
    let bench = Bench::new(&source);
    bench.push(pushed.0, &pushed.1).await;
    assert_eq!(bench.verdict(90).await, "pending INSUFFICIENT_SAMPLE");
    let bench = Bench::new(&source);
    bench.push(pushed.0, &pushed.1).await;
    assert_eq!(bench.verdict(91).await, "unknown INSUFFICIENT_SAMPLE");
}

fn steady(series: &str, first: i64, last: i64) -> Value {
    json!([
        sum_point(series, -9_000, -300, first),
        sum_point(series, -9_000, -10, last)
    ])
}

#[tokio::test]
async fn of_several_series_each_is_a_share_of_its_own() {
    let errors = [steady("a", 0, 1), steady("b", 0, 30)].map(|it| it.as_array().unwrap().clone());
    let requests = [steady("a", 0, 1_000), steady("b", 0, 1_000)];
    let requests = requests.map(|it| it.as_array().unwrap().clone());
    let pushed = [(
        -5,
        export(json!([
            cumulative("errors", json!(errors.concat())),
            cumulative("requests", json!(requests.concat())),
        ])),
    )];
    let worst = error_rate(json!({"reduce": "worst"}));
    assert_eq!(verdict(&worst, &pushed).await, "failed THRESHOLD_MISSED 3%");
    assert_eq!(
        verdict(&error_rate(json!({})), &pushed).await,
        "unknown AMBIGUOUS"
    );
}

#[tokio::test]
async fn a_series_without_its_other_half_is_missing() {
    let requests = [steady("a", 0, 1_000), steady("b", 0, 1_000)];
    let requests = requests.map(|it| it.as_array().unwrap().clone()).concat();
    let pushed = |errors: i64| {
        [(
            -5,
            export(json!([
                cumulative("errors", steady("a", 0, errors)),
                cumulative("requests", json!(requests)),
            ])),
        )]
    };
    let worst = error_rate(json!({"reduce": "worst"}));
    assert_eq!(verdict(&worst, &pushed(1)).await, "unknown INCOMPLETE");
    assert_eq!(
        verdict(&worst, &pushed(50)).await,
        "failed THRESHOLD_MISSED 5%"
    );
}

#[tokio::test]
async fn a_numerator_that_stopped_makes_the_share_as_old_as_itself() {
    let stopped = json!([
        sum_point("a", -9_000, -320, 0),
        sum_point("a", -9_000, -200, 0)
    ]);
    let pushed = [
        (-200, export(json!([cumulative("errors", stopped)]))),
        (
            -5,
            export(json!([cumulative("requests", steady("a", 0, 1_000))])),
        ),
    ];
    assert_eq!(
        verdict(&error_rate(json!({})), &pushed).await,
        "unknown STALE 0%"
    );
}

#[tokio::test]
async fn an_error_counter_that_was_never_sent_is_zero_only_where_that_is_declared() {
    let pushed = [(
        -5,
        export(json!([cumulative("requests", steady("a", 0, 1_000))])),
    )];
    assert_eq!(
        verdict(&error_rate(json!({})), &pushed).await,
        "unknown NO_DATA"
    );
    let zero = |least: u32| error_rate(json!({"absent": "zero", "min_volume": least}));
    assert_eq!(verdict(&zero(1_000), &pushed).await, "passed 0%");
    assert_eq!(
        verdict(&zero(1_001), &pushed).await,
        "unknown INSUFFICIENT_SAMPLE"
    );
}

#[tokio::test]
async fn a_delta_counter_that_counts_nothing_sends_nothing() {
    let requests = json!([sum_point("a", -70, -10, 1_000)]);
    let errors = json!([sum_point("a", -260, -200, 2)]);
    let pushed = [
        (-200, export(json!([counter("errors", 1, errors)]))),
        (-5, export(json!([counter("requests", 1, requests)]))),
    ];
    let zero = error_rate(json!({"absent": "zero", "min_volume": 1}));
    assert_eq!(verdict(&zero, &pushed).await, "passed 0.2%");
    assert_eq!(
        verdict(&error_rate(json!({})), &pushed).await,
        "unknown STALE 0.2%"
    );
}

#[tokio::test]
async fn without_traffic_there_is_no_error_rate() {
    let pushed = [(
        -5,
        export(json!([
            cumulative("errors", steady("a", 5, 5)),
            cumulative("requests", steady("a", 900, 900)),
        ])),
    )];
    assert_eq!(
        verdict(&error_rate(json!({})), &pushed).await,
        "unknown INSUFFICIENT_SAMPLE"
    );
}

#[tokio::test]
async fn errors_without_requests_are_no_share() {
    let pushed = [(
        -5,
        export(json!([
            cumulative("errors", steady("a", 0, 5)),
            cumulative("requests", steady("a", 900, 900)),
        ])),
    )];
    assert_eq!(
        verdict(&error_rate(json!({})), &pushed).await,
        "unknown INCOMPLETE"
    );
}

#[tokio::test]
async fn a_percentage_is_a_share_in_hundredths() {
    let pushed = [(
        -5,
        export(json!([
            cumulative("errors", steady("a", 0, 5)),
            cumulative("requests", steady("a", 0, 1_000)),
        ])),
    )];
    assert_eq!(
        verdict(&error_rate(json!({"unit": "percent"})), &pushed).await,
        "passed 0.5%"
    );
}

#[tokio::test]
async fn counts_of_several_series_can_be_added() {
    let requests = [steady("a", 0, 40), steady("b", 0, 70)];
    let requests = requests.map(|it| it.as_array().unwrap().clone()).concat();
    let volume = source(json!({"request_volume": {
        "increase": "requests", "unit": "count", "reduce": "sum", "threshold": ">= 100"}}));
    let mut pushed = [(-5, export(json!([cumulative("requests", json!(requests))])))];
    assert_eq!(verdict(&volume, &pushed).await, "passed 110");
    let late = json!([requests, vec![sum_point("c", -9_000, -10, 9)]].concat());
    pushed[0].1 = export(json!([cumulative("requests", late)]));
    assert_eq!(
        verdict(&volume, &pushed).await,
        "pending INSUFFICIENT_SAMPLE"
    );
}

#[tokio::test]
async fn a_window_can_end_before_now() {
    let points = json!([
        sum_point("a", -9_000, -400, 0),
        sum_point("a", -9_000, -100, 50),
        sum_point("a", -9_000, -10, 999),
    ]);
    let volume = source(
        json!({"request_volume": {"increase": "requests", "unit": "count",
        "threshold": "none", "window": "5m", "settle": "60s"}}),
    );
    let pushed = [(-5, export(json!([cumulative("requests", points)])))];
    assert_eq!(
        verdict(&volume, &pushed).await,
        "not_applicable INFORMATIONAL 50"
    );
}

#[tokio::test]
async fn a_sender_whose_clock_runs_a_little_ahead_is_heard() {
    let bench = Bench::new(&saturation(json!({})));
    bench
        .push(0, &gauge(json!([gauge_point("a", 60, 0.3)])))
        .await;
    let evidence = bench.collect(super::bench::at(0)).await;
    assert_eq!(words(&evidence.facts()[0]), "passed 30%");
    assert_eq!(evidence.freshness().observed_at, Some(super::bench::at(0)));
    assert_eq!(evidence.scope, id().scope);
}

/// Histograms: how many in each of four buckets.
fn histogram(seconds: i64, counts: [u64; 4]) -> Value {
    json!({"startTimeUnixNano": nanos(-9_000), "timeUnixNano": nanos(seconds),
           "count": counts.iter().sum::<u64>(), "bucketCounts": counts,
           "explicitBounds": [100, 200, 400]})
}

#[tokio::test]
async fn a_cumulative_histogram_is_read_by_what_it_grew() {
    let points = json!([
        histogram(-300, [0, 0, 0, 500]),
        histogram(-10, [90, 10, 0, 500])
    ]);
    let pushed = [(
        -5,
        export(json!([{"name": "duration", "unit": "ms", "histogram": {
        "aggregationTemporality": 2, "dataPoints": points}}])),
    )];
    let p95 = source(json!({"p95_latency": {
        "histogram": "duration", "quantile": 0.95, "unit": "seconds", "min_volume": 100}}));
    assert_eq!(verdict(&p95, &pushed).await, "passed 150ms");
}

#[tokio::test]
async fn the_id_of_a_query_is_its_item_where_it_names_its_fact() {
    let source = source(json!({"heap": {
        "fact": "custom_metric", "gauge": "cpu", "unit": "ratio", "threshold": "< 50%"}}));
    let bench = Bench::new(&source);
    bench
        .push(-5, &gauge(json!([gauge_point("a", -10, 0.3)])))
        .await;
    let evidence = bench.collect(super::bench::at(0)).await;
    let fact = &evidence.facts()[0];
    assert_eq!(
        (fact.name().as_str(), fact.item()),
        ("custom_metric", Some("heap"))
    );
}

#[tokio::test]
async fn no_credential_is_sent_and_the_evidence_says_so() {
    let evidence = Bench::new(&saturation(json!({})))
        .collect(super::bench::at(0))
        .await;
    let of_credential = evidence
        .facts()
        .iter()
        .find(|it| it.name().as_str() == "credential_scope");
    assert_eq!(
        words(of_credential.unwrap()),
        "not_applicable INFORMATIONAL"
    );
}

/// Exports of two counters in time order, cumulative or delta.
fn exports() -> impl Strategy<Value = (u8, Vec<(i64, i64)>)> {
    (
        1_u8..=2,
        prop::collection::vec((0_i64..20, 0_i64..500), 1..8),
    )
}

fn as_exports(temporality: u8, increments: &[(i64, i64)]) -> Vec<(i64, Value)> {
    let (mut errors, mut requests) = (0, 0);
    let export_of = |(index, (more_errors, more_requests)): (usize, &(i64, i64))| {
        let seconds = -320 + 45 * i64::try_from(index).unwrap();
        let (start, kept) = match temporality {
            1 => (seconds - 45, 0),
            _ => (-9_000, 1),
        };
        (errors, requests) = (errors * kept + more_errors, requests * kept + more_requests);
        let point = |value| json!([sum_point("a", start, seconds, value)]);
        (
            seconds,
            export(json!([
                counter("errors", temporality, point(errors)),
                counter("requests", temporality, point(requests)),
            ])),
        )
    };
    increments.iter().enumerate().map(export_of).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_sent_again_never_changes_a_fact(
        (temporality, increments) in exports(),
        again in prop::collection::vec(any::<prop::sample::Index>(), 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let source = error_rate(json!({"min_volume": 50}));
        let once = as_exports(temporality, &increments);
        let mut twice = once.clone();
        for index in again {
            // Another order of keys makes it another body: the points themselves must tell.
            let (_, mut export) = index.get(&once).clone();
            export["resourceMetrics"][0]["schemaUrl"] = json!("again");
            twice.push((-1, export));
        }
        let (first, second) = runtime.block_on(async {
            (verdict(&source, &once).await, verdict(&source, &twice).await)
        });
        prop_assert_eq!(first, second);
    }
}
