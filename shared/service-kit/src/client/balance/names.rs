//! Which addresses a collector has, looked up again and again.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use tokio::{
    net::lookup_host,
    select,
    time::{sleep, timeout},
};

use super::{connect::Connector, replicas::Known};

/// How often a name is looked up.
const EVERY: Duration = Duration::from_secs(5);

/// The least time between two look-ups, however often connections fail.
const LEAST: Duration = Duration::from_millis(200);

const LONGEST: Duration = Duration::from_secs(3);

/// Finds the addresses of a host.
pub(in crate::client) trait Resolve: Send + Sync + 'static {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>>;
}

/// As the system finds them.
pub(in crate::client) struct SystemNames;

// === impl SystemNames ===

impl Resolve for SystemNames {
    fn resolve<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, io::Result<Vec<SocketAddr>>> {
        Box::pin(async move { Ok(lookup_host((host, port)).await?.collect()) })
    }
}

/// Keeps what is known of the replicas up to date. Where a name can't be looked up or has no
/// addresses, those that it had stay.
pub(super) async fn follow(names: Arc<dyn Resolve>, connector: Arc<Connector>, known: Arc<Known>) {
    let (host, port) = (connector.origin.host(), connector.origin.port());
    let collector = connector.meters.collector();
    let mut was_found = true;
    loop {
        let found = timeout(LONGEST, names.resolve(host, port)).await;
        let found = found.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()));
        let found = found.unwrap_or_else(|error| {
            tracing::debug!(collector, host, %error, "a name can't be looked up");
            Vec::new()
        });
        if found.is_empty() && was_found {
            tracing::warn!(collector, host, "the name of a collector has no address");
        }
        was_found = !found.is_empty();
        known.found(&found, &connector);
        sleep(LEAST).await;
        select! {
            () = sleep(EVERY) => {}
            () = known.wanted() => {}
        }
    }
}
