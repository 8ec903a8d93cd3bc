//! Exponential histograms against the measurements that they were made of.

use bigdecimal::{BigDecimal, ToPrimitive};
use passport_connector_sdk::query::Sample;
use passport_evidence::{Reason, quantity};
use proptest::prelude::*;

use crate::connectors::otlp::{
    amounts::{Amounts, Growth, Point},
    quantile::quantile,
    record::{Exponential, Kind, Run},
    series::{Series, Window},
};

const WINDOW: Window = Window {
    start: 1_000,
    end: 2_000,
    settled: 500,
};
/// How far a bound that was computed may lie from the one that was meant.
const ROUNDING: f64 = 1e-9;

/// Index of the bucket of a number above zero, as the data model defines it.
fn index(scale: i32, number: f64) -> i32 {
    (number.log2() * f64::from(scale).exp2()).ceil() as i32 - 1
}

fn run(scale: i32, numbers: impl Iterator<Item = f64>) -> Run {
    let all: Vec<_> = numbers.map(|it| index(scale, it)).collect();
    let offset = all.iter().copied().min().unwrap_or_default();
    let length = all.iter().max().map_or(0, |top| top - offset + 1);
    let mut counts = vec![0; usize::try_from(length).unwrap()];
    for at in all {
        counts[usize::try_from(at - offset).unwrap()] += 1;
    }
    Run { offset, counts }
}

/// What a sender makes of measurements.
fn made(scale: i32, zero_threshold: f64, numbers: &[f64]) -> Exponential {
    let far = || {
        numbers
            .iter()
            .copied()
            .filter(|it| it.abs() > zero_threshold)
    };
    let near = numbers.len() - far().count();
    Exponential {
        scale,
        zero_count: near as u64,
        zero_threshold,
        positive: Some(run(scale, far().filter(|it| *it > 0.0))),
        negative: Some(run(scale, far().filter(|it| *it < 0.0).map(f64::abs))),
    }
}

fn point(start: u64, time: u64, exponential: Exponential) -> Point {
    Point {
        start,
        time,
        amounts: None,
        unusable: false,
        exponential: Some(exponential),
        quantiles: Vec::new(),
    }
}

fn grown(kind: Kind, points: Vec<Point>) -> Result<Amounts, Reason> {
    match Series::new(points).growth(kind, WINDOW)? {
        Growth::By(amounts, _) => Ok(amounts),
        Growth::Absent | Growth::Untold => Err(Reason::NoData),
    }
}

fn delta(points: &[Exponential]) -> Result<Amounts, Reason> {
    let times = (1_100..).step_by(100);
    let points = points.iter().cloned().zip(times);
    let points = points.map(|(it, time)| point(time - 100, time, it));
    grown(Kind::DeltaExponential, points.collect())
}

fn cumulative(points: &[Exponential]) -> Result<Amounts, Reason> {
    let times = (1_000..).step_by(100);
    let points = points.iter().cloned().zip(times);
    grown(
        Kind::CumulativeExponential,
        points.map(|(it, time)| point(1, time, it)).collect(),
    )
}

fn at(amounts: &Amounts, wanted: f64) -> f64 {
    let wanted = quantity::from_f64(wanted).unwrap();
    match quantile(amounts, &wanted).unwrap() {
        Some(Sample::Number(number)) => number.to_f64().unwrap(),
        other => panic!("{other:?}"),
    }
}

/// The two ends of the bucket of a number.
fn ends(scale: i32, zero: f64, number: f64) -> (f64, f64) {
    if number.abs() <= zero {
        return (-zero, zero);
    }
    let at = index(scale, number.abs());
    let bound = |at: i32| (f64::from(at) / f64::from(scale).exp2()).exp2();
    match number > 0.0 {
        true => (bound(at), bound(at + 1)),
        false => (-bound(at + 1), -bound(at)),
    }
}

#[test]
fn a_bucket_holds_what_is_above_its_lower_end_and_at_most_its_upper() {
    let amounts = delta(&[made(0, 0.0, &[2.0, 3.0, 4.0, 8.0])]).unwrap();
    assert_eq!(amounts.bounds, [0.0, 1.0, 2.0, 4.0, 8.0]);
    let counts: Vec<_> = [0, 0, 1, 2, 1, 0].map(BigDecimal::from).into();
    assert_eq!(amounts.counts, counts);
    assert_eq!(at(&amounts, 0.5), 3.0);
    assert_eq!(at(&amounts, 1.0), 8.0);
}

#[test]
fn zeros_are_zero() {
    let amounts = delta(&[made(3, 0.0, &[0.0, 0.0, 0.0, 1.0])]).unwrap();
    assert_eq!(at(&amounts, 0.5), 0.0);
    assert!(at(&amounts, 1.0) <= 1.0 + ROUNDING);
}

