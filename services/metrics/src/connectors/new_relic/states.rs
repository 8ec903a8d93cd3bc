//! What the severities of an entity mean, after the enumeration `EntityAlertSeverity` of New Relic.

use passport_evidence::{
    Meaning::{Failed, Passed, Warning},
    Reason, StateTable,
};

/// The severity that passes.
pub const GOOD: &str = "NOT_ALERTING";

/// The severity of an entity that nothing watches.
pub const UNWATCHED: &str = "NOT_CONFIGURED";

/// Severities of an entity that reports and is watched.
pub const SEVERITIES: StateTable = StateTable::new(&[
    (GOOD, Passed),
    ("WARNING", Warning(Reason::Degraded)),
    ("CRITICAL", Failed(Reason::BadState)),
]);
