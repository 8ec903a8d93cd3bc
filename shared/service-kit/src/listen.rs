//! Where a service may listen.

use std::net::SocketAddr;

use crate::config::model::{Client, CollectorAt, Gateway, Tls};

/// An address that would serve everybody, and what to do instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Exposed {
    /// Callers of the gateway from other machines would have to show nothing.
    #[error(
        "listening on {0} serves callers from other machines, and no token, no client and no issuer \
         of tokens is configured"
    )]
    Gateway(SocketAddr),
    /// Callers of the collector from other machines would not be known by a certificate.
    #[error(
        "listening on {0} serves callers from other machines, and this collector knows none by a \
         certificate"
    )]
    Collector(SocketAddr),
    /// Tokens of senders on other machines would cross the network in the clear.
    #[error(
        "listening on {0} takes deliveries from other machines, and their tokens would be sent in \
         the clear"
    )]
    Senders(SocketAddr),
}

/// Whether a gateway may listen on the address: beyond loopback, callers need credentials.
///
/// # Errors
/// They need none.
pub fn gateway(address: SocketAddr, gateway: &Gateway) -> Result<(), Exposed> {
    let knows = !gateway.tokens.is_empty()
        || !gateway.oidc.is_empty()
        || !gateway.hooks.is_empty()
        || knows_clients(gateway.tls.as_ref(), &gateway.clients);
    match knows || is_loopback(address) {
        true => Ok(()),
        false => Err(Exposed::Gateway(address)),
    }
}

/// Whether a collector may listen on the address: beyond loopback, callers need certificates. Its
/// token is none of those: it is sent with every call, and says nothing of who sends it.
///
/// # Errors
/// They need none.
pub fn collector(address: SocketAddr, collector: Option<&CollectorAt>) -> Result<(), Exposed> {
    let knows = collector.is_some_and(|it| knows_clients(it.tls.as_ref(), &it.clients));
    match knows || is_loopback(address) {
        true => Ok(()),
        false => Err(Exposed::Collector(address)),
    }
}

/// Whether those who push may be served on the address: their tokens need TLS beyond loopback.
///
/// # Errors
/// There is none.
pub fn senders(address: SocketAddr, collector: Option<&CollectorAt>) -> Result<(), Exposed> {
    let speaks_tls = collector.is_some_and(|it| it.tls.is_some());
    match speaks_tls || is_loopback(address) {
        true => Ok(()),
        false => Err(Exposed::Senders(address)),
    }
}

fn knows_clients(tls: Option<&Tls>, clients: &[Client]) -> bool {
    !clients.is_empty() && tls.is_some_and(|tls| tls.client_ca.is_some())
}

/// Whether the address is one of this machine alone.
pub fn is_loopback(address: SocketAddr) -> bool {
    address.ip().to_canonical().is_loopback()
}

// === impl Exposed ===

impl Exposed {
    /// What to do next.
    pub fn fix(self) -> &'static str {
        match self {
            Self::Gateway(_) => {
                "configure `gateway.tokens` (`passport token new` makes one), or \
                 `gateway.clients` with `gateway.tls.client_ca`, or `gateway.oidc`, or listen on \
                 127.0.0.1"
            }
            Self::Collector(_) => {
                "configure `tls` with `client_ca`, and `clients`, in the collector's entry under \
                 `collectors`, or listen on 127.0.0.1, beside the gateway that asks it"
            }
            Self::Senders(_) => {
                "configure `tls` in the collector's entry under `collectors`, or listen on \
                 127.0.0.1, beside those who send"
            }
        }
    }
}

#[cfg(test)]
mod tests;
