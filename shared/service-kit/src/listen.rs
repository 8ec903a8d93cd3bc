//! Where a service may listen.

use std::net::SocketAddr;

/// An address that would serve everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "listening on {address} serves callers from other machines, and no token is configured; \
     configure `gateway.tokens`, or listen on 127.0.0.1"
)]
pub struct Exposed {
    address: SocketAddr,
}

/// Whether a service may listen on the address: beyond loopback, callers need credentials.
pub fn check(address: SocketAddr, has_credentials: bool) -> Result<(), Exposed> {
    if has_credentials || address.ip().to_canonical().is_loopback() {
        Ok(())
    } else {
        Err(Exposed { address })
    }
}

#[cfg(test)]
mod tests;
