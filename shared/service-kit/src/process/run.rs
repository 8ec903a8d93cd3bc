//! One service as a program of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Args;
use futures::{FutureExt as _, future::LocalBoxFuture};
use opentelemetry::metrics::Meter;

use super::{
    Exit, Fault, InUse, Port, Says, awaited_signal, current::Current, refuse, reload::Reload,
    served::Served, tell,
};
use passport_evidence::Clock as _;

use crate::clock::SystemClock;
use crate::config::{Loaded, Report, SourceChecks, load, model};
use crate::listen::Exposed;
use crate::telemetry::Meters;
use crate::tls::{Acceptor, AskClients, watch::Watch};

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

    /// Whether it may serve all whom an address reaches.
    ///
    /// # Errors
    /// It does not know them well enough.
    fn may_listen(&self, loaded: &Loaded, address: SocketAddr) -> Result<(), Exposed>;

    /// What its port shows; `None`: it speaks plainly.
    fn shows(&self, loaded: &Loaded) -> Option<Shows>;

    /// A port of their own for those who push; `None`: they push to the one port, or nobody does.
    fn senders(&self) -> Option<Senders> {
        None
    }

    /// What the service is with a configuration. Nothing is opened, nobody asked.
    ///
    /// # Errors
    /// What is wrong with the configuration for this very service.
    fn build(&self, loaded: Loaded) -> Result<impl Built, Report>;
}

/// A port for those who push: tokens of their own tell who they are, and nobody is asked for a
/// certificate there.
#[derive(Debug, Clone, Copy)]
pub struct Senders {
    /// Where it listens.
    pub listen: SocketAddr,
    /// What is pushed, such as a protocol's name.
    pub protocol: &'static str,
}

/// What a service finds around it, whatever its configuration.
#[derive(Clone)]
pub struct Around {
    /// What the process counts.
    pub meters: Meters,
    /// Which configuration is in use.
    pub configuration: InUse,
}

/// Files of TLS, and whom they are shown to.
pub struct Shows {
    /// Where the configuration names them, such as `gateway.tls`.
    pub at: String,
    /// The files.
    pub tls: model::Tls,
    /// What callers have to do.
    pub ask: AskClients,
}

// === impl Shows ===

impl Shows {
    /// What a gateway shows.
    pub fn of_gateway(gateway: &model::Gateway) -> Option<Self> {
        let tls = gateway.tls.clone()?;
        Some(Self {
            at: "gateway.tls".to_owned(),
            tls,
            ask: AskClients::May,
        })
    }

    /// What the collector of this name shows.
    pub fn of_collector(name: &str, collector: &model::CollectorAt) -> Option<Self> {
        let tls = collector.tls.clone()?;
        Some(Self {
            at: format!("collectors.{name}.tls"),
            tls,
            ask: AskClients::Must,
        })
    }

    /// Reads the files, and reads them anew from now on whenever they change.
    fn open(self, meter: &Meter) -> Result<Acceptor, Fault> {
        let Self { at, tls, ask } = self;
        let watch = Watch::of(tls.files());
        let opened = Acceptor::open(&at, &tls, ask, Arc::new(SystemClock), meter);
        let acceptor =
            opened.map_err(|error| Fault::wrong(error.to_string(), error.problem.fix()))?;
        tokio::spawn(acceptor.clone().follow(watch));
        Ok(acceptor)
    }
}

/// A service with its configuration.
pub trait Built {
    /// Everything that it serves.
    fn serve(self, around: &Around) -> impl Future<Output = Result<Served, Fault>>;
}

/// Runs a service until it is told to end. The port is opened last: only where nothing stands
/// against it.
pub async fn run(service: impl Service, args: &ProcessArgs) -> ExitCode {
    match start(service, args).await {
        Ok(exit) => exit.into(),
        Err(fault) => tell(&fault),
    }
}

/// The same, for a program that has more to say in the end.
///
/// # Errors
/// What the service could not do. What is wrong with the configuration was told already.
pub async fn start(service: impl Service, args: &ProcessArgs) -> Result<Exit, Fault> {
    let loaded = match load(&args.config, &service.checks()) {
        Ok(loaded) => loaded,
        Err(report) => return Ok(refuse(&report)),
    };
    let (name, settings) = (service.name(), loaded.settings.telemetry.clone());
    let shows = service.shows(&loaded);
    let may_listen = service.may_listen(&loaded, args.listen);
    // Begun before the file is used, so that no change falls between.
    let watch = Watch::of([args.config.clone()]);
    let first = Arc::new(loaded.clone());
    let built = match service.build(loaded) {
        Ok(built) => built,
        Err(report) => return Ok(refuse(&report)),
    };
    may_listen.map_err(|exposed| Fault::wrong(exposed.to_string(), exposed.fix()))?;
    let telemetry = Says {
        service: name,
        settings: &settings,
        log: &args.log,
        environment: None,
        pushes: Vec::new(),
    }
    .init()?;
    let tls = shows.map(|it| it.open(&telemetry.meters().meter()));
    let tls = tls.transpose()?;
    let meter = telemetry.meters().meter();
    let around = Around {
        meters: telemetry.meters().clone(),
        configuration: InUse::new(&first.digest, SystemClock.now(), &meter),
    };
    // In boxes, here and below: one future of all would be too deep for the compiler.
    let serve: LocalBoxFuture<'_, _> = Box::pin(built.serve(&around));
    let served = serve.await?;
    let current = Current::new(served.observed(&telemetry.metrics()));
    let end = awaited_signal().shared();
    let senders = match service.senders() {
        Some(Senders { listen, protocol }) => {
            let port = Port::take(listen, tls.as_ref().map(Acceptor::for_anybody)).await?;
            Some((port, protocol))
        }
        None => None,
    };
    let port = Port::take(args.listen, tls).await?;
    if let Some((port, protocol)) = &senders {
        port.tell(format_args!("{name} takes {protocol} on"))?;
    }
    port.tell(format_args!("{name} listens on"))?;
    let reload = Reload {
        service: &service,
        file: &args.config,
        listen: args.listen,
        around,
        metrics: telemetry.metrics(),
        current: current.clone(),
        loaded: first,
    };
    let until = current.clone().until(end.clone());
    let own: LocalBoxFuture<'_, _> = Box::pin(port.serve(current.router(), until));
    let pushed: LocalBoxFuture<'_, _> = Box::pin(async {
        match senders {
            Some((port, _)) => {
                let of_senders = current.of_senders();
                port.serve(of_senders, current.clone().until(end)).await
            }
            None => Ok(Exit::Answered),
        }
    });
    let follow: LocalBoxFuture<'_, _> = Box::pin(reload.follow(watch));
    let ended = tokio::select! {
        (own, pushed) = futures::future::join(own, pushed) => own.and(pushed),
        never = follow => match never {},
    };
    telemetry.shutdown().await;
    ended
}
