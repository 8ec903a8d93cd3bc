//! The secrets that are planted, and a configuration with a source for every kind of them before a
//! provider in every mood.

#![allow(
    clippy::indexing_slicing,
    reason = "writing a key of JSON that is not there adds it"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use chrono::Utc;
use passport_integration_tests::configuration::{of_sources, prometheus};
use passport_integration_tests::moody::{Mood, Moody};
use passport_integration_tests::port;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::search::Canary;
use crate::tls::Guarded;

const MOODS: [(&str, Mood); 15] = [
    ("healthy", Mood::Healthy),
    ("status-400", Mood::Refuses(400)),
    ("status-401", Mood::Refuses(401)),
    ("status-403", Mood::Refuses(403)),
    ("status-404", Mood::Refuses(404)),
    ("status-429", Mood::Refuses(429)),
    ("status-500", Mood::Refuses(500)),
    ("hangs", Mood::Hangs),
    ("truncates", Mood::Truncates),
    ("html", Mood::Html),
    ("empty", Mood::Empty),
    ("huge", Mood::Huge),
    ("redirects", Mood::Redirects),
    ("labels", Mood::Labels),
    ("number", Mood::Number),
];

/// Secrets, where they stand, and who asks for them. Everything ends when it is dropped.
pub struct Planted {
    pub canaries: Vec<Canary>,
    /// What the gateway admits.
    pub token: String,
    /// What the source `pushed` admits.
    pub ingest_token: String,
    /// What stands in the environment of the processes.
    pub environment: Vec<(&'static str, String)>,
    /// The configuration, but for its store and where its telemetry goes.
    pub configuration: Value,
    /// Where the secrets lie that are files, and all else that a test keeps.
    pub folder: TempDir,
    providers: BTreeMap<String, Moody>,
    guarded: Guarded,
}

/// Now, as the programs see it.
pub fn now() -> chrono::DateTime<Utc> {
    passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock)
}

// === impl Planted ===

impl Planted {
    pub async fn new() -> Result<Self> {
        let folder = TempDir::new()?;
        let now = now().timestamp();
        let (by_variable, of_variable) = Canary::token("bearer token in a variable")?;
        let (by_file, of_file) = Canary::token("bearer token in a file")?;
        let (password, of_basic) = Canary::word("basic password")?;
        let (gateway, token) = Canary::token("gateway token")?;
        let (pushing, ingest_token) = Canary::token("ingest token of a source")?;
        let (metrics, of_metrics) = Canary::token("token of a collector in a variable")?;
        let (quality, of_quality) = Canary::token("token of a collector in a file")?;
        let hash = Sha256::digest(&token);
        let guarded = Guarded::start(now).await?;
        let lines = guarded
            .key
            .lines()
            .filter(|line| !line.starts_with("-----"));
        let mut canaries: Vec<_> = lines
            .map(|line| Canary::of("line of a client key", line))
            .collect();
        canaries.extend([
            by_variable,
            by_file,
            password,
            gateway,
            pushing,
            metrics,
            quality,
        ]);
        canaries.push(Canary::of("secret number of a client key", &guarded.scalar));
        canaries.push(Canary::of("hash of the gateway token", hash));

        let secrets = folder.path().join("secrets");
        fs::create_dir(&secrets)?;
        let write = |name: &str, text: &str| fs::write(secrets.join(name), format!("{text}\n"));
        write("bearer", &of_file)?;
        write("client.key", &guarded.key)?;
        fs::write(folder.path().join("quality.token"), &of_quality)?;
        fs::write(folder.path().join("authority.pem"), &guarded.authority)?;
        fs::write(folder.path().join("client.pem"), &guarded.certificate)?;

        let mut providers = BTreeMap::new();
        for (name, mood) in MOODS.into_iter().chain([("error", Mood::Error)]) {
            providers.insert(name.to_owned(), Moody::start(mood, now).await?);
        }
        let configuration = configuration(&providers, &guarded, folder.path(), &hex::encode(hash))?;
        Ok(Self {
            canaries,
            token,
            ingest_token: ingest_token.clone(),
            environment: vec![
                ("CANARY_BEARER", of_variable),
                ("CANARY_USER", "prometheus-reader".to_owned()),
                ("CANARY_PASSWORD", of_basic),
                ("CANARY_PUSHING", ingest_token),
                ("CANARY_METRICS", of_metrics),
            ],
            configuration,
            folder,
            providers,
            guarded,
        })
    }

