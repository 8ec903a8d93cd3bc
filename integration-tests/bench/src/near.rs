//! The all-in-one without any socket: the client sits on the gateway, and the gateway on its collector.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::Result;
use axum::Router;
use passport_collector_kit::{Collector, Lineage, Process, checks, hub, secrets};
use passport_evidence::Clock;
use passport_gateway::access::oidc::Keyring;
use passport_gateway::{Access, Catalog, Gateway, GatewayParts, Records, Watches, router};
use passport_proto::gateway::gateway_service_client::GatewayServiceClient;
use passport_service_kit::client::CollectorClient;
use passport_service_kit::clock::SystemClock;
use passport_service_kit::config::{load_bytes, model::LogFormat};
use passport_service_kit::limits::Limits;
use passport_service_kit::process::{Around, InUse};
use passport_service_kit::server::Beside;
use passport_service_kit::telemetry::{Telemetry, TelemetryOptions};
use serde_json::Value;

/// A client of this process's own gateway. Only one can be made: telemetry belongs to the process.
///
/// # Errors
/// The configuration is refused, or this is the second.
pub async fn client(configuration: &Value) -> Result<GatewayServiceClient<Router>> {
    let telemetry = Telemetry::init(quiet())?;
    let category = passport_metrics::category();
    let bytes = serde_json::to_vec(configuration)?;
    let loaded = load_bytes(
        "near",
        &bytes,
        &checks(passport_metrics::registry(), Process::AllInOne),
    )?;
    let secrets = Arc::new(secrets(&loaded.settings));
    let lineage = Lineage::default();
    let hub = hub(&loaded.settings, Process::AllInOne, secrets, &lineage);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let collector = Collector::build(category, &loaded, &hub)?;
    let name = collector.name().to_owned();
    let beside = Beside::default();
    let started = collector.start(&loaded, Arc::clone(&clock), beside, &lineage);
    let (server, beside) = started.await?;
    let meters = telemetry.meters().clone();
    let around = Around {
        configuration: InUse::new(&loaded.digest, clock.now(), &meters.meter()),
        limits: Limits::new(&meters.meter()),
        meters,
    };
    let gateway = Gateway::new(GatewayParts {
        records: Records::default(),
        watches: Watches::default(),
        catalog: Catalog::of_this_version()?,
        access: Access::of(&loaded.settings, &Keyring::default())?,
        collectors: BTreeMap::from([(name, CollectorClient::in_process(server))]),
        config: Arc::new(loaded),
        clock,
        meter: telemetry.meters().meter(),
    })?;
    let (router, _health) = router(gateway, &around, beside).await?;
    let origin = http::Uri::from_static("http://localhost");
    Ok(GatewayServiceClient::with_origin(router, origin))
}

/// Figures are kept as in the programs; log lines would stand among the tables.
fn quiet() -> TelemetryOptions {
    TelemetryOptions {
        service_name: env!("CARGO_PKG_NAME"),
        environment: None,
        log_format: LogFormat::default(),
        filter: "error".to_owned(),
        otlp_endpoint: None,
        metric_pushes: Vec::new(),
    }
}
