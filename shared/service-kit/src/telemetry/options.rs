//! What is said where.

use std::time::Duration;

use opentelemetry_otlp::ExporterBuildError;
use secrecy::SecretString;

use crate::config::model::LogFormat;

/// What is said where.
#[derive(Debug, Clone)]
pub struct TelemetryOptions {
    /// Name of the service in traces and metrics, for example `passport-gateway`.
    pub service_name: &'static str,
    /// The environment that the process runs in, as `deployment.environment.name`. `None`: not told.
    pub environment: Option<String>,
    /// How log lines are written, to the standard error stream.
    pub log_format: LogFormat,
    /// Which log lines are written, as `tracing` filters are, for example `info` or
    /// `info,passport_gateway=debug`.
    pub filter: String,
    /// Scheme, host and port of the server that takes traces and metrics by OTLP over gRPC.
    /// `None`: none are sent.
    pub otlp_endpoint: Option<String>,
    /// Further servers that take the metrics.
    pub metric_pushes: Vec<MetricPush>,
}

/// A server that takes metrics by OTLP over gRPC.
#[derive(Debug, Clone)]
pub struct MetricPush {
    /// Scheme, host and port.
    pub endpoint: String,
    /// Presented as `authorization: Bearer …`. `None`: nothing is.
    pub bearer: Option<SecretString>,
    /// Time between two pushes.
    pub interval: Duration,
}

/// Why telemetry could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum TelemetryError {
    /// Not a filter.
    #[error("the log filter can't be read")]
    Filter(#[from] tracing_subscriber::filter::ParseError),
    /// A bearer token that no header can hold.
    #[error("the bearer token for metrics has characters that no header may have")]
    Bearer,
    /// An OTLP exporter could not be made.
    #[error("could not set up OTLP")]
    Otlp(#[from] ExporterBuildError),
    /// Where telemetry is to be sent is no scheme, host and port, or the authorities of this machine can't
    /// be used.
    #[error("could not set up the connection for OTLP")]
    Connection(#[from] tonic::transport::Error),
    /// The Prometheus registry refused.
    #[error("could not set up the metrics that are scraped")]
    Registry(#[from] opentelemetry_sdk::error::OTelSdkError),
    /// Set up twice.
    #[error("the process has a log subscriber already")]
    Twice(#[from] tracing_subscriber::util::TryInitError),
}

// === impl TelemetryOptions ===

impl TelemetryOptions {
    /// Log lines for people at `info`, and nothing sent anywhere.
    pub fn named(service_name: &'static str) -> Self {
        Self {
            service_name,
            environment: None,
            log_format: LogFormat::default(),
            filter: "info,opentelemetry=warn".to_owned(),
            otlp_endpoint: None,
            metric_pushes: Vec::new(),
        }
    }
}
