//! The one way in which a connector talks to its provider.

mod auth;
mod breaker;
mod budget;
mod client;
mod error;
mod headers;
mod hub;
mod known;
mod refusal;
mod reply;

pub use auth::Auth;
pub use client::ProviderClient;
pub use error::{ReadError, Trouble};
pub use hub::{Hub, HubOptions};
pub use passport_http_guard::{AddressPolicy, Endpoint, Request};
pub use refusal::{OwnRefusals, Refusal};
pub use reply::Reply;

pub(crate) use budget::Budget;

#[cfg(test)]
mod tests;
