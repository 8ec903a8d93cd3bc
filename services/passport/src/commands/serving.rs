//! What `up` and `demo` have in common: telemetry, the port, and an orderly end.

use std::error::Error as _;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use futures::FutureExt as _;
use passport_service_kit::config::Report;
use passport_service_kit::config::model;
use passport_service_kit::server::{Health, ServeError, ServerOptions, serve, signal};
use passport_service_kit::telemetry::{MetricPush, Telemetry, TelemetryError, TelemetryOptions};
use tokio::net::TcpListener;

use super::Session;
use crate::exit::{Exit, Fault};
use crate::terminal::remark;

/// Name of this process in traces and metrics.
pub const SERVICE: &str = "passport";

/// How long calls that were begun may take after the process was told to end.
const DRAIN: Duration = Duration::from_secs(20);

/// What the process says of itself.
pub struct Says<'a> {
    pub settings: &'a model::Telemetry,
    pub log: &'a str,
    pub environment: Option<&'a str>,
    pub pushes: Vec<MetricPush>,
}

/// A port that was taken.
pub struct Port {
    pub listener: TcpListener,
    pub url: String,
}

// === impl Says ===

impl Says<'_> {
    /// Sets the telemetry of the process.
    pub fn init(self) -> Result<Telemetry, Fault> {
        let options = TelemetryOptions {
            service_name: SERVICE,
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
    pub async fn take(listen: SocketAddr) -> Result<Self, Fault> {
        let options = ServerOptions {
            listen,
            drain: DRAIN,
        };
        let listener = options
            .bind()
            .await
            .map_err(|error| not_listening(&error))?;
        let address = listener.local_addr().unwrap_or(listen);
        Ok(Self {
            listener,
            url: format!("http://{address}"),
        })
    }

    /// Serves until `end`, and then until the calls that were begun have ended.
    pub async fn serve(
        self,
        (router, health): (Router, Health),
        end: impl Future,
    ) -> Result<Exit, Fault> {
        match serve(router, self.listener, health.until(end), DRAIN).await {
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
pub fn refuse(report: &Report, session: &Session) -> Exit {
    let problems = match report.findings().len() {
        1 => "1 problem".to_owned(),
        many => format!("{many} problems"),
    };
    let picture = report.picture(session.terminal.colour_of_remarks);
    remark(&format!("{picture}\n\n{problems}; nothing was started"));
    Exit::Wrong
}
