//! The few steps of SMTP that one message takes (RFC 5321), over connections that the guard opens and secures. It
//! is spoken here, and not by a library: what that reads ahead of `STARTTLS` would be taken for an answer in TLS,
//! and its TLS would have roots and names of its own.

mod reply;
mod server;
mod session;
mod wire;

pub use reply::{Class, Reply, is_status};
pub use server::{Login, Security, Server};
pub use session::{Envelope, Judged, Session};
