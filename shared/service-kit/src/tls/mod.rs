//! TLS as the processes of the mesh speak it: files that are read anew when they change, one crypto
//! provider, and what the other side's certificate says.
//!
//! Certificates end by their own time, with their authority, or by a list of those that it has
//! withdrawn. Who must be shut out at once is taken out of `clients`.

mod acceptor;
mod config;
mod error;
pub mod files;
mod handshake;
mod meters;
mod peer;
mod validity;
pub mod watch;

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};

pub use acceptor::{Acceptor, Secured};
pub use config::AskClients;
pub use error::{Problem, TlsError};
pub use handshake::Refused;
pub use peer::{Peer, Unreadable};

/// The one crypto provider of every configuration. Nobody has to install it.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

#[cfg(test)]
pub(crate) mod tests;
