//! The whole mesh in one process: gateway and collectors, with no socket between them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use passport_collector_kit::{Collector, Lineage, Process, hub};
use passport_connector_sdk::secrets::SecretReader;
use passport_evidence::Clock;
use passport_gateway::access::oidc::{self, Keyring};
use passport_gateway::policies;
use passport_gateway::{Access, Gateway, GatewayParts, Records, Watches};
use passport_service_kit::client::CollectorClient;
use passport_service_kit::clock::SystemClock;
use passport_service_kit::config::{Loaded, Report};
use passport_service_kit::limits::Allowed;
use passport_service_kit::process::{Around, Built, Fault, Served, defect};
use passport_service_kit::server::Beside;

use crate::connectors::{catalog, categories};

/// Collectors with their sources. Nothing listens and nobody was asked.
pub struct AllInOne {
    config: Arc<Loaded>,
    collectors: Vec<Collector>,
    lineage: Lineage,
    keyring: Keyring,
    records: Records,
    watches: Watches,
}

/// What outlives a change of the configuration. A clone is the same.
#[derive(Clone, Default)]
pub struct Kept {
    /// Of the collectors.
    pub lineage: Lineage,
    /// Of the gateway.
    pub keyring: Keyring,
    /// Where its decisions are recorded.
    pub records: Records,
    /// What open watches hear of.
    pub watches: Watches,
}

// === impl AllInOne ===

impl AllInOne {
    /// Builds every source of a configuration.
    pub fn build(
        loaded: Loaded,
        secrets: Arc<dyn SecretReader>,
        kept: &Kept,
    ) -> Result<Self, Report> {
        let mut problems = oidc::problems(&loaded.settings);
        problems.extend(policies::problems(&loaded.settings));
        if !problems.is_empty() {
            return Err(Report::of(&loaded.tree, problems));
        }
        let settings = &loaded.settings;
        let hub = hub(settings, Process::AllInOne, secrets, &kept.lineage);
        Ok(Self {
            collectors: Collector::build_all(categories(), &loaded, &hub)?,
            config: Arc::new(loaded),
            lineage: kept.lineage.clone(),
            keyring: kept.keyring.clone(),
            records: kept.records.clone(),
            watches: kept.watches.clone(),
        })
    }

    /// Environment variables that its sources name and that are not set now.
    pub fn absent_variables(&self) -> BTreeSet<String> {
        let collectors = self.collectors.iter();
        collectors.flat_map(Collector::absent_variables).collect()
    }
}

impl Built for AllInOne {
    async fn serve(self, around: &Around) -> Result<Served, Fault> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let meter = around.meters.meter();
        self.records.configure(&self.config.settings, &meter)?;
        let access = Access::of(&self.config.settings, &self.keyring).map_err(defect)?;
        let allowed = Allowed::of_gateway(&self.config.settings.gateway.limits);
        let mut clients = BTreeMap::new();
        let mut beside = Beside::default();
        for collector in self.collectors {
            let name = collector.name().to_owned();
            let started = collector.start(&self.config, Arc::clone(&clock), beside, &self.lineage);
            let (server, with_receivers) = started.await?;
            beside = with_receivers;
            clients.insert(name, CollectorClient::in_process(server));
        }
        let gateway = Gateway::new(GatewayParts {
            catalog: catalog(),
            config: self.config,
            collectors: clients,
            access,
            clock,
            meter,
            records: self.records,
            watches: self.watches,
        });
        let gateway = gateway.map_err(defect)?;
        let served = passport_gateway::router(gateway, around, beside);
        let served = served.await.map_err(defect)?;
        around.limits.set(allowed);
        Ok(Served::from(served))
    }
}
