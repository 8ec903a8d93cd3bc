//! What connectors are built with, and the one implementation of the collector service.
//!
//! A connector is a [`ConnectorKind`]: a descriptor, typed settings, and a `build` that checks
//! everything without touching the network. What it builds is a [`Connector`], which asks one narrow
//! question and says what it found. Everything else is done once, here: secrets, the provider
//! client with its limits and retries, the cache, and the chassis that turns an observation into
//! evidence of the right scope and age.

pub mod actors;
pub mod commit;
pub mod credential_scope;
pub mod detect;
pub mod digests;
pub mod json_pointer;
pub mod keep;
pub mod kind;
mod meters;
mod object;
mod part;
pub mod provider;
pub mod query;
pub mod redaction;
pub mod registry;
pub mod secrets;
pub mod server;
pub mod settings;
pub mod signature;
pub mod strict_json;
#[cfg(test)]
mod stub;
pub mod subject_text;
pub mod upload;

pub use actors::ActorIds;
pub use kind::{
    Accepted, Answer, AnsweringClient, Builder, CollectError, CollectRequest, Connector,
    ConnectorKind, Delivery, Dial, Kept, Machine, Notice, NoticeClient, NoticeState, Noticed,
    Observation, Question, Record, Rejected, SenderReply, Sending, SourceContext, Trust,
    Unanswered, Word,
};
pub use object::Object;
pub use part::Part;
pub use provider::{Auth, Hub, HubOptions, ProviderClient, ReadError, Reply, Request};
pub use registry::{Registry, Source};
pub use server::{CollectorServer, ServerParts};
