//! What was sent and could not be kept, and what contradicts itself.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{Bench, export, nanos, source};
use crate::connectors::otlp::accept::MAX_SERIES;

fn attributes(series: usize) -> Value {
    json!([{"key": "series", "value": {"intValue": series}}])
}

fn gauge(values: &[f64], seconds: i64) -> Value {
    let point = |(series, value): (usize, &f64)| json!({"attributes": attributes(series), "timeUnixNano": nanos(seconds), "asDouble": value});
    let points: Vec<_> = values.iter().enumerate().map(point).collect();
    json!({"name": "cpu", "unit": "1", "gauge": {"dataPoints": points}})
}

/// A counter with a point at each of these seconds, for each series.
fn counter(name: &str, temporality: u8, series: usize, points: &[(i64, i64)]) -> Value {
    let point = |series: usize, (seconds, value): (i64, i64)| {
        let start = if temporality == 1 {
            seconds - 60
        } else {
            -9_000
        };
        json!({"attributes": attributes(series), "startTimeUnixNano": nanos(start),
               "timeUnixNano": nanos(seconds), "asInt": value})
    };
    let all = (0..series).flat_map(|series| points.iter().map(move |it| point(series, *it)));
    json!({"name": name, "unit": "{request}", "sum": {"aggregationTemporality": temporality,
        "isMonotonic": true, "dataPoints": all.collect::<Vec<_>>()}})
}

fn histogram(series: usize) -> Value {
    let point = |series: usize| {
        json!({"attributes": attributes(series), "startTimeUnixNano": nanos(-60),
            "timeUnixNano": nanos(-10), "count": 10, "bucketCounts": [10, 0],
            "explicitBounds": [1]})
    };
    let points: Vec<_> = (0..series).map(point).collect();
    json!({"name": "duration", "unit": "s", "histogram": {"aggregationTemporality": 1,
        "dataPoints": points}})
}

/// A source with every kind of question, each of which passes with what is sent below.
fn questions() -> Value {
    source(json!({
        "saturation": {"gauge": "cpu", "unit": "ratio", "reduce": "worst"},
        "error_rate": {"numerator": "errors", "denominator": "requests", "unit": "ratio",
                       "reduce": "worst", "absent": "zero", "min_volume": 1},
        "request_volume": {"increase": "requests", "unit": "count", "reduce": "sum",
                           "threshold": ">= 1"},
        "p95_latency": {"histogram": "duration", "quantile": 0.95, "unit": "seconds",
                        "reduce": "worst", "threshold": "< 2s"},
    }))
}

/// Each fact's name and what was concluded.
async fn concluded(bench: &Bench, seconds: i64) -> Vec<String> {
    let evidence = bench.collect(super::bench::at(seconds)).await;
    let facts = evidence
        .facts()
        .iter()
        .filter(|it| it.threshold().is_some());
    let words = facts.map(|fact| {
        let reason = fact.reason().map(|it| format!(" {it}")).unwrap_or_default();
        format!("{} {}{reason}", fact.name(), fact.status())
    });
    words.collect()
}

async fn all(exports: &[Value]) -> Vec<String> {
    let bench = Bench::new(&questions());
    for export in exports {
        bench.push(-5, export).await;
    }
    concluded(&bench, 0).await
}

const ALL_WELL: [&str; 4] = [
    "error_rate passed",
    "p95_latency passed",
    "request_volume passed",
    "saturation passed",
];
const ALL_CUT: [&str; 4] = [
    "error_rate unknown INCOMPLETE",
    "p95_latency unknown INCOMPLETE",
    "request_volume unknown INCOMPLETE",
    "saturation unknown INCOMPLETE",
];

#[tokio::test]
async fn up_to_the_cap_everything_counts() {
    let each = MAX_SERIES / 4;
    let metrics = json!([
        gauge(&vec![0.3; each], -10),
        counter("errors", 1, each, &[(-10, 0)]),
        counter("requests", 1, each, &[(-10, 100)]),
        histogram(each),
    ]);
    assert_eq!(all(&[export(metrics)]).await, ALL_WELL);
}

#[tokio::test]
async fn a_metric_of_which_a_series_was_cut_proves_nothing_whatever_is_asked_of_it() {
    let filler = MAX_SERIES - 4;
    // Each metric keeps one series of two.
    let metrics = json!([
        counter("requests", 1, 1, &[(-10, 100)]),
        counter("errors", 1, 1, &[(-10, 0)]),
        gauge(&[0.3], -10),
        histogram(1),
    ]);
    let others = json!([
        counter("requests", 1, 2, &[(-10, 100)]),
        gauge(&vec![0.3; filler + 2], -10),
        counter("errors", 1, 2, &[(-10, 0)]),
        histogram(2),
    ]);
    let full = gauge(&vec![0.3; filler + 1], -10);
    let mut one = metrics.as_array().unwrap().clone();
    one.push(full);
    one.extend(others.as_array().unwrap().clone());
    assert_eq!(all(&[export(json!(one))]).await, ALL_CUT);
}

