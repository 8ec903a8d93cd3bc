//! The whole mesh in one process: gateway and collectors, with no socket between them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use passport_connector_sdk::keep::MemoryKeeper;
use passport_connector_sdk::secrets::{SecretError, SecretReader, SecretRef};
use passport_connector_sdk::{CollectorServer, ServerParts, Source};
use passport_evidence::{Clock, Descriptor, Problem, Scope, SourceId};
use passport_gateway::{Access, Beside, Catalog, Gateway, GatewayParts, PlannedConnector};
use passport_service_kit::client::CollectorClient;
use passport_service_kit::clock::SystemClock;
use passport_service_kit::config::{Loaded, Report, SourceAt};
use passport_service_kit::listen::{self, Exposed};
use passport_service_kit::server::{Health, observed};
use passport_service_kit::telemetry::Telemetry;

use crate::connectors::{Collector, collectors, hub};
use crate::exit::Fault;

/// Longest time that one source may take. Less than callers wait by default, so that a source with
/// one read unanswered can still say what the others gave.
const SOURCE_TIMEOUT: Duration = Duration::from_secs(9);

/// Collectors with their sources. Nothing listens and nobody was asked.
pub struct AllInOne {
    config: Arc<Loaded>,
    collectors: Vec<(Collector, Vec<Source>)>,
    clock: Arc<dyn Clock>,
}

// === impl AllInOne ===

impl AllInOne {
    /// Builds every source of a configuration.
    pub fn build(loaded: Loaded, secrets: Arc<dyn SecretReader>) -> Result<Self, Report> {
        let hub = hub(&loaded.settings.addresses.allow, secrets);
        let sources: Vec<_> = loaded.sources().filter_map(with_id).collect();
        let mut built = Vec::new();
        let mut problems = Vec::new();
        for collector in collectors() {
            let sources = sources.iter().map(|(id, at)| (id.clone(), at.value));
            match collector.registry.build_all(sources, &hub) {
                Ok(sources) => built.push((collector, sources)),
                Err(found) => problems.extend(found),
            }
        }
        if !problems.is_empty() {
            return Err(Report::of(&loaded.tree, placed(problems, &sources)));
        }
        Ok(Self {
            config: Arc::new(loaded),
            collectors: built,
            clock: Arc::new(SystemClock),
        })
    }

    /// Environment variables that its sources name and that are not set now.
    pub fn absent_variables(&self) -> BTreeSet<String> {
        let sources = self.collectors.iter().flat_map(|(_, sources)| sources);
        let secrets = sources.flat_map(Source::secrets);
        let absent = secrets.filter(|it| matches!(it.read(), Err(SecretError::Absent(_))));
        let named = absent.filter_map(|secret| match secret.reference() {
            SecretRef::Env(name) => Some(name.clone()),
            SecretRef::File(_) => None,
        });
        named.collect()
    }

    /// Refuses to serve other machines when nobody would have to show a token.
    pub fn may_listen(&self, address: SocketAddr) -> Result<(), Exposed> {
        let has_tokens = !self.config.settings.gateway.tokens.is_empty();
        listen::check(address, has_tokens)
    }

    /// Everything that is served on the one port. The address must be one that it may listen on.
    pub async fn serve(self, telemetry: &Telemetry) -> Result<(Router, Health), Fault> {
        let access = self.access()?;
        let mut clients = BTreeMap::new();
        let mut connectors = Vec::new();
        let mut beside = Beside::default();
        let digest = format!("sha256:{}", self.config.digest);
        for (collector, sources) in self.collectors {
            connectors.extend(planned(&collector));
            let server = CollectorServer::new(ServerParts {
                name: collector.name,
                registry: collector.registry,
                sources,
                configuration_digest: digest.clone(),
                keeper: Arc::new(MemoryKeeper::default()),
                clock: Arc::clone(&self.clock),
                source_timeout: SOURCE_TIMEOUT,
            });
            beside = (collector.receivers)(beside, server.clone(), Arc::clone(&self.clock));
            let client = CollectorClient::in_process(server);
            clients.insert(collector.name.to_owned(), client);
        }
        let gateway = Gateway::new(GatewayParts {
            catalog: connectors.into_iter().collect::<Catalog>(),
            config: self.config,
            collectors: clients,
            access,
            clock: self.clock,
            meter: telemetry.meters().meter(),
        });
        let meters = telemetry.meters().clone();
        let gateway = gateway.map_err(defect)?;
        let served = passport_gateway::router(gateway, move || meters.render(), beside);
        let (router, health) = served.await.map_err(defect)?;
        Ok((observed(router, &telemetry.metrics()), health))
    }

    fn access(&self) -> Result<Access, Fault> {
        match &self.config.settings.gateway {
            gateway if gateway.tokens.is_empty() => Ok(Access::open_on_loopback()),
            gateway => Access::configured(gateway).map_err(defect),
        }
    }
}

/// A source whose names are well formed, as those of a loaded file are.
fn with_id(at: SourceAt<'_>) -> Option<(SourceId, SourceAt<'_>)> {
    let scope = Scope {
        workspace: at.workspace.parse().ok()?,
        service: at.service.parse().ok()?,
        environment: at.environment.parse().ok()?,
    };
    let name = at.name.parse().ok()?;
    Some((SourceId { scope, name }, at))
}

/// Problems of sources, by their place in the file.
fn placed(
    problems: Vec<(SourceId, Problem)>,
    sources: &[(SourceId, SourceAt<'_>)],
) -> Vec<Problem> {
    let path = |id: &SourceId| {
        let found = sources.iter().find(|(known, _)| known == id);
        found.map(|(_, at)| at.path()).unwrap_or_default()
    };
    let placed = problems.into_iter();
    placed
        .map(|(id, problem)| problem.under(&path(&id)))
        .collect()
}

fn planned(collector: &Collector) -> Vec<PlannedConnector> {
    let planned = |it: &'static Descriptor| {
        Some(PlannedConnector {
            id: it.id.to_owned(),
            category: it.category,
            collector: collector.name.to_owned(),
            default_max_age: it.default_max_age()?,
        })
    };
    collector
        .registry
        .descriptors()
        .filter_map(planned)
        .collect()
}

/// What was checked before, and is refused all the same.
fn defect(error: impl std::fmt::Display) -> Fault {
    Fault::unanswered(
        format!("could not put the mesh together: {error}"),
        "report this as a defect",
    )
}
