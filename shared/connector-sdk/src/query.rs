//! From the numbers that a provider gave to the status of a fact: one order of tests, the first hit
//! decides, for every connector that asks for numbers.

mod baseline;
mod failure;
mod partial;
mod reading;
mod sent;
mod state;

use std::cmp::Ordering;

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_evidence::{
    Fact, FactName, Freshness, Limits, MaxAge, Quantity, QueryDigest, Reason, Status, Threshold,
    Unit, Value, freshness::Age,
};

use crate::settings::Reduce;

pub use baseline::Tolerance;
pub use failure::failure;
pub use partial::flagged;
use reading::unreadable;
pub use reading::{Reading, Sample, Volume};
pub use state::AskedState;

/// What a named query asks for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The fact that it gives.
    pub name: FactName,
    /// Qualifies the name where several queries give the same fact.
    pub item: Option<String>,
    /// Unit of the number.
    pub unit: Unit,
    /// Lowest and highest number that can be.
    pub domain: (Option<BigDecimal>, Option<BigDecimal>),
    /// What is wanted.
    pub limits: Limits,
    /// What to do with several series.
    pub reduce: Reduce,
    /// How many series there must be.
    pub expect_series: Option<u32>,
    /// Which question every fact of it answers; set by [`Asked::sent_as`].
    pub digest: Option<QueryDigest>,
}

impl Asked {
    /// A fact of this query about which nothing could be concluded.
    pub fn unknown(&self, reason: Reason) -> Fact {
        self.finish(Fact::unknown(self.name.clone(), reason))
    }

    /// A fact of this query whose answer is still to come.
    pub fn pending(&self, reason: Reason) -> Fact {
        self.finish(Fact::pending(self.name.clone(), reason))
    }

    /// The fact that an answer gives.
    pub fn judge(&self, reading: &Reading, max_age: MaxAge, now: DateTime<Utc>) -> Fact {
        match self.value(reading) {
            Err(reason) => self.unknown(reason),
            Ok(value) => self.judge_value(value, reading, max_age, now),
        }
    }

    fn finish(&self, fact: Fact) -> Fact {
        let fact = match fact.threshold() {
            Some(_) => fact,
            None => fact.wanting(self.limits.threshold.clone()),
        };
        let fact = fact.answering(self.digest.clone());
        match &self.item {
            Some(item) => fact.about(item),
            None => fact,
        }
    }

    /// The value and whether it can be in this domain.
    fn judge_value(
        &self,
        value: Value,
        reading: &Reading,
        max_age: MaxAge,
        now: DateTime<Utc>,
    ) -> Fact {
        let unknown = |reason| {
            let fact = Fact::unknown(self.name.clone(), reason).showing(value.clone());
            self.finish(fact.observed(reading.time))
        };
        if !self.in_domain(&value) {
            return unknown(Reason::OutOfDomain);
        }
        let freshness = Freshness {
            observed_at: reading.time,
            max_age,
        };
        match freshness.at(now) {
            Age::Fresh => {}
            Age::Stale { .. } => return unknown(Reason::Stale),
            Age::FromFuture { .. } => return unknown(Reason::Future).observed(None),
            Age::Timeless => return unknown(Reason::NoTime),
        }
        match reading.volume {
            Volume::NotAsked | Volume::Enough => {}
            Volume::TooLittle => return self.unknown(Reason::InsufficientSample),
            Volume::Nothing => return self.unknown(Reason::NoData),
        }
        let fact = Fact::measured(self.name.clone(), value.clone(), &self.limits);
        let fact = self.finish(fact.observed(reading.time));
        self.complete(fact, reading)
    }

    /// What an incomplete answer can't prove is taken away.
    fn complete(&self, fact: Fact, reading: &Reading) -> Fact {
        let series = u32::try_from(reading.samples.len()).unwrap_or(u32::MAX);
        let too_few = self.expect_series.is_some_and(|wanted| series < wanted);
        let fact = match reading.partial {
            Some(reason) if fact.status() == Status::Failed && !self.proven(&fact) => {
                fact.contradict(reason)
            }
            Some(reason) => fact.doubt(reason),
            None => fact,
        };
        let fact = if too_few {
            fact.doubt(Reason::Incomplete)
        } else {
            fact
        };
        match unreadable(&reading.samples) {
            Some(reason) if fact.status() != Status::Failed => self.unknown(reason),
            Some(_) | None => fact,
        }
    }

