//! Numbers with units, compared exactly and shown without lying.

mod display;
mod number;
mod unit;

use std::{cmp::Ordering, fmt};

use bigdecimal::{BigDecimal, ToPrimitive as _};

pub use number::{NumberError, from_f64, parse_number};
pub use unit::{Dimension, Unit};

/// An exact number in a unit.
#[derive(Clone)]
pub struct Quantity {
    number: BigDecimal,
    unit: Unit,
}

/// A text that is no quantity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a number with a known unit")]
pub struct QuantityError;

// === impl Quantity ===

impl Quantity {
    /// A number in a unit.
    pub fn new(number: BigDecimal, unit: Unit) -> Self {
        Self {
            number: number.normalized(),
            unit,
        }
    }

    /// A count of things.
    pub fn count(number: u64) -> Self {
        Self::new(number.into(), Unit::Count)
    }

    /// Reads a number with an optional unit, such as `0.02%`, `142ms`, `7d`, `3`. A bare number is
    /// a count.
    pub fn parse(text: &str) -> Result<Self, QuantityError> {
        let (number, unit) = split(text).ok_or(QuantityError)?;
        Ok(Self::new(number, unit.unwrap_or(Unit::Count)))
    }

    /// The exact number.
    pub fn number(&self) -> &BigDecimal {
        &self.number
    }

    /// What the number counts.
    pub fn unit(&self) -> Unit {
        self.unit
    }

    /// The same amount in another unit of its dimension; `None` where it has another one, or where no
    /// decimal is that amount.
    pub fn number_in(&self, unit: Unit) -> Option<BigDecimal> {
        let (up, down) = self.unit.factor();
        let (unit_up, unit_down) = unit.factor();
        let number = &self.number * BigDecimal::from(up) * BigDecimal::from(unit_down)
            / (BigDecimal::from(down) * BigDecimal::from(unit_up));
        let converted = Self::new(number, unit);
        (converted == *self).then_some(converted.number)
    }

    /// The dimension of the unit.
    pub fn dimension(&self) -> Dimension {
        self.unit.dimension()
    }

    /// The amount in the unit that its dimension is counted in (1 of a ratio, a second, a byte), as near
    /// as a float comes. For expressions of users; nothing is judged by it.
    pub fn base_f64(&self) -> f64 {
        let (up, down) = self.unit.factor();
        (&self.number * up / down).to_f64().unwrap_or(f64::NAN)
    }

    /// Whether it lies between the two numbers, given in its own unit; a missing end is open.
    pub fn within(&self, low: Option<&BigDecimal>, high: Option<&BigDecimal>) -> bool {
        low.is_none_or(|low| &self.number >= low) && high.is_none_or(|high| &self.number <= high)
    }

    /// Text for a person: at most five significant digits, unless `faithful` refuses the rounded
    /// quantity, for example because it lies on the other side of a threshold.
    pub fn display(&self, faithful: impl Fn(&Self) -> bool) -> String {
        display::display(self, faithful)
    }
}

impl PartialOrd for Quantity {
    /// `None` where the dimensions differ.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        if self.dimension() != other.dimension() {
            return None;
        }
        let (up, down) = self.unit.factor();
        let (other_up, other_down) = other.unit.factor();
        Some((&self.number * up * other_down).cmp(&(&other.number * other_up * down)))
    }
}

impl PartialEq for Quantity {
    /// Equal in amount: `1s` equals `1000ms`.
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(Ordering::Equal)
    }
}

impl Eq for Quantity {}

impl fmt::Debug for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number.to_plain_string(), self.unit.symbol())
    }
}

/// Splits a text into its number and its unit; `None` where it is neither.
pub(crate) fn split(text: &str) -> Option<(BigDecimal, Option<Unit>)> {
    let text = text.trim();
    let end = text
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+')))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let number = parse_number(number).ok()?;
    match unit.trim() {
        "" => Some((number, None)),
        symbol => Some((number, Some(Unit::from_symbol(symbol)?))),
    }
}

#[cfg(test)]
mod tests;
