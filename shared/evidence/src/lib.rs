//! The evidence model: scope, subject, facts, freshness, thresholds, and their JSON and wire forms.
//!
//! Pure: no I/O, no async, no clock of its own. The rule that everything here serves is that
//! *passed is earned*: a [`Fact`] becomes `passed` only by judging a quantity against a threshold or
//! by finding a provider's state in a table of known good states, and what comes off the wire is a
//! [`ClaimedFact`], which has to be admitted, that is judged again, before it is a fact.

pub mod actor;
pub mod blank;
pub mod claimed;
pub mod clock;
pub mod descriptor;
pub mod evidence;
pub mod excerpts;
pub mod fact;
pub mod failure;
pub mod freshness;
pub mod json;
pub mod names;
pub mod person;
pub mod problem;
pub mod quantity;
pub mod query_digest;
pub mod reason;
pub mod scope;
pub mod state;
pub mod status;
pub mod threshold;
pub mod value;
pub mod wire;

pub use actor::{Actor, ActorId, Actors, Role};
pub use claimed::{ClaimedEvidence, ClaimedFact};
pub use clock::Clock;
pub use descriptor::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, Promotion,
};
pub use evidence::{Evidence, FailedRefresh, Origin, Outcome, Provenance};
pub use excerpts::Excerpts;
pub use fact::{Fact, Limits};
pub use failure::{Failure, FailureCode};
pub use freshness::{Age, Freshness, MaxAge};
pub use names::{EnvironmentName, FactName, NameError, ServiceName, SourceName, WorkspaceId};
pub use person::{Person, Right};
pub use problem::Problem;
pub use quantity::{Dimension, Quantity, Unit};
pub use query_digest::QueryDigest;
pub use reason::Reason;
pub use scope::{Scope, SourceId, Subject};
pub use state::{Meaning, StateTable};
pub use status::Status;
pub use threshold::{Threshold, Verdict};
pub use value::Value;
