//! Changes that will be made soon.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Meaning, Quantity, Reason, StateTable, Status, freshness::SKEW};

use super::SCHEDULED_CHANGES;
use crate::connectors::launchdarkly::{lists::ScheduledChange, wanted::Wanted};

const STATES: StateTable = StateTable::new(&[("due", Meaning::Warning(Reason::ThresholdMissed))]);

/// The fact. A change whose time is over was made, and is not listed any more.
pub fn fact(
    read: Result<&Vec<ScheduledChange>, Reason>,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Fact {
    let threshold = || wanted.scheduled.threshold.clone();
    let unknown = |reason| Fact::unknown(SCHEDULED_CHANGES, reason).wanting(threshold());
    let times: Result<Option<Vec<_>>, _> = read.map(|all| {
        let times = all
            .iter()
            .map(|it| DateTime::from_timestamp_millis(it.execution_date));
        times.collect()
    });
    let times = match times {
        Ok(Some(times)) => times,
        Ok(None) => return unknown(Reason::OutOfDomain),
        Err(reason) => return unknown(reason),
    };
    if times.iter().any(|it| *it < now - SKEW) {
        return unknown(Reason::Contradictory);
    }
    let until = now + wanted.scheduled_window.as_delta();
    let due = times.iter().filter(|it| **it <= until).count();
    let due = Quantity::count(due as u64);
    let fact = Fact::measured(SCHEDULED_CHANGES, due.clone().into(), &wanted.scheduled);
    match fact.status() {
        // What would miss its threshold beside it could be no warning.
        Status::Failed => Fact::state(SCHEDULED_CHANGES, "due", &STATES).showing(due),
        Status::Passed
        | Status::Warning
        | Status::Pending
        | Status::Unknown
        | Status::NotApplicable => fact,
    }
}
