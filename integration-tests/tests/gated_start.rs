//! The example services of `deploy/examples/gated-start` start where their collector knows that they
//! may, and nowhere else; the one in Rust and the one in Python alike.

use std::path::{Path, PathBuf};
use std::process::Output;

use anyhow::{Context as _, Result, ensure};
use chrono::{SecondsFormat, Utc};
use passport_integration_tests::configuration::{File, of_sources, with};
use passport_integration_tests::program::{Program, built};
use passport_integration_tests::{port, workspace};
use passport_proto::collector::{
    Header, IngestRequest, IngestResult, collector_service_client::CollectorServiceClient,
};
use passport_proto::evidence::Scope;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

const PYTHON: &str = "integration-tests/.tools/venv/bin/python";
const EXAMPLES: &str = "deploy/examples";

/// What the example report is about.
const SCANNED: &str = "sha256:1111111111111111111111111111111111111111111111111111111111111111";
const OTHER: &str = "sha256:2222222222222222222222222222222222222222222222222222222222222222";

/// The quality collector, and certificates of its authority for those who ask it.
struct World {
    certificates: TempDir,
    port: u16,
    collector: Program,
    _file: File,
}

// === impl World ===

impl World {
    /// With the example report.
    async fn start() -> Result<Self> {
        let certificates = TempDir::new()?;
        let names = ["quality", "checkout", "stranger"];
        let script = workspace::root().join("deploy/certificates/new.sh");
        let mut command = Command::new(script);
        command
            .arg(certificates.path())
            .arg("acme.example")
            .args(names);
        let made = command.output().await?;
        ensure!(
            made.status.success(),
            "{}",
            String::from_utf8_lossy(&made.stderr)
        );

        let port = port::free()?;
        let file = File::of(&configuration(certificates.path(), port)?)?;
        let listen = format!("127.0.0.1:{port}");
        let arguments = ["--listen", &listen, "--config", file.name()];
        let collector =
            Program::start_in(file.folder(), "passport-quality", arguments, &[]).await?;
        let world = Self {
            certificates,
            port,
            collector,
            _file: file,
        };
        world.ingest().await?;
        Ok(world)
    }

    fn file(&self, service: &str, name: &str) -> PathBuf {
        self.certificates.path().join(service).join(name)
    }

    async fn ingest(&self) -> Result<()> {
        let read = |name| std::fs::read(self.file("checkout", name));
        let tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(read("ca.crt")?))
            .identity(Identity::from_pem(read("tls.crt")?, read("tls.key")?));
        let endpoint = Endpoint::from_shared(format!("https://127.0.0.1:{}", self.port))?;
        let channel = endpoint.tls_config(tls)?.connect().await?;
        let now = passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock);
        let request = IngestRequest {
            scope: Some(Scope {
                workspace_id: "workspace-acme-prod".to_owned(),
                service: "checkout-api".to_owned(),
                environment: "production".to_owned(),
            }),
            source: "scan".to_owned(),
            headers: vec![Header {
                name: "passport-observed-at".to_owned(),
                value: time(now).into(),
            }],
            body: std::fs::read(workspace::root().join(EXAMPLES).join("trivy-report.json"))?.into(),
        };
        let answer = CollectorServiceClient::new(channel).ingest(request).await?;
        ensure!(
            answer.get_ref().result() == IngestResult::Accepted,
            "{answer:?}"
        );
        Ok(())
    }

    /// What becomes of the service where it is asked with the certificate of `who`.
    async fn started(&self, language: Language, who: &str, more: &[&str]) -> Result<Output> {
        let (mut command, collector) = match language {
            Language::Rust => (
                Command::new(built("gated-start")?),
                format!("https://127.0.0.1:{}", self.port),
            ),
            Language::Python => {
                let mut python = Command::new(PYTHON);
                python.arg(format!("{EXAMPLES}/gated-start/gated_start.py"));
                (python, format!("127.0.0.1:{}", self.port))
            }
        };
        command.current_dir(workspace::root()).kill_on_drop(true);
        command.args(["--collector", &collector, "--ca"]);
        command
            .arg(self.file(who, "ca.crt"))
            .arg("--cert")
            .arg(self.file(who, "tls.crt"));
        command.arg("--key").arg(self.file(who, "tls.key"));
        command.args([
            "--workspace",
            "workspace-acme-prod",
            "--environment",
            "production",
        ]);
        command
            .args(more)
            .args(["--", "echo", "the service serves"]);
        command.output().await.context("the example can't be run")
    }
}

