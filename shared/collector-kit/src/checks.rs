//! How the sources of a configuration are checked, and what their connectors share.

use std::{path::Path, sync::Arc};

use ipnet::IpNet;
use passport_connector_sdk::{
    Hub, HubOptions, Registry,
    secrets::{ProcessSecrets, SecretReader},
};
use passport_http_guard::AddressPolicy;
use passport_service_kit::config::{SchemaChecks, SourceChecks};

/// What the connectors have to say about the sources of a configuration.
pub fn checks(registry: Registry) -> impl SourceChecks {
    let schemas: Vec<_> = registry.schemas().collect();
    SchemaChecks::new(schemas, move |id, source, context| {
        let secrets = Arc::new(secrets(context.secrets_folder));
        let hub = hub(context.allow_addresses, secrets);
        registry.build(id, source, &hub).err().unwrap_or_default()
    })
}

/// What provider clients share. Where the operator names no networks, this machine may be asked.
pub fn hub(allow: &[IpNet], secrets: Arc<dyn SecretReader>) -> Hub {
    let addresses = match allow.is_empty() {
        true => AddressPolicy::with_loopback(),
        false => AddressPolicy::allowing(allow.iter().copied()),
    };
    let options = HubOptions {
        addresses,
        ..HubOptions::default()
    };
    Hub::new(options, secrets)
}

/// Secrets of this process, less the token that it shows to gateways itself.
pub fn secrets(folder: Option<&Path>) -> ProcessSecrets {
    ProcessSecrets {
        folder: folder.map(Path::to_path_buf),
        reserved: vec!["PASSPORT_TOKEN".to_owned()],
    }
}
