//! What outlives a change of the configuration.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use passport_connector_sdk::{
    CollectorServer, Hub, HubOptions, ServerParts, keep::Keeper, secrets::SecretReader,
};

/// What outlives a change of the configuration: answers and states of sources of which the same is
/// said as before, what providers said of their limits, and the databases. A clone is the same.
#[derive(Clone, Default)]
pub struct Lineage(Arc<Mutex<Last>>);

#[derive(Default)]
struct Last {
    hub: Option<Arc<Hub>>,
    servers: BTreeMap<&'static str, CollectorServer>,
    keepers: BTreeMap<&'static str, Arc<dyn Keeper>>,
}

// === impl Lineage ===

impl Lineage {
    pub(crate) fn hub(&self, options: HubOptions, secrets: Arc<dyn SecretReader>) -> Arc<Hub> {
        let mut last = self.lock();
        let hub = Arc::new(match &last.hub {
            Some(before) => before.succeeded_by(options, secrets),
            None => Hub::new(options, secrets),
        });
        last.hub = Some(Arc::clone(&hub));
        hub
    }

    pub(crate) fn server(&self, parts: ServerParts) -> CollectorServer {
        let mut last = self.lock();
        let name = parts.name;
        let server = match last.servers.get(name) {
            Some(before) => before.succeeded_by(parts),
            None => CollectorServer::new(parts),
        };
        last.servers.insert(name, server.clone());
        server
    }

    /// The database that a collector opened before.
    pub(crate) fn keeper(&self, collector: &str) -> Option<Arc<dyn Keeper>> {
        self.lock().keepers.get(collector).cloned()
    }

    pub(crate) fn keeps(&self, collector: &'static str, keeper: &Arc<dyn Keeper>) {
        self.lock().keepers.insert(collector, Arc::clone(keeper));
    }

    fn lock(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