#[tokio::test]
async fn a_numerator_that_was_cut_whole_is_not_one_that_was_never_sent() {
    for temporality in [1, 2] {
        let steady = [(-300, 100), (-10, 200)];
        let mut metrics = vec![
            counter("requests", temporality, 1, &steady),
            gauge(&vec![0.3; MAX_SERIES - 1], -10),
        ];
        let requests = export(json!(metrics));
        metrics.push(counter("errors", temporality, 1, &[(-300, 0), (-10, 90)]));
        let error_rate = |found: Vec<String>| found.into_iter().next().unwrap();
        assert_eq!(error_rate(all(&[requests]).await), "error_rate passed");
        let cut = error_rate(all(&[export(json!(metrics))]).await);
        assert_eq!(cut, "error_rate unknown INCOMPLETE");
    }
}

#[tokio::test]
async fn where_one_series_is_meant_the_one_that_was_kept_decides_nothing() {
    let bench = Bench::new(&source(json!({
        "request_volume": {"increase": "requests", "unit": "count", "threshold": ">= 1000"},
        "saturation": {"gauge": "cpu", "unit": "ratio", "threshold": "< 10%"},
    })));
    let both = |name: &str| counter(name, 1, 1, &[(-10, 5)]);
    let mut second = both("requests");
    second["sum"]["dataPoints"][0]["attributes"] = attributes(7);
    let (mut kept, mut filler) = (gauge(&[0.9], -10), gauge(&vec![0.9; MAX_SERIES], -10));
    kept["name"] = json!("cpu");
    filler["name"] = json!("cpu");
    let metrics = json!([both("requests"), kept, filler, second]);
    bench.push(-5, &export(metrics)).await;
    let found = concluded(&bench, 0).await;
    assert_eq!(
        found,
        [
            "request_volume unknown INCOMPLETE",
            "saturation unknown INCOMPLETE"
        ]
    );
}

#[tokio::test]
async fn a_cut_is_over_when_it_is_as_old_as_what_is_looked_at() {
    let crowd = export(json!([gauge(&vec![0.3; MAX_SERIES + 1], -190)]));
    let alone = export(json!([gauge(&[0.3], -12)]));
    for (seconds, saturation) in [
        (-11, "saturation unknown INCOMPLETE"),
        (-10, "saturation unknown INCOMPLETE"),
        (-9, "saturation passed"),
    ] {
        let bench = Bench::new(&questions());
        bench.push(-190, &crowd).await;
        bench.push(-12, &alone).await;
        let found = concluded(&bench, seconds).await;
        assert_eq!(found.last().unwrap(), saturation, "{seconds}");
    }
}

#[tokio::test]
async fn two_values_of_one_moment_are_ambiguous_and_the_same_one_again_is_not() {
    let well = json!([
        counter("requests", 1, 1, &[(-10, 100)]),
        counter("errors", 1, 1, &[(-10, 0)]),
        gauge(&[0.3], -10),
        histogram(1),
    ]);
    let mut again = export(well.clone());
    again["resourceMetrics"][0]["schemaUrl"] = json!("again");
    assert_eq!(all(&[export(well.clone()), again]).await, ALL_WELL);
    let mut other_buckets = histogram(1);
    other_buckets["histogram"]["dataPoints"][0]["bucketCounts"] = json!([9, 1]);
    for (other, fact) in [
        (counter("errors", 1, 1, &[(-10, 90)]), "error_rate"),
        (counter("requests", 1, 1, &[(-10, 101)]), "error_rate"),
        (counter("requests", 1, 1, &[(-10, 101)]), "request_volume"),
        (gauge(&[0.9], -10), "saturation"),
        (other_buckets, "p95_latency"),
    ] {
        let (first, second) = (export(well.clone()), export(json!([other])));
        for exports in [[first.clone(), second.clone()], [second, first]] {
            let found = all(&exports).await;
            let ambiguous = format!("{fact} unknown AMBIGUOUS");
            assert!(found.contains(&ambiguous), "{found:?}");
        }
    }
}

#[tokio::test]
async fn a_gap_and_a_value_of_one_moment_are_ambiguous() {
    let mut gap = gauge(&[0.9], -10);
    gap["gauge"]["dataPoints"][0]["flags"] = json!(1);
    let found = all(&[export(json!([gauge(&[0.3], -10)])), export(json!([gap]))]).await;
    assert_eq!(found.last().unwrap(), "saturation unknown AMBIGUOUS");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever a second sender under the same name says, and whoever is first.
    #[test]
    fn a_second_voice_never_makes_a_fact_pass(
        temporality in 1_u8..=2,
        voices in prop::collection::vec((0_i64..3, 0_i64..40), 2..5),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let exports = voices.iter().map(|(errors, more)| export(json!([
            counter("errors", temporality, 1, &[(-300, 0), (-10, *errors)]),
            counter("requests", temporality, 1, &[(-300, 0), (-10, 500 + more)]),
        ])));
        let exports: Vec<_> = exports.collect();
        let agree = voices.iter().all(|voice| voice == &voices[0]);
        let reversed: Vec<_> = exports.iter().rev().cloned().collect();
        let (one_way, other_way) = runtime.block_on(async {
            (all(&exports).await, all(&reversed).await)
        });
        prop_assert_eq!(&one_way, &other_way);
        let passes = one_way.contains(&"error_rate passed".to_owned());
        prop_assert_eq!(passes, agree, "{:?} {:?}", voices, one_way);
    }
}
