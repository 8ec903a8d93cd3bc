//! The one guarded HTTP client: addresses, redirects, limits and timeouts.
//!
//! A [`GuardedClient`] belongs to one [`Endpoint`]. A [`Request`] names path segments, never a URL,
//! so it cannot leave the endpoint's origin or context path. Every address a name resolves to is
//! judged by the [`AddressPolicy`] before a connection is opened, and the connection goes to one of
//! exactly those addresses. An endpoint may also be a Unix socket of this machine, by its path. Redirects are replies, proxies of the environment are ignored, and
//! nothing is retried. A [`GuardedDial`] opens connections of other protocols by the same rules.

mod address;
mod body;
mod client;
mod dial;
mod endpoint;
mod error;
mod failure;
mod options;
mod request;
mod resolve;
mod tls;

#[cfg(test)]
mod tests;

pub use address::{AddressPolicy, Refused};
pub use client::GuardedClient;
pub use dial::{ByteStream, Connection, DialOptions, DialTarget, GuardedDial};
pub use endpoint::{Endpoint, EndpointProblem, EndpointRules, Link, UnsafeSegment};
pub use error::{BuildError, Distrust, Flaw, SendError, Stage};
pub use ipnet::IpNet;
pub use options::{ClientIdentity, ClientOptions, TlsOptions};
pub use request::{Reply, Request, RequestId};
pub use resolve::{Resolve, SystemResolver};