#[derive(Debug, Clone, Copy)]
enum Language {
    Rust,
    Python,
}

fn time(at: chrono::DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// One collector that knows one caller.
fn configuration(certificates: &Path, port: u16) -> Result<serde_json::Value> {
    let file = |name: &str| certificates.join("quality").join(name);
    let configuration = of_sources(json!({ "scan": {
        "connector": "trivy",
        "scope": { "artifact": "images.example.com/acme/checkout-api" },
        "declared": {
            "severities": ["unknown", "low", "medium", "high", "critical"],
            "ignore_unfixed": false,
            "ignore_file": false,
            "scanners": ["vuln"],
        },
    } }));
    let quality = json!({
        "address": format!("https://127.0.0.1:{port}"),
        "ca": file("ca.crt"),
        "tls": {
            "certificate": file("tls.crt"), "key": file("tls.key"), "client_ca": file("ca.crt"),
        },
        "clients": [{
            "id": "checkout",
            "identity": "spiffe://acme.example/passport-checkout",
            "grants": [{
                "workspace": "workspace-acme-prod",
                "services": ["checkout-api"],
                "environments": ["production"],
                "verbs": ["collect", "ingest"],
            }],
        }],
    });
    Ok(with(
        configuration,
        "collectors",
        json!({ "quality": quality }),
    ))
}

#[tokio::test]
async fn a_service_in_rust_starts_where_it_may() -> Result<()> {
    starts_where_it_may(Language::Rust).await
}

#[tokio::test]
async fn a_service_in_python_starts_where_it_may() -> Result<()> {
    starts_where_it_may(Language::Python).await
}

async fn starts_where_it_may(language: Language) -> Result<()> {
    let mut world = World::start().await?;
    let ours = ["--service", "checkout-api", "--source", "scan"];
    let critical = ["--fact", "vulnerabilities/critical"];
    let image = ["--fact", "artifact_digest", "--artifact-digest"];

    let good = [&ours[..], &critical, &image, &[SCANNED]].concat();
    let started = world.started(language, "checkout", &good).await?;
    ensure!(started.status.success(), "{started:?}");
    ensure!(started.stdout == b"the service serves\n", "{started:?}");

    let held = [
        (
            1,
            "FACT_STATUS_",
            [&ours[..], &critical, &image, &[OTHER]].concat(),
            "checkout",
        ),
        (
            1,
            "is not among the facts",
            [&ours[..], &["--fact", "signature"]].concat(),
            "checkout",
        ),
        (
            3,
            "NOT_CONFIGURED",
            [
                &["--service", "checkout-api", "--source", "other"],
                &critical[..],
            ]
            .concat(),
            "checkout",
        ),
        (
            3,
            "nobody could tell",
            [&["--service", "other", "--source", "scan"], &critical[..]].concat(),
            "checkout",
        ),
        (3, "nobody could tell", good.clone(), "stranger"),
    ];
    for (code, why, asked, who) in held {
        let held = world.started(language, who, &asked).await?;
        let said = String::from_utf8_lossy(&held.stderr);
        ensure!(held.status.code() == Some(code), "{asked:?}: {held:?}");
        ensure!(
            said.contains(why) && held.stdout.is_empty(),
            "{asked:?}: {said}"
        );
    }

    world.collector.terminate().await?;
    let alone = world.started(language, "checkout", &good).await?;
    ensure!(alone.status.code() == Some(3), "{alone:?}");
    ensure!(alone.stdout.is_empty(), "{alone:?}");
    Ok(())
}
