//! A category of providers.

use std::sync::Arc;

use passport_connector_sdk::{CollectorServer, Registry};
use passport_evidence::Clock;
use passport_service_kit::server::Beside;

/// Adds to a port what a category's providers push to in a protocol of their own.
type Receivers = fn(Beside, CollectorServer, Arc<dyn Clock>) -> Beside;

/// A protocol of their own in which providers push, and how a program is told to listen for it.
#[derive(Debug, Clone, Copy)]
pub struct Protocol {
    /// Its name.
    pub name: &'static str,
    /// Names the address of a port for it alone on the command line, without the dashes.
    pub flag: &'static str,
    /// The same in the environment.
    pub variable: &'static str,
    /// What the flag is for.
    pub help: &'static str,
}

/// A category of providers: its connectors, and what it receives.
#[derive(Clone)]
pub struct Category {
    /// Its name, such as `metrics`.
    pub name: &'static str,
    /// Its connectors.
    pub registry: Registry,
    receivers: Receivers,
    protocol: Option<Protocol>,
}

// === impl Category ===

impl Category {
    /// A category whose providers push to nothing but what every collector takes.
    pub fn new(name: &'static str, registry: Registry) -> Self {
        Self {
            name,
            registry,
            receivers: |beside, _, _| beside,
            protocol: None,
        }
    }

    /// The category with a protocol in which its providers push.
    pub fn receiving(self, protocol: Protocol, receivers: Receivers) -> Self {
        Self {
            receivers,
            protocol: Some(protocol),
            ..self
        }
    }

    /// The protocol in which its providers push, if they do.
    pub(crate) fn protocol(&self) -> Option<Protocol> {
        self.protocol
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

    /// Whether something is kept for sources of a connector of this category.
    pub(crate) fn keeps(&self, connector: &str) -> bool {
        let mut descriptors = self.registry.descriptors();
        descriptors.any(|it| it.id == connector && it.keeps())
    }
}
