//! A category of providers.

use std::sync::Arc;

use passport_connector_sdk::{CollectorServer, Registry};
use passport_evidence::{Capability, Clock};
use passport_service_kit::server::Beside;

/// Adds to a port what a category's providers push to in a protocol of their own.
type Receivers = fn(Beside, CollectorServer, Arc<dyn Clock>) -> Beside;

/// A category of providers: its connectors, and what it receives.
#[derive(Clone)]
pub struct Category {
    /// Its name, such as `metrics`.
    pub name: &'static str,
    /// Its connectors.
    pub registry: Registry,
    receivers: Receivers,
}

// === impl Category ===

impl Category {
    /// A category whose providers push to nothing but what every collector takes.
    pub fn new(name: &'static str, registry: Registry) -> Self {
        Self {
            name,
            registry,
            receivers: |beside, _, _| beside,
        }
    }

    /// The category with a protocol in which its providers push.
    pub fn receiving(self, receivers: Receivers) -> Self {
        Self { receivers, ..self }
    }

    /// What its providers push to, beside what stands there already.
    pub(crate) fn receivers(
        &self,
        beside: Beside,
        server: CollectorServer,
        clock: Arc<dyn Clock>,
    ) -> Beside {
        (self.receivers)(beside, server, clock)
    }

    /// Whether a connector of this category takes deliveries.
    pub(crate) fn takes_deliveries(&self, connector: &str) -> bool {
        let mut descriptors = self.registry.descriptors();
        descriptors.any(|it| it.id == connector && it.capabilities.contains(&Capability::Ingest))
    }
}
