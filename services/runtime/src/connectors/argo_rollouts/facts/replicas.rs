//! How many pods serve, whichever revision they are of.

use passport_evidence::{Fact, Reason, Status};

use crate::{
    cluster::available::{Least, Served},
    connectors::argo_rollouts::model::{Observed, Rollout},
};

/// The fact. What an update takes away for now is pending.
pub fn fact(rollout: &Rollout, least: Least) -> Fact {
    let available = rollout.status.available_replicas.unwrap_or_default();
    let served = Served::of(available, desired(rollout), least);
    let fact = served.judged();
    // It means one, and a server that leaves it out of a Rollout of several has lost it.
    let is_untold = rollout.spec.replicas.is_none() && rollout.spec.workload_ref.is_none();
    let fact = match is_untold && rollout.status.replicas.unwrap_or_default() > 1 {
        true => fact.doubt(Reason::UnexpectedShape),
        false => fact,
    };
    match (rollout.observed(), fact.status()) {
        (Observed::Behind, _) => served.pending(),
        (Observed::TooOld, _) => fact.doubt(Reason::NotANumber),
        (Observed::Untold, _) => fact.doubt(Reason::UnexpectedShape),
        (Observed::Current, Status::Failed) if is_updating(rollout) => served.pending(),
        (Observed::Current, Status::Failed) => served.tolerated(fact),
        (Observed::Current, _) => fact,
    }
}

/// Of one that refers to a Deployment without a number of its own, what the controller counts.
fn desired(rollout: &Rollout) -> u32 {
    let status = &rollout.status;
    match (rollout.spec.replicas, &rollout.spec.workload_ref) {
        (Some(replicas), _) => replicas,
        (None, Some(_)) => status.hpa_replicas.or(status.replicas).unwrap_or_default(),
        (None, None) => 1,
    }
}

/// Whether pods are being replaced. One that is aborted or stuck does nothing more, and pods that
/// were lost after all was done are no update.
fn is_updating(rollout: &Rollout) -> bool {
    let status = &rollout.status;
    let is_going = matches!(status.phase.as_deref(), Some("Progressing" | "Paused"));
    let is_short = status.updated_replicas.unwrap_or_default() < desired(rollout);
    let is_replacing = !rollout.is_promoted() || is_short || rollout.is_restarting();
    is_going && status.abort != Some(true) && is_replacing
}
