//! Configurations that the tests run with.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A configuration file in a folder of its own, gone when dropped.
#[derive(Debug)]
pub struct File(TempDir);

impl File {
    /// Writes a configuration.
    ///
    /// # Errors
    /// It can't be written.
    pub fn of(configuration: &Value) -> Result<Self> {
        let file = Self(TempDir::new()?);
        let text = serde_json::to_vec_pretty(configuration)?;
        fs::write(file.folder().join(file.name()), text)?;
        Ok(file)
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.0.path()
    }

    /// The file's name in the folder.
    #[must_use]
    pub fn name(&self) -> &'static str {
        "passport.yaml"
    }
}

/// The scope that the tests ask about.
#[must_use]
pub fn scope() -> Value {
    json!({
        "workspaceId": "workspace-acme-prod",
        "service": "checkout-api",
        "environment": "production",
    })
}

/// The same scope, as the command is told of it.
pub const SCOPE_ARGUMENTS: [&str; 6] = [
    "--workspace",
    "workspace-acme-prod",
    "--service",
    "checkout-api",
    "--environment",
    "production",
];

/// A configuration of one scope with these sources.
#[must_use]
pub fn of_sources(sources: Value) -> Value {
    json!({ "workspaces": { "workspace-acme-prod": { "services": { "checkout-api": {
        "environments": { "production": { "sources": sources } },
    } } } } })
}

/// An object of the configuration with another value of a key, such as `store`.
#[must_use]
pub fn with(mut configuration: Value, key: &str, value: Value) -> Value {
    if let Some(file) = configuration.as_object_mut() {
        file.insert(key.to_owned(), value);
    }
    configuration
}

/// A source that asks a Prometheus for the error rate and the 95th percentile of `checkout-api`.
#[must_use]
pub fn prometheus(endpoint: &str, max_age: &str) -> Value {
    json!({
        "connector": "prometheus",
        "endpoint": endpoint,
        "scope": { "labels": { "service": "checkout-api", "environment": "production" } },
        "max_age": max_age,
        "queries": {
            "error_rate": {
                "promql": "sum(rate(http_requests_total{${scope},code=~\"5..\"}[1m])) \
                           / sum(rate(http_requests_total{${scope}}[1m]))",
                "unit": "ratio",
                "threshold": "< 1%",
                "probe": "http_requests_total{${scope}}",
            },
            "p95_latency": {
                "promql": "histogram_quantile(0.95, sum by (le) \
                           (rate(http_request_duration_seconds_bucket{${scope}}[1m])))",
                "unit": "seconds",
                "threshold": "< 500ms",
            },
        },
    })
}
