//! A collector as a program of its own.

use std::{process::ExitCode, sync::Arc, time::Duration};

use axum::{Router, middleware::from_fn};
use clap::Parser;
use passport_evidence::Problem;
use passport_service_kit::{
    clock::SystemClock,
    collector::LimitedCollector,
    config::{Context, Loaded, Report, SourceChecks},
    process::{self, Built, Fault, ProcessArgs, Service, defect},
    server::{Beside, Health},
    telemetry::Telemetry,
};
use serde_json::Value;

use crate::{Category, Collector, checks, hub, operate, own_host, secrets};

/// Longest time that a call may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Asks providers of one category, and answers with evidence over gRPC. Listens on this machine
/// only.
#[derive(Debug, Parser)]
#[command(version)]
struct Cli {
    #[command(flatten)]
    process: ProcessArgs,
}

/// A category, and what its program is called.
struct Alone {
    name: &'static str,
    category: Category,
}

/// The whole program of a collector, which is called `name`.
pub async fn main(name: &'static str, category: Category) -> ExitCode {
    let cli = Cli::parse();
    process::run(Alone { name, category }, &cli.process).await
}

// === impl Alone ===

impl Service for Alone {
    fn name(&self) -> &'static str {
        self.name
    }

    fn checks(&self) -> impl SourceChecks {
        let mut descriptors = self.category.registry.descriptors();
        let own = descriptors.by_ref().map(|it| it.id).collect();
        OwnSources {
            own,
            checks: checks(self.category.registry.clone()),
        }
    }

    /// Callers show no credential to a collector, so that only this machine may call it.
    fn asks_for_credentials(&self, _: &Loaded) -> bool {
        false
    }

    fn build(self, loaded: Loaded) -> Result<impl Built, Report> {
        let settings = &loaded.settings;
        let secrets = Arc::new(secrets(settings.secrets.folder.as_deref()));
        let hub = hub(&settings.addresses.allow, secrets);
        Ok(Configured {
            collector: Collector::build(self.category, &loaded, &hub)?,
            loaded,
        })
    }
}

/// A collector with its sources.
struct Configured {
    collector: Collector,
    loaded: Loaded,
}

impl Built for Configured {
    async fn serve(self, telemetry: &Telemetry) -> Result<(Router, Health), Fault> {
        let clock = Arc::new(SystemClock);
        let started = self.collector.start(&self.loaded, clock, Beside::default());
        let (server, mut beside) = started.await?;
        beside.grpc = beside.grpc.with(LimitedCollector::new(server), LONGEST);
        let (grpc, health) = beside.grpc.into_router().await.map_err(defect)?;
        let meters = telemetry.meters().clone();
        let operate = operate::routes(health.clone(), move || meters.render());
        let whole = grpc.merge(beside.http).merge(operate);
        Ok((whole.layer(from_fn(own_host::required)), health))
    }
}

/// Looks at the sources of its own connectors; those of others are another collector's.
struct OwnSources<C> {
    own: Vec<&'static str>,
    checks: C,
}

impl<C: SourceChecks> SourceChecks for OwnSources<C> {
    fn check(&self, connector: &str, source: &Value, context: &Context<'_>) -> Vec<Problem> {
        match self.own.contains(&connector) {
            true => self.checks.check(connector, source, context),
            false => Vec::new(),
        }
    }
}
