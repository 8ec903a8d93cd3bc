//! What connectors of Kubernetes clusters have in common: workloads and their pods, how they are
//! judged, and what a token may do.

pub mod available;
pub mod breadth;
pub mod declared;
pub mod health;
pub mod images;
mod kind;
pub mod pod;
mod read;
pub mod rollout;
pub mod settings;
pub mod workload;

use passport_evidence::{Fact, FactName, Reason, Status};

pub use kind::Kind;
pub use read::{Moving, Snapshot, failed, listed, snapshot};

/// Name of the fact about the rollout.
pub const ROLLOUT_CONDITION: FactName = FactName::fixed("rollout_condition");
/// Name of the fact about what serves.
pub const AVAILABLE_REPLICAS: FactName = FactName::fixed("available_replicas");
/// Name of the fact about the newest pods.
pub const CONTAINER_HEALTH: FactName = FactName::fixed("container_health");
/// Name of the fact about what runs.
pub const IMAGE_DIGEST: FactName = FactName::fixed("image_digest");

/// What was read before a change and after it is of two moments. What could not be read stays so.
pub fn in_motion(fact: Fact) -> Fact {
    let pending = Fact::pending(fact.name().clone(), Reason::InProgress)
        .wanting(fact.threshold().cloned())
        .observed(fact.observed_at());
    match fact.status() {
        Status::Unknown | Status::NotApplicable => fact,
        Status::Passed | Status::Failed | Status::Warning | Status::Pending => pending,
    }
}

/// As many as a controller counts.
pub fn as_count(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
