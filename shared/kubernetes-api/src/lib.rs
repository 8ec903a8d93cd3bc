//! What connectors of several categories read from a Kubernetes API server: one object by its name,
//! and what a token may do. Without a client of its own: everything goes through the provider client.

mod breadth;
mod object;
mod review;
mod status;

pub use breadth::beyond;
pub use object::{ObjectPath, read, served_versions};
pub use review::{Action, Allowed, may};

#[cfg(test)]
mod tests;
