//! What a mesh is made of.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::CALLER;
use crate::configuration::{of_sources, with};

/// The collectors by name.
pub const COLLECTORS: [&str; 8] = [
    "cicd",
    "runtime",
    "metrics",
    "logs",
    "incidents",
    "work-items",
    "quality",
    "manual",
];

/// The gateway's name.
pub const GATEWAY: &str = "gateway";

/// A token that the gateway admits to everything in the scope of the tests.
pub const TOKEN: &str = "token-of-the-pipeline";
const SHA256_OF_TOKEN: &str = "3c14559cfc948231eab3f2dd4e0a52c539fc0d932680d27ae8d2e7cb240dc3ee";

/// What a mesh is made of, beside ports and certificates.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Sources of the scope of the tests.
    pub sources: Value,
    /// What the configuration says under `store`; nothing: in the folder that the mesh runs in.
    pub store: Option<Value>,
    /// Variables that the processes find.
    pub environment: Vec<(String, String)>,
    /// Where the gateway reaches a collector, where that is not where it listens.
    pub reached_at: BTreeMap<String, String>,
    /// A program, with arguments, that runs the service in its place, such as one that sets limits.
    pub wrappers: BTreeMap<String, Vec<String>>,
}

// === impl Plan ===

impl Plan {
    /// A mesh with these sources.
    #[must_use]
    pub fn of_sources(sources: Value) -> Self {
        Self {
            sources,
            ..Self::default()
        }
    }

    pub(super) fn environment(&self) -> Vec<(&str, &str)> {
        let pairs = self.environment.iter();
        pairs
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect()
    }

    pub(super) fn wrapper(&self, service: &str) -> &[String] {
        self.wrappers.get(service).map_or(&[], Vec::as_slice)
    }

    pub(super) fn configuration(&self, from: &Path, ports: &BTreeMap<String, u16>) -> Value {
        let collectors: Map<_, _> = COLLECTORS
            .iter()
            .map(|name| {
                let port = ports.get(*name).copied().unwrap_or_default();
                let own = format!("https://127.0.0.1:{port}");
                let address = self.reached_at.get(*name).unwrap_or(&own);
                ((*name).to_owned(), collector(name, address, from))
            })
            .collect();
        let file = of_sources(self.sources.clone());
        let file = with(file, "collectors", collectors.into());
        let file = with(file, "gateway", gateway(from));
        let store = self.store.clone();
        let store = store.unwrap_or_else(|| json!({ "folder": "kept" }));
        with(file, "store", store)
    }
}

/// A collector that admits the gateway alone.
fn collector(name: &str, address: &str, from: &Path) -> Value {
    json!({
        "address": address,
        "ca": from.join(name).join("ca.crt"),
        "identity": identity(name),
        "tls": tls(name, from),
        "clients": [{ "id": "gateway", "identity": identity("gateway"), "grants": grants() }],
    })
}

/// A gateway that admits a token, and a caller by its certificate.
fn gateway(from: &Path) -> Value {
    json!({
        "tls": tls("gateway", from),
        "tokens": [{ "id": "pipeline", "sha256": SHA256_OF_TOKEN, "grants": grants() }],
        "clients": [{ "id": CALLER, "identity": identity(CALLER), "grants": grants() }],
    })
}

fn identity(name: &str) -> String {
    format!("spiffe://mesh.example/passport-{name}")
}

fn tls(name: &str, from: &Path) -> Value {
    let file = |file: &str| from.join(name).join(file);
    json!({
        "certificate": file("tls.crt"),
        "key": file("tls.key"),
        "client_ca": file("ca.crt"),
    })
}

fn grants() -> Value {
    json!([{
        "workspace": "workspace-acme-prod",
        "services": ["*"],
        "environments": ["*"],
        "verbs": ["collect", "read", "check", "ingest"],
    }])
}
