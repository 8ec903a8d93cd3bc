//! What callers talk to: authenticates them, plans which sources must answer, asks their collectors
//! under one deadline, and checks everything that comes back.
//!
//! [`Gateway`] is the object behind gRPC and HTTP; [`router()`] serves both on one port. It knows
//! collectors only through their generated client and connectors only by a [`Catalog`]. It finds
//! faults of a collector; it is no defence against one that was taken over.

pub mod access;
mod answers;
pub mod budget;
pub mod call_error;
pub mod catalog;
pub mod configured;
mod fan_out;
pub mod gate;
pub mod gateway;
mod grpc;
mod http;
pub mod ledger;
pub mod listing;
mod meters;
mod own_host;
pub mod persons;
pub mod plan;
pub mod policies;
mod presence;
pub mod question;
mod room;
mod router;

pub use access::{Access, Caller};
pub use call_error::{CallError, Violation};
pub use catalog::{BadList, Catalog, PlannedConnector};
pub use configured::{ConfiguredSources, Unusable};
pub use gate::{GateQuestion, watch::Watches};
pub use gateway::{Collected, Gateway, GatewayParts};
pub use http::openapi;
pub use ledger::Records;
pub use question::Question;
pub use router::router;

#[cfg(test)]
mod tests;
