//! Requests that failed or were refused.

use passport_evidence::{Fact, FactName, Meaning, Quantity, Reason, StateTable, Status, Threshold};

use super::{counted, doubted};
use crate::connectors::mobile_webview::summary::{Network, Of};

/// How many failed.
pub const FAILURES: FactName = FactName::fixed("network_failure_count");
/// How many were refused.
pub const REFUSED: FactName = FactName::fixed("http_4xx_count");

const FAILING: StateTable = StateTable::new(&[("unsteady", Meaning::Warning(Reason::Degraded))]);
const REFUSING: StateTable =
    StateTable::new(&[("too_many", Meaning::Warning(Reason::ThresholdMissed))]);

/// Methods and paths whose last attempt failed. What went well at last, or was given up by the client,
/// is no pass either.
pub fn failures(requests: &Of<Network>, wanted: &Threshold) -> Fact {
    let found = &requests.found;
    if let Some(reason) = nothing(requests) {
        return Fact::unknown(FAILURES, reason).wanting(Some(wanted.clone()));
    }
    let judged = counted(FAILURES, found.failed, wanted, requests.doubt());
    let is_unsteady = found.aborted > 0 || found.recovered > 0;
    match judged.status() {
        Status::Passed if is_unsteady => Fact::state(FAILURES, "unsteady", &FAILING)
            .showing(Quantity::count(found.failed))
            .wanting(Some(wanted.clone())),
        Status::Passed
        | Status::Failed
        | Status::Warning
        | Status::Pending
        | Status::Unknown
        | Status::NotApplicable => judged,
    }
}

/// Answers 400 to 499. Many of them are only a warning, which shows no threshold that it misses.
pub fn refused(requests: &Of<Network>, wanted: Option<&Threshold>) -> Fact {
    let count = Quantity::count(requests.found.refused);
    let nothing = nothing(requests);
    let Some(wanted) = wanted else {
        let fact = Fact::not_applicable(REFUSED, Reason::Informational);
        return match nothing {
            Some(_) => fact,
            None => fact.showing(count),
        };
    };
    if let Some(reason) = nothing {
        return Fact::unknown(REFUSED, reason).wanting(Some(wanted.clone()));
    }
    let judged = counted(REFUSED, requests.found.refused, wanted, None);
    match judged.status() {
        Status::Failed => Fact::state(REFUSED, "too_many", &REFUSING).showing(count),
        Status::Passed
        | Status::Warning
        | Status::Pending
        | Status::Unknown
        | Status::NotApplicable => doubted(judged, requests.doubt()),
    }
}

/// Why there is nothing to judge; `None`: there is.
fn nothing(requests: &Of<Network>) -> Option<Reason> {
    let empty = match requests.files {
        0 => Reason::NoData,
        _ => Reason::InsufficientSample,
    };
    let is_empty = requests.found.attempts == 0;
    is_empty.then(|| requests.doubt().unwrap_or(empty))
}
