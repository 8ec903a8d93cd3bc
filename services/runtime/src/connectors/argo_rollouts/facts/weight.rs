//! Which share of the traffic goes to what is new, where the traffic is routed.

use passport_evidence::{Fact, Meaning, Quantity, Reason, StateTable, Value};

use super::CANARY_WEIGHT;
use crate::connectors::argo_rollouts::model::{Observed, Rollout};

/// All of the traffic, in percent.
const ALL: u32 = 100;

/// Our own word.
const SEEN: StateTable = StateTable::new(&[("unverified", Meaning::Warning(Reason::Degraded))]);

/// The fact. It never passes: how far a rollout is its phase and its steps say.
pub fn fact(rollout: &Rollout) -> Fact {
    let pending = Fact::pending(CANARY_WEIGHT, Reason::InProgress);
    let told = Fact::not_applicable(CANARY_WEIGHT, Reason::Informational);
    let Some(weight) = rollout.canary_weight() else {
        return told;
    };
    let Some(share) = share(weight) else {
        return Fact::unknown(CANARY_WEIGHT, Reason::OutOfDomain);
    };
    let is_over = rollout.is_promoted() || rollout.status.abort == Some(true);
    match rollout.observed() {
        Observed::TooOld => Fact::unknown(CANARY_WEIGHT, Reason::NotANumber),
        Observed::Untold => Fact::unknown(CANARY_WEIGHT, Reason::UnexpectedShape),
        Observed::Behind => pending.showing(share),
        Observed::Current if rollout.is_unverified() => {
            Fact::state(CANARY_WEIGHT, "unverified", &SEEN).showing(share)
        }
        Observed::Current if is_over => told.showing(share),
        Observed::Current => pending.showing(share),
    }
}

fn share(weight: i64) -> Option<Value> {
    let weight = u32::try_from(weight).ok().filter(|it| *it <= ALL)?;
    let quantity = Quantity::parse(&format!("{weight}%")).ok()?;
    Some(quantity.into())
}
