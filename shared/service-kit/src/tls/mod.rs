//! TLS as the processes of the mesh speak it: files that are read anew when they change, one crypto
//! provider, and what the other side's certificate says.
//!
//! Certificates end by their own time or with their authority. Revocation lists are not read: who
//! must be shut out at once is taken out of `clients`, or its authority out of `client_ca`.

mod error;
pub mod files;
mod peer;
mod validity;

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, aws_lc_rs};

pub use error::{Problem, TlsError};
pub use peer::{Peer, Unreadable};

/// The one crypto provider of every configuration. Nobody has to install it.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(aws_lc_rs::default_provider())
}

#[cfg(test)]
pub(crate) mod tests;
