//! A collector as a program of its own.

use std::{net::SocketAddr, process::ExitCode, sync::Arc, time::Duration};

use axum::middleware::{from_fn, from_fn_with_state};
use clap::{Arg, CommandFactory as _, FromArgMatches as _, Parser, value_parser};
use passport_evidence::Problem;
use passport_service_kit::{
    access::Clients,
    clock::SystemClock,
    collector::LimitedCollector,
    config::{Context, Loaded, Report, SourceChecks, model::CollectorAt},
    limits::{self, Allowed},
    listen::{self, Exposed},
    own_secret,
    process::{self, Around, Built, Fault, ProcessArgs, Senders, Served, Service, Shows, defect},
    server::Beside,
};
use serde_json::Value;

use crate::{
    Category, Collector, Lineage, Process, Protocol,
    admission::{Admission, Admitting},
    checks, hub,
    operate::{self, Operated},
    own_host, refused, secrets, senders,
    token::{self, Wanted},
};

/// Longest time that a call may take.
const LONGEST: Duration = Duration::from_secs(60);

/// Asks providers of one category, and answers with evidence over gRPC. Listens beyond this machine
/// only if its entry under `collectors` knows callers by their certificates.
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
    lineage: Lineage,
    /// Where those push who have a port of their own.
    senders: Option<Senders>,
}

/// The whole program of a collector, which is called `name`.
pub async fn main(name: &'static str, category: Category) -> ExitCode {
    process::tell_place_only();
    let protocol = category.protocol();
    let flag = protocol.map(flag);
    let given = Cli::command().name(name).args(flag).get_matches();
    let cli = match Cli::from_arg_matches(&given) {
        Ok(cli) => cli,
        Err(error) => error.exit(),
    };
    let senders = protocol.and_then(|protocol| {
        let listen = given.get_one::<SocketAddr>(protocol.flag)?;
        Some(Senders {
            listen: *listen,
            protocol: protocol.name,
        })
    });
    let alone = Alone {
        name,
        category,
        lineage: Lineage::default(),
        senders,
    };
    process::run(alone, &cli.process).await
}

/// How a program is told of a port for those who push.
fn flag(protocol: Protocol) -> Arg {
    Arg::new(protocol.flag)
        .long(protocol.flag)
        .env(protocol.variable)
        .value_name("ADDRESS")
        .value_parser(value_parser!(SocketAddr))
        .help(protocol.help)
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
            checks: checks(self.category.registry.clone(), Process::Alone),
        }
    }

    fn may_listen(&self, loaded: &Loaded, address: SocketAddr) -> Result<(), Exposed> {
        let entry = entry(loaded, self.category.name);
        listen::collector(address, entry)?;
        self.senders
            .map_or(Ok(()), |senders| listen::senders(senders.listen, entry))
    }

    fn senders(&self) -> Option<Senders> {
        self.senders
    }

    fn shows(&self, loaded: &Loaded) -> Option<Shows> {
        let name = self.category.name;
        Shows::of_collector(name, entry(loaded, name)?)
    }

    fn build(&self, loaded: Loaded) -> Result<impl Built, Report> {
        let settings = &loaded.settings;
        let secrets = Arc::new(secrets(settings));
        let hub = hub(settings, Process::Alone, secrets, &self.lineage);
        Ok(Configured {
            collector: Collector::build(self.category.clone(), &loaded, &hub)?,
            loaded,
            lineage: self.lineage.clone(),
            have_own_port: self.senders.is_some(),
        })
    }
}

/// The collector's own entry among the others.
fn entry<'a>(loaded: &'a Loaded, name: &str) -> Option<&'a CollectorAt> {
    loaded.settings.collectors.get(name)
}

/// A collector with its sources.
struct Configured {
    collector: Collector,
    loaded: Loaded,
    lineage: Lineage,
    /// Whether those who push have a port of their own.
    have_own_port: bool,
}

impl Configured {
    /// Whose calls are answered.
    fn admission(&self) -> Result<Admission, Fault> {
        let entry = entry(&self.loaded, self.collector.name());
        let clients = entry.map_or(&[][..], |entry| &entry.clients);
        Clients::of(clients).map(Admission::of).map_err(defect)
    }

    /// The token that callers have to show.
    fn token(&self) -> Result<Wanted, Fault> {
        let name = self.collector.name();
        let token = entry(&self.loaded, name).and_then(|at| at.token.as_ref());
        let token = token.map(own_secret::read).transpose().map_err(|error| {
            let next = "put the token there that the gateway shows";
            Fault::wrong(format!("collectors.{name}.token: {error}"), next)
        })?;
        Ok(Wanted::new(token.as_ref()))
    }
}

impl Built for Configured {
    async fn serve(self, around: &Around) -> Result<Served, Fault> {
        let (wanted, admission) = (self.token()?, self.admission()?);
        let admits_everybody = admission.admits_everybody();
        let verifies = !admits_everybody || wanted.is_some();
        let limits = entry(&self.loaded, self.collector.name()).map(|entry| &entry.limits);
        let allowed = Allowed::of_collector(limits.unwrap_or(&Default::default()));
        let clock = Arc::new(SystemClock);
        let collector = self.collector;
        let started = collector.start(&self.loaded, clock, Beside::default(), &self.lineage);
        let (server, pushed) = started.await?;
        let (mut beside, senders) = match self.have_own_port {
            true => (Beside::default(), Some(senders::served(pushed).await)),
            false => (pushed, None),
        };
        let limited = LimitedCollector::new(Admitting::new(server.clone(), admission));
        beside.grpc = beside.grpc.with(limited, LONGEST);
        let (grpc, health) = beside.grpc.into_router().await.map_err(defect)?;
        let meters = around.meters.clone();
        let operated = Operated {
            health: health.clone(),
            server,
            configuration: around.configuration.clone(),
        };
        let operate = operate::routes(operated, move || meters.render());
        let grpc = grpc.layer(from_fn_with_state(wanted, token::required));
        let whole = grpc.merge(beside.http).merge(operate);
        let whole = match admits_everybody {
            true => whole.layer(from_fn(own_host::required)),
            false => whole,
        };
        around.limits.set(allowed);
        // Senders show a token of their own, so that strangers can be told from them.
        let limited =
            |router, verifies| limits::limited(router, &around.limits, verifies, refused::too_much);
        Ok(Served {
            router: limited(whole, verifies),
            health,
            senders: senders.map(|(router, health)| (limited(router, true), health)),
        })
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
