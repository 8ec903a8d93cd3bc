//! Whether a release may go: what a policy requires, held against evidence.
//!
//! [`decide`] is a pure function. What it does not know it holds: an empty policy, a source that did not
//! answer, a fact that is not there. Taking evidence away, ageing it or making a fact worse never makes
//! a decision more permissive.

mod against;
mod agreed;
mod decide;
mod decision;
mod findings;
mod json;
mod next;
mod outlook;
mod policy;
mod result;
mod rules;
mod subject;
mod waiver;

pub use decide::{Asked, decide};
pub use decision::{Decided, Decision, Mode};
pub use outlook::Outlook;
pub use policy::{
    Binds, Consequence, FactAt, GatePolicy, Means, Requirement, Severity, WaiverRules, Wanted,
};
pub use result::{RequirementResult, State};
pub use rules::{BadRule, Rule};
pub use waiver::{Actor, Approval, NotWaived, Waiver};

#[cfg(test)]
pub(crate) mod tests;
