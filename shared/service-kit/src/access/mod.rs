//! Who may call, as a configuration has it, in the terms of the policy: the same for the gateway
//! and for every collector.

mod clients;
mod grants;

use passport_evidence::NameError;

pub use clients::{Client, Clients};
use grants::person;
pub use grants::{grants, sha256, tokens};

/// A configuration that was loaded and yet admits nobody that could be named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A name is not one of the evidence model.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A token's hash can't be read.
    #[error("the hash of token {0} is not a SHA-256 in hex")]
    Hash(String),
}
