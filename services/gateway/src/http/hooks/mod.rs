//! Decisions in the words of gates that others have built already: those ask in their own way, and act
//! on a status or on a field.

mod admitted;
pub(super) mod argo_rollouts;
pub(super) mod flagger;
