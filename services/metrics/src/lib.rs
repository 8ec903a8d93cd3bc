//! The metrics collector: connectors that read or receive numbers.

pub mod connectors;
pub mod otlp_receiver;

use std::{sync::Arc, time::Duration};

pub use connectors::registry;
use passport_collector_kit::{Category, Protocol};
use passport_connector_sdk::CollectorServer;
use passport_evidence::Clock;
use passport_service_kit::server::Beside;

/// Name of this collector.
pub const NAME: &str = "metrics";

/// Longest time that one export of metrics may take.
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);

/// How senders of metrics are given a port of their own.
const OTLP: Protocol = Protocol {
    name: "OTLP",
    flag: "otlp-listen",
    variable: "PASSPORT_OTLP_LISTEN",
    help: "Address to take OTLP on, in place of the collector's own port: senders show their \
           token there and no certificate; beyond loopback only where the collector has TLS",
};

/// The category of this collector.
pub fn category() -> Category {
    Category::new(NAME, registry()).receiving(OTLP, otlp)
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
