//! The verdict of the last analysis, after the page "How it works" of Flagger.

use passport_evidence::{Fact, Meaning, Quantity, Reason, StateTable};

use super::{CANARY_ANALYSIS, settled::Settled};
use crate::connectors::flagger::model::Canary;

/// Our own words.
const VERDICTS: StateTable = StateTable::new(&[
    ("completed", Meaning::Passed),
    ("failed", Meaning::Failed(Reason::BadState)),
    ("too many", Meaning::Failed(Reason::BadState)),
    ("some", Meaning::Warning(Reason::Degraded)),
    ("unchecked", Meaning::Warning(Reason::NotConfigured)),
]);

/// The fact.
pub fn fact(canary: &Canary, settled: Settled) -> Fact {
    match canary.status.phase.as_deref() {
        None | Some("Terminating" | "Terminated") => unknown(Reason::NoData),
        Some("Failed") => verdict("failed"),
        Some("Initialized") => Fact::not_applicable(CANARY_ANALYSIS, Reason::BaselineMissing),
        Some("Succeeded") => succeeded(canary, settled),
        Some(
            "Initializing" | "Waiting" | "Progressing" | "WaitingPromotion" | "Promoting"
            | "Finalising",
        ) => going_on(canary),
        Some(_) => unknown(Reason::UnrecognizedState),
    }
}

/// What is newer than the last analysis was no part of it.
fn succeeded(canary: &Canary, settled: Settled) -> Fact {
    match settled {
        Settled::Suspended => unknown(Reason::Suppressed),
        Settled::Untold(reason) => unknown(reason),
        Settled::No => Fact::pending(CANARY_ANALYSIS, Reason::InProgress),
        Settled::Yes if canary.skips_analysis() => skipped(),
        Settled::Yes if !canary.checks_anything() => verdict("unchecked").without_value(),
        Settled::Yes => verdict("completed"),
    }
}

fn going_on(canary: &Canary) -> Fact {
    if canary.skips_analysis() {
        return skipped();
    }
    let Some(failed) = canary.status.failed_checks else {
        return unknown(Reason::UnexpectedShape);
    };
    let phase = canary.status.phase.as_deref();
    // Only then are they held against the threshold.
    let counts = matches!(phase, Some("Progressing" | "WaitingPromotion"));
    let fact = match failed {
        failed if counts && failed >= canary.threshold() => verdict("too many"),
        _ if !canary.checks_anything() => verdict("unchecked"),
        0 => Fact::pending(CANARY_ANALYSIS, Reason::InProgress),
        _ => verdict("some"),
    };
    fact.showing(Quantity::count(failed.into()))
}

fn skipped() -> Fact {
    Fact::not_applicable(CANARY_ANALYSIS, Reason::Suppressed)
}

fn verdict(word: &str) -> Fact {
    Fact::state(CANARY_ANALYSIS, word, &VERDICTS)
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(CANARY_ANALYSIS, reason)
}
