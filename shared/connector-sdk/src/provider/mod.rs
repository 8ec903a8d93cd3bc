//! The one way in which a connector talks to its provider.

mod auth;
mod breaker;
mod budget;
mod client;
mod error;
mod headers;
mod hub;
mod known;
mod machine;
mod once;
mod own_account;
mod patience;
mod probe;
mod reads;
mod refusal;
mod reply;

pub use auth::Auth;
pub use client::ProviderClient;
pub use error::{ReadError, Trouble};
pub use hub::{Hub, HubOptions};
pub use machine::MachineCredentials;
pub use own_account::{OwnAccount, Platform};
pub use passport_http_guard::{
    AddressPolicy, ByteStream, Connection, Distrust, Endpoint, GuardedDial, Request, Resolve,
    SendError, Stage,
};
pub use probe::{ProbeClient, ProbeError, ProbeOptions, Probed};
pub use refusal::{OwnRefusals, Refusal};
pub use reply::Reply;

pub(crate) use budget::Budget;
pub(crate) use once::SendOnceError;
pub(crate) use reads::Reads;

#[cfg(test)]
mod tests;
