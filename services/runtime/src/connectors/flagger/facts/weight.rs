//! Which share of the traffic goes to what is new.

use passport_evidence::{Fact, Limits, Quantity, Reason, Threshold, Value};

use super::{CANARY_WEIGHT, settled::Settled};
use crate::connectors::flagger::model::Canary;

/// All of the traffic, in percent.
const ALL: u32 = 100;

/// The fact. None, once all is done.
pub fn fact(canary: &Canary, settled: Settled) -> Fact {
    let none: Option<Threshold> = "= 0%".parse().ok();
    let fact = match canary.status.phase.as_deref() {
        Some("Succeeded") => match settled {
            Settled::Suspended => unknown(Reason::Suppressed),
            Settled::Untold(reason) => unknown(reason),
            Settled::No => pending(canary),
            Settled::Yes => at_end(canary, none.clone()),
        },
        Some("Progressing" | "Waiting" | "WaitingPromotion" | "Promoting" | "Finalising") => {
            pending(canary)
        }
        Some(_) | None => return Fact::not_applicable(CANARY_WEIGHT, Reason::Informational),
    };
    fact.wanting(none)
}

/// Flagger takes all traffic away from what is new before it says that it is done.
fn at_end(canary: &Canary, none: Option<Threshold>) -> Fact {
    let limits = Limits {
        threshold: none,
        warn_threshold: None,
    };
    match (canary.status.canary_weight, share(canary)) {
        (None, _) => unknown(Reason::UnexpectedShape),
        (Some(0), Some(share)) => Fact::measured(CANARY_WEIGHT, share, &limits),
        (Some(0..=ALL), _) => unknown(Reason::Contradictory),
        (Some(_), _) => unknown(Reason::OutOfDomain),
    }
}

fn pending(canary: &Canary) -> Fact {
    let fact = Fact::pending(CANARY_WEIGHT, Reason::InProgress);
    match (canary.status.canary_weight, share(canary)) {
        (Some(0..=ALL), Some(share)) => fact.showing(share),
        (Some(0..=ALL), None) | (None, _) => fact,
        (Some(_), _) => unknown(Reason::OutOfDomain),
    }
}

fn share(canary: &Canary) -> Option<Value> {
    let weight = canary.status.canary_weight?;
    let quantity = Quantity::parse(&format!("{weight}%")).ok()?;
    Some(quantity.into())
}

fn unknown(reason: Reason) -> Fact {
    Fact::unknown(CANARY_WEIGHT, reason)
}
