//! An issuer of OIDC tokens for tests: real keys, behind a real socket of this machine.
//!
//! It signs whatever it is told to, so that tests can make tokens that no issuer would give out.

mod issuer;
mod key;
mod shapes;
mod tls;

pub use issuer::{Discovery, Issuer};
pub use key::{Key, unsigned, with_secret};
pub use shapes::{github_actions, gitlab_ci, kubernetes};
