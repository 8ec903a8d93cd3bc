//! That Opsgenie ends ("Opsgenie end of support"). Pure.

use chrono::{DateTime, NaiveDate, Utc};
use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::DEPRECATION;
use crate::connectors::opsgenie::wanted::Wanted;

/// The day on which its API is switched off.
const END: Option<NaiveDate> = NaiveDate::from_ymd_opt(2027, 4, 5);
const SHOWN: &str = "2027-04-05";

const STATES: StateTable = StateTable::new(&[
    ("announced", Meaning::Warning(Reason::Degraded)),
    ("over", Meaning::Unknown(Reason::Expired)),
]);

/// The fact; none with the successor.
pub fn fact(wanted: &Wanted, now: DateTime<Utc>) -> Option<Fact> {
    let is_over = END.is_none_or(|end| now.date_naive() >= end);
    let word = match is_over {
        true => "over",
        false => "announced",
    };
    let fact = Fact::state(DEPRECATION, word, &STATES).showing(SHOWN);
    wanted.cloud.is_none().then(|| fact.observed(Some(now)))
}
