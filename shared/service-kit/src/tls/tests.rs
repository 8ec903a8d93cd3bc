//! A port with TLS, and callers with certificates of all kinds.

pub mod authority;
mod files;
mod handshakes;
pub mod port;
mod rotation;
