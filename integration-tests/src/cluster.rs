//! A cluster to read from: a stand-in for its API server that others wrote (see `cluster/server.py`), real
//! `kubectl` to write to it, and a door before it that admits service accounts by the Roles of `deploy/roles`.

pub mod asked;
mod door;
pub mod gitops;
mod kubectl;
pub mod limits;
pub mod objects;
pub mod reader;
pub mod role;
pub mod runs;
mod server;

pub use door::{Account, Door};
pub use server::Cluster;
