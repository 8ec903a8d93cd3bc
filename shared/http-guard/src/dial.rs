//! Addresses to connect to for protocols other than HTTP, each of them judged.

use std::net::SocketAddr;
use std::sync::Arc;

use url::Host;

use crate::address::AddressPolicy;
use crate::error::SendError;
use crate::failure;
use crate::resolve::{CheckedResolver, Resolve};

/// One host and port of a protocol that another library speaks. That library gets addresses alone, never
/// the name, so that it can't resolve it once more.
#[derive(Clone)]
pub struct GuardedDial {
    resolver: CheckedResolver,
    port: u16,
}

// === impl GuardedDial ===

impl GuardedDial {
    /// For a host and a port. Touches no network.
    pub fn new(
        host: &Host<String>,
        port: u16,
        addresses: AddressPolicy,
        resolver: Arc<dyn Resolve>,
    ) -> Self {
        let resolver = CheckedResolver::of_host(host, addresses, resolver);
        Self { resolver, port }
    }

    /// What may be connected to now: every address of the host, or none.
    ///
    /// # Errors
    /// The host has no address, or one that may not be connected to.
    pub async fn addresses(&self) -> Result<Vec<SocketAddr>, SendError> {
        let answers = self.resolver.answers().await;
        let answers = answers.map_err(|error| failure::of_lookup(&*error))?;
        let answers = answers.into_iter();
        Ok(answers.map(|it| SocketAddr::new(it, self.port)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Refused;
    use crate::resolve::SystemResolver;

    async fn dialled(host: &str, addresses: AddressPolicy) -> Result<Vec<SocketAddr>, SendError> {
        let host = Host::parse(host).unwrap();
        let dial = GuardedDial::new(&host, 25, addresses, Arc::new(SystemResolver));
        dial.addresses().await
    }

    #[tokio::test]
    async fn an_address_that_is_written_out_is_judged_too() {
        for host in ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]"] {
            let refused = dialled(host, AddressPolicy::public_only()).await;
            let loopback = matches!(refused, Err(SendError::Refused(Refused::Loopback)));
            assert!(loopback, "{host}: {refused:?}");
            let allowed = dialled(host, AddressPolicy::with_loopback()).await;
            assert_eq!(allowed.unwrap()[0].port(), 25);
        }
        let metadata = dialled("169.254.169.254", AddressPolicy::with_loopback()).await;
        assert!(
            matches!(metadata, Err(SendError::Refused(_))),
            "{metadata:?}"
        );
    }
}
