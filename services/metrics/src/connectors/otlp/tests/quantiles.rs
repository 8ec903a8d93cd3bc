use bigdecimal::BigDecimal;
use passport_connector_sdk::query::Sample;
use passport_evidence::{Reason, quantity};
use proptest::prelude::*;

use crate::connectors::otlp::{amounts::Amounts, quantile::quantile};

fn of(bounds: &[f64], counts: &[u64], wanted: f64) -> Result<Option<Sample>, Reason> {
    let distribution = Amounts {
        bounds: bounds.to_vec(),
        counts: counts.iter().copied().map(BigDecimal::from).collect(),
    };
    quantile(&distribution, &quantity::from_f64(wanted).unwrap())
}

fn number(text: &str) -> Result<Option<Sample>, Reason> {
    Ok(Some(Sample::Number(quantity::parse_number(text).unwrap())))
}

#[test]
fn it_is_linear_inside_its_bucket_and_the_first_begins_at_zero() {
    assert_eq!(of(&[10.0, 20.0], &[4, 4, 0], 0.25), number("5"));
    assert_eq!(of(&[10.0, 20.0], &[4, 4, 0], 0.75), number("15"));
    assert_eq!(of(&[10.0, 20.0], &[4, 4, 0], 1.0), number("20"));
    assert_eq!(of(&[10.0, 20.0], &[4, 4, 0], 0.0), number("0"));
}

#[test]
fn an_empty_bucket_holds_no_quantile() {
    assert_eq!(of(&[10.0, 20.0], &[0, 4, 0], 0.0), number("10"));
    assert_eq!(of(&[10.0, 20.0, 30.0], &[2, 0, 2, 0], 0.5), number("10"));
}

#[test]
fn in_the_last_bucket_only_its_lower_bound_is_known() {
    let bound = Ok(Some(Sample::AtLeast(20.into())));
    assert_eq!(of(&[10.0, 20.0], &[1, 0, 99], 0.95), bound);
}

#[test]
fn a_first_bucket_below_zero_counts_as_its_end() {
    assert_eq!(of(&[-5.0, 5.0], &[10, 0, 0], 0.5), number("-5"));
}

#[test]
fn one_bucket_without_bounds_has_no_quantile() {
    assert_eq!(of(&[], &[10], 0.5), Err(Reason::UnexpectedShape));
}

#[test]
fn nothing_measured_has_no_quantile() {
    assert_eq!(of(&[10.0], &[0, 0], 0.5), Ok(None));
}

proptest! {
    #[test]
    fn a_higher_quantile_is_never_smaller(
        counts in prop::collection::vec(0_u64..1_000, 5),
        (low, high) in (0.0..=1.0_f64, 0.0..=1.0_f64),
    ) {
        let at = |wanted: f64| {
            let sample = of(&[1.0, 2.5, 5.0, 10.0], &counts, wanted).unwrap();
            sample.map(|sample| match sample {
                Sample::Number(number) | Sample::AtLeast(number) => number,
                Sample::NotANumber | Sample::Missing => panic!("not a number"),
            })
        };
        prop_assert!(at(low.min(high)) <= at(low.max(high)));
    }
}
