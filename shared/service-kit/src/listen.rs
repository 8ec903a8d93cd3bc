//! Where a service may listen.

use std::net::SocketAddr;

/// An address that would serve everybody, and what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exposed {
    /// Callers from other machines would have to show nothing.
    #[error("listening on {0} serves callers from other machines, and no token is configured")]
    WithoutTokens(SocketAddr),
    /// The service does not know its callers by anything that other machines could have.
    #[error("listening on {0} serves callers from other machines, and this service knows none")]
    OnThisMachineOnly(SocketAddr),
}

/// Whether a service may listen on the address: beyond loopback, callers need credentials.
///
/// # Errors
/// They need none.
pub fn check(address: SocketAddr, has_credentials: bool) -> Result<(), Exposed> {
    match has_credentials || is_loopback(address) {
        true => Ok(()),
        false => Err(Exposed::WithoutTokens(address)),
    }
}

/// Whether the address is one of this machine alone.
///
/// # Errors
/// Other machines reach it.
pub fn on_this_machine(address: SocketAddr) -> Result<(), Exposed> {
    match is_loopback(address) {
        true => Ok(()),
        false => Err(Exposed::OnThisMachineOnly(address)),
    }
}

fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

// === impl Exposed ===

impl Exposed {
    /// What to do next.
    pub fn fix(self) -> &'static str {
        match self {
            Self::WithoutTokens(_) => {
                "configure `gateway.tokens` (`passport token new` makes one), or listen on 127.0.0.1"
            }
            Self::OnThisMachineOnly(_) => {
                "listen on 127.0.0.1, beside the gateway that asks this collector"
            }
        }
    }
}

#[cfg(test)]
mod tests;
