//! The few steps of SMTP that one message takes (RFC 5321). Commands, replies and logins are lettre's; connections
//! are the guard's, which secures them too: what a library would dial and trust by itself is not judged by it.

mod lines;
mod reply;
mod server;
mod session;
mod talk;

pub use reply::{Class, Reply, is_status};
pub use server::{Login, Security, Server};
pub use session::{Envelope, Judged, Session};