    /// Whether a breach in a partial answer stands: it is one of a lower bound already, or the
    /// missing part could only add to a count, and more would still be too much.
    fn proven(&self, breach: &Fact) -> bool {
        let less_is_wanted = self
            .limits
            .threshold
            .as_ref()
            .and_then(Threshold::wants_less)
            == Some(true);
        matches!(breach.value(), Some(Value::AtLeast(_)))
            || (self.unit == Unit::Count && less_is_wanted)
    }

    fn in_domain(&self, value: &Value) -> bool {
        let (low, high) = &self.domain;
        value
            .quantity()
            .is_some_and(|quantity| quantity.within(low.as_ref(), high.as_ref()))
    }

    /// The one number that counts, or why there is none.
    fn value(&self, reading: &Reading) -> Result<Value, Reason> {
        let samples = reading.samples.as_slice();
        match (samples, self.reduce) {
            ([], _) if reading.absent_is_zero => self.zero(reading),
            ([], _) => Err(Reason::NoData),
            ([only], _) => self.of_sample(only),
            (_, Reduce::Single) => Err(Reason::Ambiguous),
            (all, Reduce::Worst) => self.worst(all),
            (all, Reduce::Sum) => self.sum(all),
        }
    }

    /// Empty is zero only where the companion shows that there was something to count.
    fn zero(&self, reading: &Reading) -> Result<Value, Reason> {
        match reading.volume {
            Volume::Enough => Ok(self.quantity(0.into()).into()),
            Volume::TooLittle => Err(Reason::InsufficientSample),
            Volume::Nothing | Volume::NotAsked => Err(Reason::NoData),
        }
    }

    fn quantity(&self, number: BigDecimal) -> Quantity {
        Quantity::new(number, self.unit)
    }

    fn of_sample(&self, sample: &Sample) -> Result<Value, Reason> {
        match sample {
            Sample::Number(number) => Ok(Value::Exact(self.quantity(number.clone()))),
            Sample::AtLeast(number) => Ok(Value::AtLeast(self.quantity(number.clone()))),
            Sample::NotANumber => Err(Reason::NotANumber),
            Sample::Missing => Err(Reason::NoData),
        }
    }

    /// The one that weighs most; of several the largest, for a threshold that wants more the
    /// smallest. Each is judged by itself: none is hidden behind a larger one that says less.
    fn worst(&self, samples: &[Sample]) -> Result<Value, Reason> {
        let wanted = self.limits.threshold.as_ref();
        let wants_more = wanted.and_then(Threshold::wants_less) == Some(false);
        let further = |a: &Value, b: &Value| {
            let order = a.quantity().partial_cmp(&b.quantity());
            let order = order.unwrap_or(Ordering::Equal);
            if wants_more { order.reverse() } else { order }
        };
        let heavier = |a: &Value, b: &Value| {
            let order = self.weight(a).cmp(&self.weight(b));
            order.then_with(|| further(a, b))
        };
        let readable = samples.iter().filter_map(|it| self.of_sample(it).ok());
        let heaviest = readable.max_by(heavier);
        heaviest.ok_or_else(|| unreadable(samples).unwrap_or(Reason::NoData))
    }

    /// How much a series' number weighs: as its own fact would, and one that can't be more than any
    /// that can but for a breach.
    fn weight(&self, value: &Value) -> (u8, bool) {
        if !self.in_domain(value) {
            return (Status::Unknown.weight(), true);
        }
        let fact = Fact::measured(self.name.clone(), value.clone(), &self.limits);
        (fact.status().weight(), false)
    }

    /// A part that can't be would be hidden in the sum.
    fn sum(&self, samples: &[Sample]) -> Result<Value, Reason> {
        let mut total = BigDecimal::from(0);
        let mut bound = false;
        for sample in samples {
            let part = self.of_sample(sample)?;
            if !self.in_domain(&part) {
                return Err(Reason::OutOfDomain);
            }
            bound |= matches!(part, Value::AtLeast(_));
            total += part
                .quantity()
                .map_or_else(BigDecimal::default, |it| it.number().clone());
        }
        let total = self.quantity(total);
        Ok(if bound {
            Value::AtLeast(total)
        } else {
            Value::Exact(total)
        })
    }
}

#[cfg(test)]
mod tests;
