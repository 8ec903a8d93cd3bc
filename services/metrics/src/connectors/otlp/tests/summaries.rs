//! Which quantiles of a sender are kept.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::{prelude::*, sample::select};

use crate::connectors::otlp::{
    decode::{QuantileValue, SummaryPoint},
    point::Check,
    record::Kind,
};

const AT: u64 = 1_777_800_590_000_000_000;

fn check() -> Check {
    let now: DateTime<Utc> = "2026-05-03T09:30:00Z".parse().unwrap();
    Check {
        kind: Kind::Summary,
        oldest: now - TimeDelta::minutes(10),
        newest: now,
    }
}

fn point(quantiles: &[(f64, f64)], count: u64) -> SummaryPoint {
    let quantile = |&(quantile, value): &(f64, f64)| QuantileValue { quantile, value };
    SummaryPoint {
        start: AT - 1,
        time: AT,
        count,
        quantile_values: quantiles.iter().map(quantile).collect(),
        ..SummaryPoint::default()
    }
}

fn number() -> impl Strategy<Value = f64> {
    const TOLD: [f64; 9] = [
        0.0,
        0.5,
        0.95,
        0.99,
        1.0,
        1.5,
        -0.5,
        f64::NAN,
        f64::INFINITY,
    ];
    prop_oneof![3 => select(TOLD.as_slice()), 1 => any::<f64>()]
}

#[test]
fn quantiles_in_any_order_are_kept_rising() {
    let kept = check()
        .summary(&point(&[(0.99, 0.4), (0.5, 0.1)], 7))
        .unwrap();
    let told: Vec<_> = kept
        .quantiles
        .iter()
        .map(|it| (it.quantile, it.value))
        .collect();
    assert_eq!((told, kept.int), (vec![(0.5, 0.1), (0.99, 0.4)], Some(7)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// Each of them as it was sent, or none.
    #[test]
    fn what_is_kept_could_be_measured(
        quantiles in prop::collection::vec((number(), number()), 0..5), count in any::<u64>(),
    ) {
        let Ok(kept) = check().summary(&point(&quantiles, count)) else {
            return Ok(());
        };
        let sent = |it: &(f64, f64)| kept.quantiles.iter().any(|own| (own.quantile, own.value) == *it);
        prop_assert!(quantiles.iter().all(sent) && quantiles.len() == kept.quantiles.len());
        prop_assert!(kept.quantiles.iter().all(|it| (0.0..=1.0).contains(&it.quantile)));
        prop_assert!(kept.quantiles.iter().all(|it| it.value.is_finite()));
        prop_assert!(kept.quantiles.is_sorted_by(|low, high| low.quantile < high.quantile && low.value <= high.value));
        prop_assert_eq!(kept.int.and_then(|it| u64::try_from(it).ok()), Some(count));
    }
}
