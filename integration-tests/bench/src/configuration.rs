//! Configurations that the programs run with.

use std::path::Path;

use passport_proto::evidence::Scope;
use serde_json::{Map, Value, json};

/// Connector that is asked, and the fact that it gives.
pub const CONNECTOR: &str = "prometheus";
pub const FACT: &str = "error_rate";
/// Source that takes reports.
pub const SCAN: &str = "scan";

const SERVICE: &str = "checkout-api";
const ENVIRONMENT: &str = "production";

/// Where a program keeps deliveries.
#[derive(Debug, Clone, Copy)]
pub enum StoreAt<'a> {
    /// Files of SQLite in a folder.
    Folder(&'a Path),
    /// The PostgreSQL whose URL is in this variable of the environment.
    PostgresOf(&'a str),
}

/// The scope of a workspace.
pub fn scope(workspace: usize) -> Scope {
    Scope {
        workspace_id: workspace_name(workspace),
        service: SERVICE.to_owned(),
        environment: ENVIRONMENT.to_owned(),
    }
}

/// The name of the source at an origin, in their order.
pub fn source_name(origin: usize) -> String {
    format!("prom-{origin:02}")
}

/// Workspaces that each have a source at every origin. An answer is kept for a tenth of `max_age`,
/// from one second to fifteen.
pub fn prometheus(workspaces: usize, origins: &[String], max_age: &str) -> Value {
    let source = |(number, origin): (usize, &String)| {
        let source = json!({
            "connector": CONNECTOR,
            "endpoint": origin,
            "scope": { "labels": { "app": SERVICE } },
            "max_age": max_age,
            "queries": { FACT: {
                "promql": "sum(rate(http_errors_total{${scope}}[5m]))",
                "unit": "ratio",
                "threshold": "< 1%",
            } },
        });
        (source_name(number), source)
    };
    let sources: Map<_, _> = origins.iter().enumerate().map(source).collect();
    of_sources(workspaces, &sources.into())
}

/// Workspaces that each have six queries of a Prometheus and two of a Loki at one origin.
pub fn eight(workspaces: usize, origin: &str) -> Value {
    let labels = json!({ "labels": { "environment": ENVIRONMENT, "service": SERVICE } });
    let query = |promql: &str, unit: &str, threshold: &str| json!({ "promql": promql, "unit": unit, "threshold": threshold });
    let quantile = |share: &str| {
        format!(
            "histogram_quantile({share}, sum by (le) (rate(http_duration_seconds_bucket{{${{scope}}}}[5m])))"
        )
    };
    let of_requests = |part: &str| {
        format!(
            "sum(rate({part}{{${{scope}}}}[5m])) / sum(rate(http_requests_total{{${{scope}}}}[5m]))"
        )
    };
    let lines = |text: &str, threshold: &str| {
        let logql = format!("sum(count_over_time({{${{scope}}}} |= \"{text}\" [5m]))");
        json!({ "logql": logql, "threshold": threshold })
    };
    let sources = json!({
        "prom": { "connector": CONNECTOR, "endpoint": origin, "scope": labels, "queries": {
            "error_rate": query(&of_requests("http_errors_total"), "ratio", "< 1%"),
            "availability": query(&of_requests("http_good_total"), "ratio", ">= 99.9%"),
            "p95_latency": query(&quantile("0.95"), "seconds", "< 500ms"),
            "p99_latency": query(&quantile("0.99"), "seconds", "< 1s"),
            "saturation": query("max(process_cpu_share{${scope}})", "ratio", "< 80%"),
            "http_5xx_count": query("sum(increase(http_errors_total{${scope}}[5m]))", "count", "< 100"),
        } },
        "logs": { "connector": "loki", "endpoint": origin, "scope": labels, "queries": {
            "error_log_count": lines("level=error", "< 100"),
            "startup_failure_count": lines("startup failed", "< 1"),
        } },
    });
    of_sources(workspaces, &sources)
}

/// Workspaces that each have a source that takes reports.
pub fn trivy(workspaces: usize, store: StoreAt<'_>) -> Value {
    let sources = json!({ SCAN: {
        "connector": "trivy",
        "scope": { "artifact": "images.example.com/acme/checkout-api" },
        "declared": {
            "severities": ["unknown", "low", "medium", "high", "critical"],
            "ignore_unfixed": false,
            "ignore_file": false,
            "scanners": ["vuln"],
        },
        "max_age": "24h",
    } });
    with(of_sources(workspaces, &sources), "store", store.named())
}

/// A workspace with a source at every origin, each required, whose decisions are recorded and signed.
pub fn gated(origins: &[String], max_age: &str, store: StoreAt<'_>, key: &Path) -> Value {
    let mut configuration = with(prometheus(1, origins, max_age), "store", store.named());
    let required = (0..origins.len()).map(|it| json!({ "source": source_name(it) }));
    let required: Vec<_> = required.collect();
    if let Some(workspace) = configuration.pointer_mut("/workspaces/workspace-0") {
        let workspace = std::mem::take(workspace);
        let workspace = with(workspace, "mode", json!("enforce"));
        let workspace = with(workspace, "policy", json!({ "require": required }));
        configuration = with(
            configuration,
            "workspaces",
            json!({ "workspace-0": workspace }),
        );
    }
    if let Some(gateway) = configuration.pointer_mut("/gateway") {
        *gateway = with(
            std::mem::take(gateway),
            "signing_key",
            json!({ "file": key }),
        );
    }
    configuration
}

/// Says where a collector is.
pub fn with_collector(configuration: &Value, name: &str, url: &str) -> Value {
    let collectors = json!({ name: { "address": url } });
    with(configuration.clone(), "collectors", collectors)
}

pub fn of_sources(workspaces: usize, sources: &Value) -> Value {
    let workspace = json!({ "services": { SERVICE: { "environments": {
        ENVIRONMENT: { "sources": sources },
    } } } });
    let named = (0..workspaces).map(|number| (workspace_name(number), workspace.clone()));
    let workspaces: Map<_, _> = named.collect();
    json!({
        "addresses": { "allow": ["127.0.0.0/8"] },
        "gateway": { "limits": { "per_caller": any_rate() } },
        "workspaces": workspaces,
    })
}

/// All callers here have one address.
fn any_rate() -> Value {
    json!({ "per_second": 100_000, "burst": 100_000 })
}

/// The same for a gateway that answers no more than so many calls at once.
pub fn limited(configuration: Value, in_flight: usize) -> Value {
    let limits = json!({ "in_flight": in_flight, "per_caller": any_rate() });
    with(configuration, "gateway", json!({ "limits": limits }))
}

// === impl StoreAt ===

impl StoreAt<'_> {
    fn named(self) -> Value {
        match self {
            Self::Folder(folder) => json!({ "folder": folder }),
            Self::PostgresOf(variable) => json!({ "postgres": { "env": variable } }),
        }
    }
}

pub fn with(mut configuration: Value, key: &str, value: Value) -> Value {
    if let Some(fields) = configuration.as_object_mut() {
        fields.insert(key.to_owned(), value);
    }
    configuration
}

fn workspace_name(number: usize) -> String {
    format!("workspace-{number}")
}
