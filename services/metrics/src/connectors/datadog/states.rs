//! What the states of a monitor mean, after the schema `MonitorOverallStates` of Datadog.

use passport_evidence::{
    Meaning::{Failed, Passed, Unknown, Warning},
    Reason, StateTable,
};

/// The state that passes.
pub const GOOD: &str = "OK";

/// A monitor that notifies.
pub const STATES: StateTable = StateTable::new(&[
    (GOOD, Passed),
    ("Alert", Failed(Reason::BadState)),
    ("Warn", Warning(Reason::Degraded)),
    ("No Data", Unknown(Reason::NoData)),
    ("Skipped", Unknown(Reason::NoData)),
    ("Ignored", Unknown(Reason::NoData)),
    ("Unknown", Unknown(Reason::NoData)),
]);

/// One that is muted: somebody expects trouble, or does not want to hear of it.
pub const MUTED: StateTable = StateTable::new(&[
    (GOOD, Warning(Reason::Suppressed)),
    ("Alert", Failed(Reason::BadState)),
    ("Warn", Warning(Reason::Degraded)),
    ("No Data", Unknown(Reason::NoData)),
    ("Skipped", Unknown(Reason::NoData)),
    ("Ignored", Unknown(Reason::NoData)),
    ("Unknown", Unknown(Reason::NoData)),
]);
