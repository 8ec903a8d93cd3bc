//! One service as a program of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use axum::Router;
use clap::Args;

use super::{Exit, Fault, Port, Says, awaited_signal, refuse, tell};
use crate::config::{Loaded, Report, SourceChecks, load};
use crate::listen;
use crate::server::{Health, observed};
use crate::telemetry::Telemetry;

/// What a service is started with.
#[derive(Debug, Clone, Args)]
pub struct ProcessArgs {
    /// Configuration file; if anything is wrong with it, all of that is told and nothing starts
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    /// Address to listen on; beyond loopback only where callers have to show a credential
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// Log lines to write to standard error, such as info or warn,passport_gateway=debug
    #[arg(
        long,
        value_name = "FILTER",
        env = "PASSPORT_LOG",
        default_value = "info,opentelemetry=warn"
    )]
    pub log: String,
}

/// A service that can be run.
pub trait Service {
    /// Its name in messages, traces and metrics.
    fn name(&self) -> &'static str;

    /// What it has to say about the sources of a configuration.
    fn checks(&self) -> impl SourceChecks;

    /// What else is wrong with a configuration for this very service.
    fn refuses(&self, _: &Loaded) -> Option<Report> {
        None
    }

    /// Whether everybody who calls has to show a credential.
    fn asks_for_credentials(&self, loaded: &Loaded) -> bool;

    /// Everything that it serves on its port.
    fn serve(
        self,
        loaded: Loaded,
        telemetry: &Telemetry,
    ) -> impl Future<Output = Result<(Router, Health), Fault>>;
}

/// Runs a service until it is told to end. The port is opened last: only where nothing stands
/// against it.
pub async fn run(service: impl Service, args: &ProcessArgs) -> ExitCode {
    match start(service, args).await {
        Ok(exit) => exit.into(),
        Err(fault) => tell(&fault),
    }
}

async fn start(service: impl Service, args: &ProcessArgs) -> Result<Exit, Fault> {
    let loaded = match load(&args.config, &service.checks()) {
        Ok(loaded) => loaded,
        Err(report) => return Ok(refuse(&report)),
    };
    if let Some(report) = service.refuses(&loaded) {
        return Ok(refuse(&report));
    }
    may_listen(args.listen, service.asks_for_credentials(&loaded))?;
    let name = service.name();
    let telemetry = Says {
        service: name,
        settings: &loaded.settings.telemetry.clone(),
        log: &args.log,
        environment: None,
        pushes: Vec::new(),
    }
    .init()?;
    let (router, health) = service.serve(loaded, &telemetry).await?;
    let router = observed(router, &telemetry.metrics());
    let end = awaited_signal();
    let port = Port::take(args.listen).await?;
    port.tell(name)?;
    let ended = port.serve((router, health), end).await;
    telemetry.shutdown().await;
    ended
}

/// Refuses to serve other machines when nobody would have to show a credential.
fn may_listen(address: SocketAddr, asks_for_credentials: bool) -> Result<(), Fault> {
    listen::check(address, asks_for_credentials).map_err(|exposed| {
        let next = "make a token with `passport token new`, or leave --listen out";
        Fault::wrong(exposed.to_string(), next)
    })
}
