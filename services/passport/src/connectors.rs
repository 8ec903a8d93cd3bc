//! The connectors that this program is built with, and how their sources are checked.

use std::path::Path;
use std::sync::Arc;

use ipnet::IpNet;
use passport_connector_sdk::secrets::ProcessSecrets;
use passport_connector_sdk::{Hub, HubOptions, Registry};
use passport_http_guard::AddressPolicy;
use passport_service_kit::config::{SchemaChecks, SourceChecks};

/// A category of providers.
pub struct Collector {
    /// Its name.
    pub name: &'static str,
    /// Its connectors.
    pub registry: Registry,
}

/// Every collector: one line each.
pub fn collectors() -> Vec<Collector> {
    vec![Collector {
        name: passport_metrics::NAME,
        registry: passport_metrics::registry(),
    }]
}

/// The connectors of all collectors.
pub fn registry() -> Registry {
    let registries = collectors().into_iter().map(|collector| collector.registry);
    registries.fold(Registry::default(), Registry::and)
}

/// What the connectors have to say about the sources of a configuration.
pub fn checks() -> impl SourceChecks {
    let registry = registry();
    let schemas: Vec<_> = registry.schemas().collect();
    SchemaChecks::new(schemas, move |id, source, context| {
        let hub = hub(context.allow_addresses, context.secrets_folder);
        registry.build(id, source, &hub).err().unwrap_or_default()
    })
}

/// What provider clients share. Where the operator names no networks, this machine may be asked.
pub fn hub(allow: &[IpNet], secrets_folder: Option<&Path>) -> Hub {
    let addresses = match allow.is_empty() {
        true => AddressPolicy::with_loopback(),
        false => AddressPolicy::allowing(allow.iter().copied()),
    };
    let options = HubOptions {
        addresses,
        ..HubOptions::default()
    };
    let secrets = ProcessSecrets {
        folder: secrets_folder.map(Path::to_path_buf),
        reserved: Vec::new(),
    };
    Hub::new(options, Arc::new(secrets))
}
