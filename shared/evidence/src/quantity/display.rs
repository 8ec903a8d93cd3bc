//! How a quantity is written for a person.

use bigdecimal::{BigDecimal, RoundingMode, Zero};

use super::{Dimension, Quantity, Unit};

const SIGNIFICANT_DIGITS: i64 = 5;

/// Writes a quantity: percent for shares, `us`, `ms` or `s` for times (whole from 10 up, else two
/// decimals), the largest fitting binary unit for data, all else plain. Digits are added until
/// `faithful` agrees with the rounded quantity, at the latest when it is exact.
pub(super) fn display(quantity: &Quantity, faithful: impl Fn(&Quantity) -> bool) -> String {
    let shown = in_display_unit(quantity);
    let exact = shown.number.fractional_digit_count();
    let mut decimals = first_decimals(&shown);
    while decimals < exact {
        let rounded = round(&shown, decimals);
        if faithful(&rounded) {
            return write(&rounded);
        }
        decimals += 1;
    }
    write(&shown)
}

fn round(quantity: &Quantity, decimals: i64) -> Quantity {
    let number = quantity
        .number
        .with_scale_round(decimals, RoundingMode::HalfUp);
    Quantity::new(number, quantity.unit)
}

fn write(quantity: &Quantity) -> String {
    let number = if quantity.number.is_zero() {
        "0".to_owned()
    } else {
        quantity.number.to_plain_string()
    };
    format!("{number}{}", quantity.unit.symbol())
}

/// Decimals that the first attempt shows.
fn first_decimals(quantity: &Quantity) -> i64 {
    let significant = SIGNIFICANT_DIGITS - integer_digits(&quantity.number);
    match quantity.dimension() {
        Dimension::Duration if quantity.number.abs() >= 10 => 0,
        Dimension::Duration => 2,
        Dimension::Ratio
        | Dimension::Data
        | Dimension::Count
        | Dimension::Rate
        | Dimension::Score => significant.max(0),
    }
}

/// Digits before the point; zero or less for a number below one, so that its leading zeros do not
/// count as significant.
fn integer_digits(number: &BigDecimal) -> i64 {
    let (_, scale) = number.as_bigint_and_exponent();
    i64::try_from(number.digits())
        .unwrap_or(i64::MAX)
        .saturating_sub(scale)
}

fn in_display_unit(quantity: &Quantity) -> Quantity {
    match quantity.unit {
        Unit::Ratio => Quantity::new(&quantity.number * BigDecimal::from(100), Unit::Percent),
        Unit::Nanoseconds | Unit::Microseconds | Unit::Milliseconds | Unit::Seconds => largest(
            quantity,
            &[Unit::Seconds, Unit::Milliseconds, Unit::Microseconds],
        ),
        Unit::Bytes | Unit::Kibibytes | Unit::Mebibytes | Unit::Gibibytes => largest(
            quantity,
            &[
                Unit::Gibibytes,
                Unit::Mebibytes,
                Unit::Kibibytes,
                Unit::Bytes,
            ],
        ),
        Unit::Percent
        | Unit::Minutes
        | Unit::Hours
        | Unit::Days
        | Unit::Kilobytes
        | Unit::Megabytes
        | Unit::Gigabytes
        | Unit::Count
        | Unit::PerSecond
        | Unit::PerMinute
        | Unit::Score => quantity.clone(),
    }
}

/// The first unit in which the amount reaches its least, else the last. Seconds start at ten, all
/// others at one.
fn largest(quantity: &Quantity, units: &[Unit]) -> Quantity {
    let amounts = units.iter().map(|unit| convert(quantity, *unit));
    let mut last = quantity.clone();
    for amount in amounts {
        let least = if amount.unit == Unit::Seconds { 10 } else { 1 };
        if amount.number.abs() >= least {
            return amount;
        }
        last = amount;
    }
    if last.number.is_zero() {
        zero(&last)
    } else {
        last
    }
}

/// Nothing has no size: it is written in the unit that people expect.
fn zero(quantity: &Quantity) -> Quantity {
    let unit = match quantity.unit.dimension() {
        Dimension::Duration => Unit::Milliseconds,
        Dimension::Ratio
        | Dimension::Data
        | Dimension::Count
        | Dimension::Rate
        | Dimension::Score => quantity.unit,
    };
    Quantity::new(0.into(), unit)
}

fn convert(quantity: &Quantity, unit: Unit) -> Quantity {
    let (up, down) = quantity.unit.factor();
    let (unit_up, unit_down) = unit.factor();
    // Every unit that is converted here is a power of ten or of two of the others, so that the
    // division ends.
    let number = &quantity.number * BigDecimal::from(up) * BigDecimal::from(unit_down)
        / (BigDecimal::from(down) * BigDecimal::from(unit_up));
    Quantity::new(number, unit)
}
