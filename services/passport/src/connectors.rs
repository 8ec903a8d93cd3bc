//! The connectors that this program is built with, and how their sources are checked.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ipnet::IpNet;
use passport_connector_sdk::secrets::{ProcessSecrets, SecretReader};
use passport_connector_sdk::{CollectorServer, Hub, HubOptions, Registry};
use passport_evidence::Clock;
use passport_gateway::Beside;
use passport_http_guard::AddressPolicy;
use passport_metrics::otlp_receiver;
use passport_service_kit::config::{SchemaChecks, SourceChecks};

/// Longest time that one export of metrics may take.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// A category of providers.
pub struct Collector {
    /// Its name.
    pub name: &'static str,
    /// Its connectors.
    pub registry: Registry,
    /// What its providers push to, beside what every collector takes.
    pub receivers: fn(Beside, CollectorServer, Arc<dyn Clock>) -> Beside,
}

/// Every collector: one line each.
pub fn collectors() -> Vec<Collector> {
    vec![
        Collector {
            name: passport_metrics::NAME,
            registry: passport_metrics::registry(),
            receivers: otlp,
        },
        Collector {
            name: passport_quality::NAME,
            registry: passport_quality::registry(),
            receivers: nothing_more,
        },
    ]
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

/// For collectors whose providers push to nothing of their own.
fn nothing_more(_: CollectorServer, _: Arc<dyn Clock>) -> Router {
    Router::new()
}

/// OTLP over HTTP and gRPC.
fn otlp(beside: Beside, server: CollectorServer, clock: Arc<dyn Clock>) -> Beside {
    let grpc = otlp_receiver::service(server.clone(), Arc::clone(&clock));
    let described = beside.grpc.described_by(opentelemetry_proto::DESCRIPTORS);
    Beside {
        http: beside.http.merge(otlp_receiver::routes(server, clock)),
        grpc: described.with(grpc, EXPORT_TIMEOUT),
    }
}
