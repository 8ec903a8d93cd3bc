//! How often the analysis was repeated, where a promotion waits for that: in A/B tests and blue/green, where no share
//! of the traffic says how far it is.

use passport_evidence::{Fact, Quantity, Reason, Threshold};

use super::CANARY_ITERATIONS;
use crate::connectors::flagger::{client::PROGRESSING, model::Canary};

/// The fact. It never passes: what the analysis said is told by `canary_analysis`.
pub fn fact(canary: &Canary) -> Fact {
    let analysis = canary.spec.analysis.as_ref();
    let wanted = analysis.and_then(|it| it.iterations).filter(|it| *it > 0);
    let is_analysed = canary.status.phase.as_deref() == Some(PROGRESSING);
    let (Some(wanted), true) = (wanted, is_analysed) else {
        return Fact::not_applicable(CANARY_ITERATIONS, Reason::Informational);
    };
    let all: Option<Threshold> = format!("= {wanted}").parse().ok();
    let fact = match canary.status.iterations {
        Some(over) => Fact::pending(CANARY_ITERATIONS, Reason::InProgress)
            .showing(Quantity::count(over.into())),
        None => Fact::unknown(CANARY_ITERATIONS, Reason::UnexpectedShape),
    };
    fact.wanting(all)
}
