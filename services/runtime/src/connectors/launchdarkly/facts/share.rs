//! How large a share of the audience gets what is expected.

use passport_evidence::{Fact, Meaning, Quantity, Reason, StateTable, Status};

use super::{FLAG_ROLLOUT_PERCENTAGE, served::Serving};
use crate::connectors::launchdarkly::wanted::{Intent, Wanted};

/// Our own words.
const STATES: StateTable = StateTable::new(&[
    ("archived", Meaning::Warning(Reason::Degraded)),
    ("others", Meaning::Warning(Reason::Degraded)),
    ("experiment", Meaning::Warning(Reason::Degraded)),
]);

/// The fact.
pub fn fact(serving: &Serving, wanted: &Wanted) -> Fact {
    let threshold = || wanted.share.threshold.clone();
    let unknown = |reason| Fact::unknown(FLAG_ROLLOUT_PERCENTAGE, reason).wanting(threshold());
    if wanted.intent == Intent::Any {
        return Fact::not_applicable(FLAG_ROLLOUT_PERCENTAGE, Reason::Informational);
    }
    let served = match &serving.served {
        Ok(served) => served,
        Err(_) if serving.is_archived => return state("archived").wanting(threshold()),
        Err(reason) => return unknown(*reason),
    };
    let Some((share, part)) = served.share.and_then(|it| Some((it, percent(it)?))) else {
        return unknown(Reason::OutOfDomain);
    };
    let fact = Fact::measured(FLAG_ROLLOUT_PERCENTAGE, part.clone().into(), &wanted.share);
    let warned = |word| state(word).showing(part.clone()).wanting(threshold());
    match (fact.status(), share) {
        (Status::Failed, 0) => fact,
        // What would miss its threshold beside it could be no warning.
        _ if serving.is_archived => state("archived").showing(part),
        (Status::Failed, _) => Fact::pending(FLAG_ROLLOUT_PERCENTAGE, Reason::InProgress)
            .showing(part.clone())
            .wanting(threshold()),
        (Status::Passed, _) if served.has_others => warned("others"),
        (Status::Passed, _) if served.is_experiment => warned("experiment"),
        (_, _) => fact,
    }
}

/// Thousandths of a percent, as percent.
fn percent(share: u32) -> Option<Quantity> {
    let (whole, rest) = (share / 1_000, share % 1_000);
    Quantity::parse(&format!("{whole}.{rest:03}%")).ok()
}

fn state(word: &str) -> Fact {
    Fact::state(FLAG_ROLLOUT_PERCENTAGE, word, &STATES)
}
