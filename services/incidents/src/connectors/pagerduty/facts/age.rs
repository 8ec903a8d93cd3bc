//! How old the oldest active incident is. Pure.

use bigdecimal::BigDecimal;
use chrono::{DateTime, Utc};
use passport_evidence::{
    Fact, Limits, Meaning, Quantity, Reason, StateTable, Status, Unit, freshness::SKEW,
};

use super::{OLDEST, active::Active, threshold};
use crate::connectors::pagerduty::settings::Wanted;

const OLD: StateTable = StateTable::new(&[("old", Meaning::Warning(Reason::ThresholdMissed))]);

/// The fact: one that has been open for long is a reservation, anything else no judgement.
pub fn fact(active: &Active<'_>, wanted: &Wanted, now: DateTime<Utc>) -> Fact {
    let threshold = threshold(&OLDEST, wanted);
    let none = || Fact::not_applicable(OLDEST, Reason::Informational).wanting(threshold.clone());
    let mut began = active.rows.iter().map(|it| it.created_at);
    if active.rows.is_empty() {
        return match active.is_surely_none() {
            true => none(),
            false => Fact::unknown(OLDEST, Reason::Incomplete).wanting(threshold),
        };
    }
    let Some(oldest) = began.try_fold(now + SKEW, |oldest, it| Some(oldest.min(it?))) else {
        return Fact::unknown(OLDEST, Reason::UnexpectedShape).wanting(threshold);
    };
    let seconds = now.signed_duration_since(oldest).num_seconds().max(0);
    let age = Quantity::new(BigDecimal::from(seconds), Unit::Seconds);
    let limits = Limits {
        threshold: threshold.clone(),
        warn_threshold: None,
    };
    let measured = Fact::measured(OLDEST, age.clone().into(), &limits);
    match measured.status() {
        Status::Failed => Fact::state(OLDEST, "old", &OLD)
            .showing(age.display(|_| true).as_str())
            .wanting(threshold),
        Status::Passed
        | Status::Warning
        | Status::Pending
        | Status::Unknown
        | Status::NotApplicable => none().showing(age),
    }
}