    /// Every credential was shown to a provider: what isn't used can't leak.
    pub fn check_use(&self) -> Result<()> {
        let healthy = self
            .providers
            .get("healthy")
            .context("no provider")?
            .shown();
        let kinds = ["Bearer ", "Basic "]
            .map(|kind| healthy.iter().filter(|it| it.starts_with(kind)).count());
        anyhow::ensure!(kinds == [2, 1], "shown were {kinds:?} of bearer and basic");
        anyhow::ensure!(
            !self.guarded.provider.shown().is_empty(),
            "nobody came with the client key"
        );
        Ok(())
    }

    /// Names of the sources.
    pub fn sources(&self) -> Vec<String> {
        let scope =
            "/workspaces/workspace-acme-prod/services/checkout-api/environments/production/sources";
        let sources = self.configuration.pointer(scope).and_then(Value::as_object);
        sources
            .into_iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    }
}

fn configuration(
    providers: &BTreeMap<String, Moody>,
    guarded: &Guarded,
    folder: &Path,
    hash: &str,
) -> Result<Value> {
    let credentials = [
        ("variable", json!({ "env": "CANARY_BEARER" })),
        ("file", json!({ "file": folder.join("secrets/bearer") })),
        (
            "basic",
            json!({ "username": { "env": "CANARY_USER" }, "password": { "env": "CANARY_PASSWORD" } }),
        ),
    ];
    let mut sources = json!({});
    let refused = format!("http://127.0.0.1:{}", port::free()?);
    let endpoints = providers
        .iter()
        .map(|(name, provider)| (name.as_str(), provider.url()));
    for (name, endpoint) in endpoints.chain([("refused", refused)]) {
        for (kind, credential) in &credentials {
            let mut source = prometheus(&endpoint, "5m");
            source["credential"] = credential.clone();
            sources[format!("{name}-{kind}")] = source;
        }
    }
    let tls = json!({
        "ca": { "file": folder.join("authority.pem") },
        "client_cert": { "file": folder.join("client.pem") },
        "client_key": { "file": folder.join("secrets/client.key") },
    });
    for (name, endpoint) in [
        ("tls", guarded.url()),
        (
            "no-tls",
            guarded.url().replace(
                &guarded.provider.address().port().to_string(),
                &port_of(providers)?,
            ),
        ),
    ] {
        let mut source = prometheus(&endpoint, "5m");
        source["tls"] = tls.clone();
        sources[name] = source;
    }
    sources["pushed"] = json!({
        "connector": "otlp",
        "credential": { "env": "CANARY_PUSHING" },
        "scope": { "service_name": "checkout-api", "deployment_environment": "production" },
        "queries": { "saturation": { "gauge": "cpu", "unit": "ratio", "reduce": "worst", "threshold": "< 80%" } },
    });
    sources["scan"] = json!({
        "connector": "trivy",
        "scope": { "artifact": "images.example.com/acme/checkout-api" },
    });
    let mut whole = of_sources(sources);
    whole["secrets"] = json!({ "folder": folder.join("secrets") });
    whole["gateway"] = json!({ "tokens": [{ "id": "ci", "sha256": hash, "grants": [{
        "workspace": "workspace-acme-prod",
        "services": ["checkout-api"],
        "environments": ["production"],
        "verbs": ["check", "collect", "ingest", "read"],
    }] }] });
    let at = |token: Value| -> Result<Value> {
        Ok(json!({ "address": format!("http://127.0.0.1:{}", port::free()?), "token": token }))
    };
    whole["collectors"] = json!({
        "metrics": at(json!({ "env": "CANARY_METRICS" }))?,
        "quality": at(json!({ "file": folder.join("quality.token") }))?,
    });
    Ok(whole)
}

/// The port of a provider that speaks no TLS.
fn port_of(providers: &BTreeMap<String, Moody>) -> Result<String> {
    let healthy = providers.get("healthy").context("no provider")?;
    Ok(healthy.address().port().to_string())
}
