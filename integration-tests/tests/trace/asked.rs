//! Who was asked what.

use std::process::{Output, Stdio};

use anyhow::{Context as _, Result};
use passport_integration_tests::program;
use passport_integration_tests::wait::PATIENCE;
use tokio::process::Command;
use tokio::time::timeout;

/// What the provider saw.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// How often it was asked.
    pub requests: usize,
    /// Whether a request spoke of a trace.
    pub traced: bool,
    /// The credentials that it was shown.
    pub credentials: Vec<String>,
}

// === impl Asked ===

impl Asked {
    /// Whether every request showed this secret.
    pub fn shows(&self, secret: &str) -> bool {
        let shown = self.credentials.iter().filter(|it| it.contains(secret));
        shown.count() == self.requests
    }
}

/// Runs `passport collect`, whose trace this server takes.
pub async fn collect(gateway: &str, endpoint: Option<&str>) -> Result<Output> {
    let mut command = Command::new(program::built("passport")?);
    command
        .args(["collect", "--gateway", gateway])
        .args(["--workspace", "workspace-acme-prod"])
        .args(["--service", "checkout-api"])
        .args(["--environment", "production"])
        .envs(endpoint.map(|it| ("OTEL_EXPORTER_OTLP_ENDPOINT", it)))
        .stdin(Stdio::null());
    timeout(PATIENCE, command.output())
        .await
        .context("passport does not end")?
        .context("passport could not be run")
}
