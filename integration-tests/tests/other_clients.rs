//! Clients that were not made here: Python's gRPC with stubs that protoc generates from the protos,
//! and `buf curl`, which knows only what reflection tells it.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use chrono::{SecondsFormat, Utc};
use passport_integration_tests::configuration::{of_sources, prometheus, scope};
use passport_integration_tests::moody::{Mood, Moody};
use passport_integration_tests::services::{Services, with_collectors};
use passport_integration_tests::wait::PATIENCE;
use passport_integration_tests::workspace;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::process::Command;
use tokio::time::timeout;

const TOKEN: &str = "the-token-of-a-pipeline";
const OF_THE_COLLECTOR: &str = "token-of-the-metrics-collector";
const PYTHON: &str = "integration-tests/.tools/venv/bin/python";
const REPORT: &str = "deploy/examples/trivy-report.json";
const GATEWAY: &str = "passport.gateway.v1.GatewayService";

/// Three processes before a provider that is asked for figures of which one is good and one bad.
struct World {
    services: Services,
    _provider: Moody,
}

impl World {
    async fn start() -> Result<Self> {
        let provider = Moody::start(Mood::Healthy, now().timestamp()).await?;
        let sources = json!({
            "prom": prometheus(&provider.url(), "5m"),
            "scan": {
                "connector": "trivy",
                "scope": { "artifact": "images.example.com/acme/checkout-api" },
                "declared": {
                    "severities": ["unknown", "low", "medium", "high", "critical"],
                    "ignore_unfixed": false,
                    "ignore_file": false,
                    "scanners": ["vuln"],
                },
            },
        });
        let mut configuration = with_collectors(&of_sources(sources))?;
        configuration["gateway"] = json!({ "tokens": [{
            "id": "ci",
            "sha256": hex::encode(Sha256::digest(TOKEN)),
            "grants": [{
                "workspace": "workspace-acme-prod",
                "services": ["checkout-api"],
                "environments": ["production"],
                "verbs": ["collect", "ingest", "read"],
            }],
        }] });
        Ok(Self {
            services: Services::up(&configuration, &[]).await?,
            _provider: provider,
        })
    }

    /// Calls a method of the gateway with `buf curl`, which prints the answer as JSON.
    async fn curl(&self, method: &str, request: &Value, with_token: bool) -> Result<Value> {
        let url = format!("{}/{method}", self.services.url());
        let mut command = Command::new("buf");
        command.args(["curl", "--protocol", "grpc", "--http2-prior-knowledge"]);
        if with_token {
            command.args(["--header", &format!("authorization: Bearer {TOKEN}")]);
        }
        command.args(["--data", &request.to_string(), &url]);
        let printed = printed(command).await?;
        serde_json::from_str(&printed).with_context(|| format!("{method}: {printed}"))
    }
}

fn now() -> chrono::DateTime<Utc> {
    passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock)
}

/// What a command prints, on standard error where it fails.
async fn printed(mut command: Command) -> Result<String> {
    command.current_dir(workspace::root()).stdin(Stdio::null());
    command.kill_on_drop(true);
    let output = timeout(PATIENCE, command.output())
        .await
        .context("a client hangs")?;
    let output =
        output.context("a client can't be run: integration-tests/test.sh installs them")?;
    match output.status.success() {
        true => Ok(String::from_utf8(output.stdout)?),
        false => Ok(String::from_utf8(output.stderr)?),
    }
}

/// Generates stubs from the protos as they are now.
async fn stubs(folder: &Path) -> Result<()> {
    let mut command = Command::new(PYTHON);
    command.args(["-m", "grpc_tools.protoc", "--proto_path", "proto"]);
    for kind in ["python", "grpc_python"] {
        command.arg(format!("--{kind}_out={}", folder.display()));
    }
    for part in ["collector", "evidence", "gateway"] {
        let folder = format!("proto/passport/{part}/v1");
        for proto in std::fs::read_dir(workspace::root().join(&folder))? {
            command.arg(Path::new(&folder).join(proto?.file_name()));
        }
    }
    let said = printed(command).await?;
    ensure!(said.is_empty(), "{said}");
    Ok(())
}

/// What the Python client was answered.
async fn said_to_python(world: &World) -> Result<Value> {
    let folder = TempDir::new()?;
    stubs(folder.path()).await?;
    let address = |url: &str| url.trim_start_matches("http://").to_owned();
    let mut command = Command::new(PYTHON);
    command
        .arg("integration-tests/clients/client.py")
        .arg(address(world.services.url()))
        .arg(address(world.services.metrics.url()))
        .arg(folder.path())
        .arg(REPORT)
        .env("GATEWAY_TOKEN", TOKEN)
        .env("COLLECTOR_TOKEN", OF_THE_COLLECTOR)
        .env("PYTHONDONTWRITEBYTECODE", "1");
    let printed = printed(command).await?;
    serde_json::from_str(&printed).with_context(|| printed.clone())
}

/// One good figure and one bad.
fn figures() -> Value {
    json!({
        "prom/error_rate": ["FACT_STATUS_PASSED", "0.02%"],
        "prom/p95_latency": ["FACT_STATUS_FAILED", "742ms"],
    })
}

fn has(list: &Value, wanted: &str) -> bool {
    list.as_array()
        .is_some_and(|list| list.iter().any(|it| it == wanted))
}

