//! What was wanted.

use std::{cmp::Ordering, fmt, ops::ControlFlow, str::FromStr};

use crate::{
    quantity::{self, Dimension, Quantity, Unit},
    value::Value,
};

/// What was wanted of a value, such as `< 1%`, `= success` or `in implement, scheduled`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Threshold {
    relation: Relation,
    operand: String,
    /// The operand, where it is a number with a unit.
    quantity: Option<Quantity>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Relation {
    Less,
    AtMost,
    Greater,
    AtLeast,
    Equal,
    NotEqual,
    In,
    NotIn,
}

/// How a value stands to a threshold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The value is as wanted.
    Met,
    /// It is not.
    Missed,
    /// Only a lower bound is known, and it does not decide.
    Undecided,
    /// The two can't be compared.
    Incomparable,
}

/// A text that is no threshold, or one that does not suit its fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ThresholdError {
    /// Not in the grammar.
    #[error("not in the threshold grammar, such as `< 1%`, `>= 3`, `= success`, `in a, b`")]
    Grammar,
    /// Of another dimension than the fact.
    #[error("a threshold of another dimension than its fact, which is {}", .expected.words())]
    Dimension {
        /// Dimension of the fact.
        expected: Dimension,
    },
    /// Larger or smaller than a word can be.
    #[error("a word can only be compared with `=`, `!=`, `in` and `not in`")]
    Order,
}

// === impl Relation ===

impl Relation {
    /// Longer signs first, so that `<=` is not read as `<`.
    const ALL: [(Self, &'static str); 8] = [
        (Self::AtMost, "<="),
        (Self::AtLeast, ">="),
        (Self::NotEqual, "!="),
        (Self::Less, "<"),
        (Self::Greater, ">"),
        (Self::Equal, "="),
        (Self::NotIn, "not in "),
        (Self::In, "in "),
    ];

    fn sign(self) -> &'static str {
        Self::ALL
            .iter()
            .find_map(|(relation, sign)| (*relation == self).then_some(sign.trim_end()))
            .unwrap_or_default()
    }

    /// Whether it asks which of two numbers is larger.
    fn orders(self) -> bool {
        match self {
            Self::Less | Self::AtMost | Self::Greater | Self::AtLeast => true,
            Self::Equal | Self::NotEqual | Self::In | Self::NotIn => false,
        }
    }
}

// === impl Threshold ===

impl Threshold {
    /// The threshold for a fact measured in `unit`: a bare number takes that unit, and says so
    /// (`< 0.01` of a ratio becomes `< 1%`); one of another dimension is refused.
    pub fn in_unit(mut self, unit: Unit) -> Result<Self, ThresholdError> {
        let wrong = ThresholdError::Dimension {
            expected: unit.dimension(),
        };
        if matches!(self.relation, Relation::In | Relation::NotIn) {
            return Err(wrong);
        }
        let (number, own) = quantity::split(&self.operand).ok_or(wrong.clone())?;
        let quantity = Quantity::new(number, own.unwrap_or(unit));
        if quantity.dimension() != unit.dimension() {
            return Err(wrong);
        }
        if own.is_none() && !matches!(unit, Unit::Count | Unit::Score) {
            self.operand = quantity.display(|rounded| rounded == &quantity);
            self.quantity = Some(quantity);
        }
        Ok(self)
    }

    /// The threshold for a fact whose value is a word.
    pub fn of_words(self) -> Result<Self, ThresholdError> {
        if self.relation.orders() {
            return Err(ThresholdError::Order);
        }
        Ok(self)
    }

    /// The wanted state `= word`.
    pub fn equals(word: &str) -> Self {
        Self {
            relation: Relation::Equal,
            operand: word.to_owned(),
            quantity: None,
        }
    }

    /// Whether the smaller of two values is the better one; `None` where order says nothing.
    pub fn wants_less(&self) -> Option<bool> {
        match self.relation {
            Relation::Less | Relation::AtMost => Some(true),
            Relation::Greater | Relation::AtLeast => Some(false),
            Relation::Equal | Relation::NotEqual | Relation::In | Relation::NotIn => None,
        }
    }

    /// Compares, on the exact numbers.
    pub fn judge(&self, value: &Value) -> Verdict {
        match value {
            Value::Exact(found) => self.judge_exact(found),
            Value::AtLeast(least) => self.judge_lower_bound(least),
            Value::Text(text) => self.judge_text(text),
        }
    }

    /// A bare operand is read in the unit of what it is compared with.
    fn limit_for(&self, found: &Quantity) -> Option<Quantity> {
        if let Some(quantity) = &self.quantity {
            return Some(quantity.clone());
        }
        let (number, own) = quantity::split(&self.operand)?;
        Some(Quantity::new(number, own.unwrap_or(found.unit())))
    }