#[test]
fn a_coarser_scale_and_a_wider_zero_bucket_are_met_half_way() {
    let fine = made(2, 0.0, &[0.3, 1.1, 2.5, 2.6, 9.0]);
    let coarse = made(0, 0.5, &[0.3, 1.1, 2.5, 2.6, 9.0]);
    let amounts = delta(&[fine, coarse.clone()]).unwrap();
    let twice = delta(&[coarse.clone(), coarse]).unwrap();
    assert_eq!(amounts, twice);
}

#[test]
fn what_fell_without_a_new_start_is_no_growth() {
    let more = made(1, 0.0, &[1.0, 2.0, 3.0]);
    let less = made(1, 0.0, &[1.0, 2.0]);
    assert_eq!(
        cumulative(&[more.clone(), less.clone()]),
        Err(Reason::OutOfDomain)
    );
    let points = vec![point(1, 900, more), point(1_500, 1_900, less.clone())];
    let restarted = grown(Kind::CumulativeExponential, points).unwrap();
    assert_eq!(restarted.total(), BigDecimal::from(2));
}

fn numbers() -> impl Strategy<Value = Vec<f64>> {
    let number = prop_oneof![
        6 => 1e-4..1e4_f64,
        2 => -1e3..0.0_f64,
        1 => Just(0.0),
        1 => (-8..12_i32).prop_map(|power| f64::from(power).exp2()),
    ];
    prop::collection::vec(number, 1..60)
}

/// Without what lies so near to a bound that a rounded logarithm may put it on either side.
fn clear(scale: i32, numbers: Vec<f64>) -> Vec<f64> {
    let is_clear = |it: &f64| {
        let place = it.abs().log2() * f64::from(scale).exp2();
        *it == 0.0 || (place - place.round()).abs() > 1e-6 || it.abs().log2().fract() == 0.0
    };
    numbers.into_iter().filter(is_clear).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

    /// The quantile of the buckets lies in the bucket of the measurement that has this rank.
    #[test]
    fn a_quantile_lies_where_the_measurement_does(
        raw in numbers(), scales in (-2..6_i32, -2..6_i32), cut in any::<prop::sample::Index>(),
        zero in prop_oneof![Just(0.0), Just(1e-3)], wanted in 0.0..=1.0_f64,
    ) {
        let mut all = clear(scales.0.max(scales.1), raw);
        prop_assume!(!all.is_empty());
        let (one, other) = all.split_at(cut.index(all.len()));
        let amounts = delta(&[made(scales.0, zero, one), made(scales.1, zero, other)]).unwrap();
        prop_assert_eq!(amounts.total(), BigDecimal::from(all.len() as u64));
        all.sort_by(f64::total_cmp);
        let rank = (wanted * all.len() as f64).ceil().max(1.0) as usize;
        let found = at(&amounts, wanted);
        // At the end of a bucket the rank may be that of its last measurement or of the next one.
        let near = all[rank.saturating_sub(2)..(rank + 1).min(all.len())].iter();
        let scale = scales.0.min(scales.1);
        let fits = |number: &f64| {
            // A bucket that lies half in the zero bucket belongs to it.
            let zero = if zero > 0.0 { ends(scale, 0.0, zero).1 } else { 0.0 };
            let (low, high) = ends(scale, zero, *number);
            let slack = ROUNDING * found.abs().max(1e-9);
            (low - slack..=high + slack).contains(&found) || (found >= 0.0 && found <= high + slack && low <= 0.0)
        };
        prop_assert!(near.clone().any(fits), "{found} is not near {:?}", near.collect::<Vec<_>>());
    }

    /// Cumulative points, whatever scale each of them has, tell the same as deltas of their differences.
    #[test]
    fn what_was_counted_since_the_start_is_told_as_what_was_counted_between(
        first in numbers(), more in numbers(), scales in (-2..6_i32, -2..6_i32),
    ) {
        let finest = scales.0.max(scales.1);
        let (first, more) = (clear(finest, first), clear(finest, more));
        prop_assume!(!more.is_empty() && !first.is_empty());
        let all = [first.clone(), more.clone()].concat();
        let grown = cumulative(&[made(scales.0, 0.0, &first), made(scales.1, 0.0, &all)]).unwrap();
        prop_assert_eq!(grown.total(), BigDecimal::from(more.len() as u64));
        let coarsest = scales.0.min(scales.1);
        let between = delta(&[made(coarsest, 0.0, &more)]).unwrap();
        for wanted in [0.1, 0.5, 0.95, 1.0] {
            let (one, other) = (at(&grown, wanted), at(&between, wanted));
            prop_assert!((one - other).abs() <= ROUNDING * one.abs().max(1.0), "{one} {other}");
        }
    }
}
