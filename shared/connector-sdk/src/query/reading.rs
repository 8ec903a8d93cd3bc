//! What a provider answered to a named query.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_evidence::{Reason, quantity};

/// One series' number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sample {
    /// A finite number.
    Number(BigDecimal),
    /// The real number is this or more.
    AtLeast(BigDecimal),
    /// NaN, infinite or unparsable.
    NotANumber,
    /// A series that is there, without a number.
    Missing,
}

impl Sample {
    /// A number as it stands in JSON; of `null` none.
    pub fn of_json(number: Option<&serde_json::Number>) -> Self {
        match number.map(|it| quantity::parse_number(&it.to_string())) {
            None => Self::Missing,
            Some(Ok(number)) => Self::Number(number),
            Some(Err(_)) => Self::NotANumber,
        }
    }
}

/// How much there was to measure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Volume {
    /// The query does not ask.
    NotAsked,
    /// Measured, and enough.
    Enough,
    /// Measured, and too little.
    TooLittle,
    /// Nothing was measured.
    Nothing,
}

/// What a provider answered to a named query.
#[derive(Debug, Clone)]
pub struct Reading {
    /// Number of each series.
    pub samples: Vec<Sample>,
    /// Time of the newest sample behind them.
    pub time: Option<DateTime<Utc>>,
    /// How much there was to measure.
    pub volume: Volume,
    /// Whether no series counts as zero.
    pub absent_is_zero: bool,
    /// Set where the answer is known to lack something: PARTIAL_RESPONSE or INCOMPLETE.
    pub partial: Option<Reason>,
}

/// Why not every series has a number.
pub(super) fn unreadable(samples: &[Sample]) -> Option<Reason> {
    if samples.contains(&Sample::NotANumber) {
        Some(Reason::NotANumber)
    } else {
        samples.contains(&Sample::Missing).then_some(Reason::NoData)
    }
}