    fn judge_exact(&self, found: &Quantity) -> Verdict {
        let order = || {
            let limit = self.limit_for(found)?;
            found.partial_cmp(&limit)
        };
        decided(match self.relation {
            Relation::Less => order().map(Ordering::is_lt),
            Relation::AtMost => order().map(Ordering::is_le),
            Relation::Greater => order().map(Ordering::is_gt),
            Relation::AtLeast => order().map(Ordering::is_ge),
            Relation::Equal => order().map(Ordering::is_eq),
            Relation::NotEqual => order().map(Ordering::is_ne),
            Relation::In => self.lists_number(found),
            Relation::NotIn => self.lists_number(found).map(|listed| !listed),
        })
    }

    /// Elements are compared as `=` compares, so that `3.0` lists a measured 3.
    fn lists_number(&self, found: &Quantity) -> Option<bool> {
        any_is(elements(&self.operand).map(|element| same_number(found, element)))
    }

    /// All that is known is that the figure is `least` or more.
    fn judge_lower_bound(&self, least: &Quantity) -> Verdict {
        let order = self
            .limit_for(least)
            .and_then(|limit| least.partial_cmp(&limit));
        let Some(order) = order else {
            return Verdict::Incomparable;
        };
        match self.relation {
            Relation::Less if order.is_ge() => Verdict::Missed,
            Relation::AtMost | Relation::Equal if order.is_gt() => Verdict::Missed,
            Relation::Greater | Relation::NotEqual if order.is_gt() => Verdict::Met,
            Relation::AtLeast if order.is_ge() => Verdict::Met,
            Relation::Less
            | Relation::AtMost
            | Relation::Equal
            | Relation::Greater
            | Relation::NotEqual
            | Relation::AtLeast
            | Relation::In
            | Relation::NotIn => Verdict::Undecided,
        }
    }

    fn judge_text(&self, text: &str) -> Verdict {
        decided(match self.relation {
            Relation::Equal => same_word(text, &self.operand),
            Relation::NotEqual => same_word(text, &self.operand).map(|same| !same),
            Relation::In => self.lists_any_of(text),
            Relation::NotIn => self.lists_any_of(text).map(|listed| !listed),
            Relation::Less | Relation::AtMost | Relation::Greater | Relation::AtLeast => None,
        })
    }

    fn lists_any_of(&self, text: &str) -> Option<bool> {
        let wanted = |found| elements(&self.operand).map(move |wanted| same_word(found, wanted));
        any_is(elements(text).flat_map(wanted))
    }
}

/// Whether it is met; `None`: that can't be told.
fn decided(met: Option<bool>) -> Verdict {
    match met {
        Some(true) => Verdict::Met,
        Some(false) => Verdict::Missed,
        None => Verdict::Incomparable,
    }
}

/// One that is the same decides, else one that may be.
fn any_is(mut same: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let unclear = |so_far: Option<bool>, next| match next {
        Some(true) => ControlFlow::Break(()),
        Some(false) => ControlFlow::Continue(so_far),
        None => ControlFlow::Continue(None),
    };
    match same.try_fold(Some(false), unclear) {
        ControlFlow::Break(()) => Some(true),
        ControlFlow::Continue(rest) => rest,
    }
}

/// Whether a listed element is this number. A word never is; a number of another dimension can't be
/// compared. A bare one is read in the unit of what it is compared with.
fn same_number(found: &Quantity, element: &str) -> Option<bool> {
    let Some((number, own)) = quantity::split(element) else {
        return Some(false);
    };
    let element = Quantity::new(number, own.unwrap_or(found.unit()));
    found.partial_cmp(&element).map(Ordering::is_eq)
}

/// Whether two words are the same. Written differently they may still be one number, and nothing
/// tells whether a number was meant: `2.1` and `2.10` are one number and two versions.
fn same_word(found: &str, wanted: &str) -> Option<bool> {
    if found == wanted {
        return Some(true);
    }
    match (Quantity::parse(found), Quantity::parse(wanted)) {
        (Ok(found), Ok(wanted)) if found == wanted => None,
        (Ok(_) | Err(_), Ok(_) | Err(_)) => Some(false),
    }
}

fn elements(list: &str) -> impl Iterator<Item = &str> {
    list.split(',')
        .map(str::trim)
        .filter(|element| !element.is_empty())
}

impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        let text = text.trim();
        let (relation, operand) = Relation::ALL
            .iter()
            .find_map(|(relation, sign)| Some((*relation, text.strip_prefix(sign)?.trim())))
            .ok_or(ThresholdError::Grammar)?;
        let quantity =
            quantity::split(operand).and_then(|(number, unit)| Some(Quantity::new(number, unit?)));
        let is_number = quantity::split(operand).is_some();
        let starts_like_a_sign = operand.starts_with(['<', '>', '=', '!']);
        let too_long = operand.len() > 512 || operand.chars().any(char::is_control);
        if elements(operand).next().is_none() || starts_like_a_sign || too_long {
            return Err(ThresholdError::Grammar);
        }
        if relation.orders() && !is_number {
            return Err(ThresholdError::Grammar);
        }
        Ok(Self {
            relation,
            operand: operand.to_owned(),
            quantity,
        })
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.relation.sign(), self.operand)
    }
}

#[cfg(test)]
mod tests;
