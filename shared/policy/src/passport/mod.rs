//! The record of one gate: what was decided, about what, resting on which evidence.
//!
//! A passport is kept and handed out as JSON; what is read back has been judged again as
//! of the moment when it was decided.

mod digest;
mod json;
mod junit;
mod markdown;

use chrono::{DateTime, Utc};
use passport_evidence::{Evidence, Failure, Scope, Subject};
use uuid::Uuid;

use crate::gate::{Approval, Decision, Mode, RequirementResult, Waiver};

pub use digest::{Digest, of_json, of_release};
pub use junit::junit;
pub use markdown::{MAX_MARKDOWN, markdown};

/// The record of one gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passport {
    /// Sortable by time.
    pub id: Uuid,
    /// What it is about.
    pub scope: Scope,
    /// What was to be released. `None`: nobody said.
    pub subject: Option<Subject>,
    /// What was concluded.
    pub decision: Decision,
    /// How much it binds.
    pub mode: Mode,
    /// What became of each thing that was asked for, the deciding one first.
    pub requirements: Vec<RequirementResult>,
    /// What would have to change for `allow`, the deciding thing first.
    pub until_allowed: Vec<String>,
    /// What the decision rests on, sorted by source.
    pub evidence: Vec<Evidence>,
    /// Sources that could not answer, sorted by source.
    pub failures: Vec<Failure>,
    /// Waivers that were applied, sorted by id.
    pub waivers: Vec<Waiver>,
    /// Approvals that counted, sorted by id.
    pub approvals: Vec<Approval>,
    /// Of the policy as it held for this scope.
    pub policy_digest: Digest,
    /// When it was decided, by the gateway's clock.
    pub decided_at: DateTime<Utc>,
    /// The earliest moment at which what the decision rests on is too old. `None`: it rests on
    /// nothing that can be relied on.
    pub valid_until: Option<DateTime<Utc>>,
    /// Who asked, as the gateway's records name callers.
    pub asked_by: String,
    /// When it was withdrawn.
    pub revoked_at: Option<DateTime<Utc>>,
}

// === impl Passport ===

impl Passport {
    /// Whether a pipeline may go on by it now: an approval that has neither expired nor been
    /// withdrawn. One of a policy in `shadow` binds nobody and approves nothing.
    pub fn approves(&self, now: DateTime<Utc>) -> bool {
        self.decision.lets_go()
            && self.mode != Mode::Shadow
            && self.revoked_at.is_none()
            && self.valid_until.is_some_and(|end| now < end)
    }

    /// Whether the pipeline has to stop where it asks for this much: always where evidence is missing
    /// or says no and the policy is enforced.
    pub fn stops(&self) -> bool {
        self.mode == Mode::Enforce && !self.decision.lets_go()
    }
}

#[cfg(test)]
mod tests;
