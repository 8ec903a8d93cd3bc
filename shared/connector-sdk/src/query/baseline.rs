//! A number beside what it was where things were well.

use bigdecimal::{BigDecimal, RoundingMode};
use chrono::{DateTime, Utc};
use passport_evidence::{Fact, MaxAge, Quantity, Reason, Status, Threshold, Unit, Value, Verdict};

use super::{Asked, Reading, reading::unreadable};

/// Significant digits of a limit that was computed.
const DIGITS: u64 = 6;

/// How much worse than before a number may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tolerance {
    /// As a share of what it was.
    pub share: BigDecimal,
    /// And by so much, in the query's own unit: of nothing no share is anything.
    pub amount: BigDecimal,
}

impl Asked {
    /// The fact that an answer gives beside what the number was before. What was not told before, whole and
    /// fresh as of then, shows nothing: a pass becomes unknown (`BASELINE_MISSING`).
    pub fn judge_beside(
        &self,
        before: Result<BigDecimal, Reason>,
        tolerance: &Tolerance,
        reading: &Reading,
        max_age: MaxAge,
        now: DateTime<Utc>,
    ) -> Fact {
        let missing = || {
            let fact = self.judge(reading, max_age, now);
            fact.doubt(Reason::BaselineMissing)
        };
        let Ok(before) = before else {
            return missing();
        };
        let Some(stricter) = self.not_worse_than(&before, tolerance) else {
            return missing();
        };
        let fact = stricter.judge(reading, max_age, now);
        match fact.value() {
            Some(_) => fact.compared_with(Quantity::new(before, self.unit)),
            None => fact,
        }
    }

    /// The one number of an answer that is whole, and fresh at a moment.
    ///
    /// # Errors
    /// Why there is none.
    pub fn number(
        &self,
        reading: &Reading,
        max_age: MaxAge,
        at: DateTime<Utc>,
    ) -> Result<BigDecimal, Reason> {
        let series = u32::try_from(reading.samples.len()).unwrap_or(u32::MAX);
        let too_few = self.expect_series.is_some_and(|wanted| series < wanted);
        let lacking = too_few.then_some(Reason::Incomplete);
        let lacking = reading.partial.or(unreadable(&reading.samples)).or(lacking);
        if let Some(reason) = lacking {
            return Err(reason);
        }
        let fact = self.judge(reading, max_age, at);
        match (fact.status(), fact.value()) {
            (
                Status::Passed | Status::Warning | Status::Failed | Status::NotApplicable,
                Some(Value::Exact(quantity)),
            ) => Ok(quantity.number().clone()),
            (_, Some(Value::AtLeast(_))) => Err(Reason::LowerBound),
            _ => Err(fact.reason().unwrap_or(Reason::NoData)),
        }
    }

    /// The same question, of which the stricter of two things is wanted: what it wants anyway, and that the
    /// number is not worse than before by more than is tolerated. `None` where it is not said whether more
    /// or less of it is better.
    fn not_worse_than(&self, before: &BigDecimal, tolerance: &Tolerance) -> Option<Self> {
        let own = self.limits.threshold.as_ref()?;
        let limit = Limit::of(before, tolerance, own.wants_less()?);
        let limit = Quantity::new(limit.rounded(), self.unit);
        // Where what was wanted is missed at the limit itself, it is the stricter one.
        let stricter = own.judge(&Value::Exact(limit.clone())) == Verdict::Met;
        let mut asked = self.clone();
        if stricter {
            let text = limit.display(|shown| *shown == limit);
            let sign = if own.wants_less()? { "<=" } else { ">=" };
            let computed: Threshold = format!("{sign} {text}").parse().ok()?;
            asked.limits.threshold = Some(in_unit(computed, self.unit)?);
        }
        Some(asked)
    }
}

fn in_unit(threshold: Threshold, unit: Unit) -> Option<Threshold> {
    threshold.in_unit(unit).ok()
}

struct Limit {
    number: BigDecimal,
    wants_less: bool,
}

impl Limit {
    fn of(before: &BigDecimal, tolerance: &Tolerance, wants_less: bool) -> Self {
        let slack = before.abs() * &tolerance.share + &tolerance.amount;
        let number = match wants_less {
            true => before + slack,
            false => before - slack,
        };
        Self { number, wants_less }
    }

    /// With few digits, and never more generous than it was.
    fn rounded(&self) -> BigDecimal {
        let stricter = match self.wants_less {
            true => RoundingMode::Floor,
            false => RoundingMode::Ceiling,
        };
        let (_, scale) = self.number.as_bigint_and_exponent();
        let excess = i64::try_from(self.number.digits().saturating_sub(DIGITS)).unwrap_or_default();
        self.number.with_scale_round(scale - excess, stricter)
    }
}
