//! Telemetry, the port, and an orderly end.

use std::error::Error as _;
use std::fmt::Display;
use std::io::{IsTerminal as _, Write as _, stderr, stdout};
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use futures::FutureExt as _;
use tokio::net::TcpListener;

use super::{Exit, Fault};
use crate::config::{Report, model};
use crate::limits::Limits;
use crate::server::{Incoming, ServeError, ServerOptions, serve, signal};
use crate::telemetry::{MetricPush, Telemetry, TelemetryError, TelemetryOptions};
use crate::tls::Acceptor;

/// How long calls that were begun may take after the process was told to end.
const DRAIN: Duration = Duration::from_secs(20);

/// What the process says of itself.
pub struct Says<'a> {
    /// Its name in traces and metrics.
    pub service: &'static str,
    /// Where it says it.
    pub settings: &'a model::Telemetry,
    /// Which log lines are written.
    pub log: &'a str,
    /// Environment that it runs in, where that is known.
    pub environment: Option<&'a str>,
    /// Where its metrics are sent, beside the settings.
    pub pushes: Vec<MetricPush>,
}

/// A port that was taken.
pub struct Port {
    /// Takes connections.
    pub listener: TcpListener,
    /// What they come through; plainly without it.
    pub tls: Option<Acceptor>,
    /// How it is reached from this machine.
    pub url: String,
}

// === impl Says ===

impl Says<'_> {
    /// Sets the telemetry of the process.
    ///
    /// # Errors
    /// The filter or the endpoint can't be used.
    pub fn init(self) -> Result<Telemetry, Fault> {
        let options = TelemetryOptions {
            service_name: self.service,
            environment: self.environment.map(str::to_owned),
            log_format: self.settings.log_format,
            filter: self.log.to_owned(),
            otlp_endpoint: self.settings.otlp_endpoint.clone(),
            metric_pushes: self.pushes,
        };
        Telemetry::init(options).map_err(|error| match error {
            TelemetryError::Filter(why) => Fault::wrong(
                format!("--log can't be read: {why}"),
                "give it a level such as info, or info,passport_gateway=debug",
            ),
            TelemetryError::Bearer
            | TelemetryError::Connection(_)
            | TelemetryError::Otlp(_)
            | TelemetryError::Registry(_)
            | TelemetryError::Twice(_) => Fault::wrong(
                format!("could not set up telemetry: {error}"),
                "see whether telemetry.otlp_endpoint names a server of OTLP over gRPC",
            ),
        })
    }
}

// === impl Port ===

impl Port {
    /// Takes the port; connections wait until it is served.
    ///
    /// # Errors
    /// It is taken, or may not be.
    pub async fn take(listen: SocketAddr, tls: Option<Acceptor>) -> Result<Self, Fault> {
        let options = ServerOptions {
            listen,
            drain: DRAIN,
        };
        let listener = options
            .bind()
            .await
            .map_err(|error| not_listening(&error))?;
        let address = listener.local_addr().unwrap_or(listen);
        let scheme = if tls.is_some() { "https" } else { "http" };
        Ok(Self {
            listener,
            tls,
            url: format!("{scheme}://{address}"),
        })
    }

    /// Says on standard output where the service is reached, after `what` it does there.
    ///
    /// # Errors
    /// Standard output can't be written to.
    pub fn tell(&self, what: impl Display) -> Result<(), Fault> {
        let told = writeln!(stdout(), "{what} {}", self.url);
        told.map_err(|error| {
            Fault::unanswered(
                format!("could not say where it listens: {}", error.kind()),
                "see whether standard output can be written to",
            )
        })
    }

    /// Serves until `end`, and then until the calls that were begun have ended.
    ///
    /// # Errors
    /// Calls were cut off.
    pub async fn serve(
        self,
        router: Router,
        limits: Limits,
        end: impl Future,
    ) -> Result<Exit, Fault> {
        let incoming = match self.tls {
            Some(tls) => Incoming::secured(self.listener, tls),
            None => self.listener.into(),
        };
        let incoming = incoming.within(limits);
        match serve(router, incoming, end, DRAIN).await {
            Ok(()) => Ok(Exit::Answered),
            Err(error) => Err(not_listening(&error)),
        }
    }
}

fn not_listening(error: &ServeError) -> Fault {
    let why = error.source().map(|why| format!(": {why}"));
    let next = match error {
        ServeError::Bind { .. } => "name a free port with --listen; port 0 takes any",
        ServeError::CutOff { .. } => "look into the log for calls that take long",
        ServeError::Reflection(_) => "report this as a defect",
    };
    Fault::unanswered(format!("{error}{}", why.unwrap_or_default()), next)
}

/// The signal that ends the process, awaited from now on: before it is, one would end the process
/// at once.
pub fn awaited_signal() -> impl Future<Output = ()> {
    let end = signal().shared();
    let _ = end.clone().now_or_never();
    end
}

/// Tells all that is wrong with a configuration; nothing was started.
pub fn refuse(report: &Report) -> Exit {
    let problems = match report.findings().len() {
        1 => "1 problem".to_owned(),
        many => format!("{many} problems"),
    };
    let picture = report.picture(coloured());
    // Where nobody can read it, the exit code still tells.
    let _ = writeln!(stderr(), "{picture}\n\n{problems}; nothing was started");
    Exit::Wrong
}

/// Whether standard error may be coloured; obeys `NO_COLOR` and `TERM=dumb`.
fn coloured() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    stderr().is_terminal() && !dumb && !set("NO_COLOR")
}
