//! How far screenshots differ from their baselines.

use passport_evidence::{
    Fact, FactName, Limits, Meaning, Quantity, Reason, StateTable, Status, Threshold, Value,
};

use super::doubted;
use crate::connectors::mobile_webview::summary::{Baseline, Summary, Writes};

/// The fact.
pub const NAME: FactName = FactName::fixed("screenshot_diff_ratio");

const PAIRS: StateTable = StateTable::new(&[("resized", Meaning::Failed(Reason::Contradictory))]);

/// Parts of a percent that a share is kept in.
pub const PARTS: u64 = 10_000_000_000;

/// The largest difference. One that is too large fails whatever else is doubted.
pub fn fact(summary: &Summary, wanted: &Threshold) -> Fact {
    let pairs = &summary.screenshots.found;
    let unknown = |reason| Fact::unknown(NAME, reason).wanting(Some(wanted.clone()));
    let doubt = summary.screenshots.doubt();
    if pairs.resized > 0 {
        return Fact::state(NAME, "resized", &PAIRS).wanting(Some(wanted.clone()));
    }
    if pairs.pairs == 0 {
        return unknown(doubt.unwrap_or(Reason::NoData));
    }
    let doubt = doubt.or_else(|| doubt_of_baselines(summary));
    let Some(worst) = percent(pairs.worst).filter(|_| pairs.compared > 0) else {
        return unknown(doubt.unwrap_or(Reason::BaselineMissing));
    };
    let judged = Fact::measured(NAME, Value::from(worst), &Limits::from(wanted.clone()));
    match judged.status() {
        Status::Passed => doubted(judged, doubt),
        Status::Failed
        | Status::Warning
        | Status::Pending
        | Status::Unknown
        | Status::NotApplicable => judged,
    }
}

/// Why a small difference may be one from nothing.
fn doubt_of_baselines(summary: &Summary) -> Option<Reason> {
    let pairs = &summary.screenshots.found;
    let reports = &summary.tests;
    if pairs.compared < pairs.pairs || summary.baseline != Baseline::Earlier {
        return Some(Reason::BaselineMissing);
    }
    match reports.found.writes {
        Writes::Maybe => Some(Reason::BaselineMissing),
        Writes::Unrecognized => Some(Reason::UnrecognizedState),
        // Only a report tells whether the suite wrote what it compared with.
        Writes::Untold => Some(Reason::Incomplete),
        Writes::Never => reports.doubt(),
    }
}

fn percent(parts: u64) -> Option<Quantity> {
    let (whole, rest) = (parts / PARTS, parts % PARTS);
    Quantity::parse(&format!("{whole}.{rest:010}%")).ok()
}