#[tokio::test]
async fn generated_python_stubs_get_the_same_evidence_from_the_gateway_and_from_a_collector()
-> Result<()> {
    let world = World::start().await?;
    let said = said_to_python(&world).await?;
    let gateway = &said["gateway"];
    for way in ["collected", "streamed"] {
        assert_eq!(
            gateway[way],
            json!({ "facts": figures(), "failures": {} }),
            "{said:#}"
        );
    }
    assert_eq!(
        gateway["ingested"],
        json!(["INGEST_RESULT_ACCEPTED", "INGEST_RESULT_DUPLICATE"])
    );
    let everything = &gateway["everything"];
    assert_eq!(
        everything["facts"]["prom/p95_latency"],
        figures()["prom/p95_latency"]
    );
    assert_eq!(
        everything["facts"]["scan/vulnerabilities/critical"],
        json!(["FACT_STATUS_PASSED", "0"]),
        "{said:#}"
    );
    assert_eq!(everything["failures"], json!({}));
    for connector in ["github-actions", "otlp", "prometheus", "trivy"] {
        assert!(has(&gateway["connectors"], connector), "{said:#}");
    }
    assert_eq!(
        gateway["sources"],
        json!({
            "prom": "SOURCE_STATE_VALIDATED",
            "scan": "SOURCE_STATE_VALIDATED",
        })
    );
    assert_eq!(said["health"], json!(["SERVING", "SERVING"]));
    let collector = &said["collector"];
    assert_eq!(
        collector["collected"],
        json!({ "facts": figures(), "failures": {} })
    );
    assert_eq!(collector["health"], "SERVING");
    Ok(())
}

#[tokio::test]
async fn python_is_told_in_standard_details_why_a_call_was_refused() -> Result<()> {
    let world = World::start().await?;
    let said = said_to_python(&world).await?;
    let details = |code: &str| json!({ "code": code, "details": { "reason": code, "domain": "passport-mesh" } });
    assert_eq!(said["gateway"]["denied"], details("PERMISSION_DENIED"));
    assert_eq!(said["gateway"]["unknown"], details("UNAUTHENTICATED"));
    assert_eq!(said["collector"]["unknown"], details("UNAUTHENTICATED"));
    Ok(())
}

#[tokio::test]
async fn python_needs_no_file_of_the_mesh_where_it_asks_by_reflection() -> Result<()> {
    let world = World::start().await?;
    let said = said_to_python(&world).await?;
    let reflection = &said["reflection"];
    for service in [GATEWAY, "grpc.health.v1.Health"] {
        assert!(has(&reflection["services"], service), "{said:#}");
    }
    let facts = &reflection["collected"]["evidence"][0]["facts"];
    let word = |index: usize| [&facts[index]["status"], &facts[index]["value"]["text"]];
    assert_eq!(json!(word(0)), figures()["prom/error_rate"], "{said:#}");
    assert_eq!(json!(word(1)), figures()["prom/p95_latency"], "{said:#}");
    Ok(())
}

#[tokio::test]
async fn buf_curl_does_everything_by_reflection() -> Result<()> {
    let world = World::start().await?;
    let mut list = Command::new("buf");
    list.args([
        "curl",
        "--protocol",
        "grpc",
        "--http2-prior-knowledge",
        "--list-services",
    ]);
    list.arg(world.services.url());
    let services = printed(list).await?;
    assert!(services.lines().any(|it| it == GATEWAY), "{services}");
    let health = world
        .curl("grpc.health.v1.Health/Check", &json!({}), false)
        .await?;
    assert_eq!(health["status"], "SERVING");

    let collect = format!("{GATEWAY}/CollectEvidence");
    let question = json!({ "scope": scope(), "sources": ["prom"] });
    let refused = world.curl(&collect, &question, false).await?;
    assert_eq!(refused["code"], "unauthenticated", "{refused:#}");
    let answer = world.curl(&collect, &question, true).await?;
    let facts = &answer["evidence"][0]["facts"];
    assert_eq!(facts[0]["status"], "FACT_STATUS_PASSED", "{answer:#}");
    assert_eq!(facts[1]["status"], "FACT_STATUS_FAILED", "{answer:#}");
    assert_eq!(facts[1]["value"]["text"], "742ms");

    let report = std::fs::read(workspace::root().join(REPORT))?;
    let observed_at = now().to_rfc3339_opts(SecondsFormat::Secs, true);
    let delivery = json!({
        "scope": scope(),
        "source": "scan",
        "headers": [{ "name": "passport-observed-at", "value": BASE64_STANDARD.encode(observed_at) }],
        "body": BASE64_STANDARD.encode(report),
    });
    let ingested = world
        .curl(&format!("{GATEWAY}/IngestEvidence"), &delivery, true)
        .await?;
    assert_eq!(ingested["result"], "INGEST_RESULT_ACCEPTED", "{ingested:#}");
    let question = json!({ "scope": scope(), "sources": ["scan"] });
    let answer = world.curl(&collect, &question, true).await?;
    let facts = answer["evidence"][0]["facts"]
        .as_array()
        .context("no facts")?;
    let critical = facts
        .iter()
        .find(|fact| fact["name"] == "vulnerabilities" && fact["item"] == "critical");
    assert_eq!(
        critical.context("no such fact")?["status"],
        "FACT_STATUS_PASSED",
        "{answer:#}"
    );
    Ok(())
}
