//! Real evidence, from a real Prometheus, through the all-in-one.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::process::Output;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::configuration::{SCOPE_ARGUMENTS, of_sources, prometheus, scope};
use passport_integration_tests::exporter::{Exporter, Traffic};
use passport_integration_tests::prometheus::RealPrometheus;
use passport_integration_tests::wait::until;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::process::Command;

struct World {
    exporter: Exporter,
    prometheus: RealPrometheus,
    mesh: AllInOne,
}

impl World {
    /// A service under healthy traffic, the server that scrapes it every second, and the mesh.
    async fn start(max_age: &str) -> Result<Self> {
        let exporter = Exporter::start("checkout-api", "production").await?;
        let prometheus = RealPrometheus::scraping(&[exporter.address()]).await?;
        exporter.stored().await?;
        exporter.advance(&Traffic::healthy());
        exporter.stored().await?;
        let source = self::prometheus(&prometheus.url(), max_age);
        let mesh = AllInOne::up(&of_sources(json!({ "prom": source })), &[]).await?;
        Ok(Self {
            exporter,
            prometheus,
            mesh,
        })
    }

    async fn collect(&self) -> Result<Value> {
        self.mesh.collect(&json!({ "scope": scope() })).await
    }
}

/// Name, status, value and threshold of every fact.
fn facts(answer: &Value) -> Vec<String> {
    let all = answer["evidence"][0]["facts"].as_array();
    let text = |fact: &Value| {
        let word = |key: &str| fact[key].as_str().unwrap_or("-").to_owned();
        ["name", "status", "value", "threshold"]
            .map(word)
            .join(" | ")
    };
    all.into_iter().flatten().map(text).collect()
}

fn the_seeds_example() -> Vec<String> {
    vec![
        "error_rate | passed | 0.02% | < 1%".to_owned(),
        "p95_latency | passed | 142ms | < 500ms".to_owned(),
    ]
}

/// Which questions the facts answer.
fn digests(answer: &Value) -> Vec<Value> {
    let all = answer["evidence"][0]["facts"].as_array();
    let digest = |fact: &Value| fact["queryDigest"].clone();
    all.into_iter().flatten().map(digest).collect()
}

/// Of the configured texts, with the labels of the scope in the place of `${scope}`.
fn digests_of_the_queries() -> Vec<Value> {
    let source = prometheus("http://127.0.0.1", "5m");
    let labels = r#"environment="production",service="checkout-api""#;
    let digest = |name: &str| {
        let text = source["queries"][name]["promql"]
            .as_str()
            .unwrap_or_default();
        let sent = text.replace("${scope}", labels);
        Value::from(format!("sha256:{}", hex::encode(Sha256::digest(sent))))
    };
    ["error_rate", "p95_latency"].map(digest).into()
}

fn json_of(output: &Output) -> Result<Value> {
    ensure!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// No fact of the answer passes on a sample older than its max age. The answer may have been made
/// at any time since `asked`.
fn check_ages(answer: &Value, asked: DateTime<Utc>) -> Result<()> {
    for evidence in answer["evidence"].as_array().into_iter().flatten() {
        let max_age = evidence["freshness"]["maxAgeSeconds"]
            .as_i64()
            .context("no max age")?;
        for fact in evidence["facts"].as_array().into_iter().flatten() {
            if fact["status"] == "passed" {
                let at = fact["observedAt"]
                    .as_str()
                    .context("passed without a time")?;
                let at: DateTime<Utc> = at.parse()?;
                ensure!(
                    asked - at <= TimeDelta::seconds(max_age),
                    "passed on a sample of {at}, asked at {asked}"
                );
            }
        }
    }
    Ok(())
}

fn clock() -> DateTime<Utc> {
    passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock)
}

#[tokio::test]
async fn the_same_evidence_comes_over_http_from_the_command_line_and_by_reflection() -> Result<()> {
    let world = World::start("5m").await?;
    let over_http = world.collect().await?;
    assert_eq!(facts(&over_http), the_seeds_example(), "{over_http:#}");
    assert_eq!(over_http["failures"], json!([]));
    assert_eq!(digests(&over_http), digests_of_the_queries());

    let of_the_command = json_of(
        &all_in_one::run(
            ["collect", "--gateway", world.mesh.url(), "-o", "json"]
                .into_iter()
                .chain(SCOPE_ARGUMENTS),
        )
        .await?,
    )?;
    assert_eq!(facts(&of_the_command), the_seeds_example());
    assert_eq!(digests(&of_the_command), digests_of_the_queries());

    let by_reflection = json_of(&by_reflection(world.mesh.url()).await?)?;
    let wire = &by_reflection["evidence"][0]["facts"];
    for (fact, text) in wire
        .as_array()
        .into_iter()
        .flatten()
        .zip(["0.02%", "142ms"])
    {
        assert_eq!(fact["status"], "FACT_STATUS_PASSED");
        assert_eq!(fact["value"]["text"], text);
    }
    assert_eq!(wire.as_array().map(Vec::len), Some(2), "{by_reflection:#}");
    assert_eq!(digests(&by_reflection), digests_of_the_queries());
    Ok(())
}

/// `buf curl` learns the service from the server itself.
async fn by_reflection(url: &str) -> Result<Output> {
    let request = json!({ "scope": {
        "workspaceId": "workspace-acme-prod",
        "service": "checkout-api",
        "environment": "production",
    } });
    Command::new("buf")
        .args([
            "curl",
            "--protocol",
            "grpc",
            "--http2-prior-knowledge",
            "--data",
        ])
        .arg(request.to_string())
        .arg(format!(
            "{url}/passport.gateway.v1.GatewayService/CollectEvidence"
        ))
        .output()
        .await
        .context("buf can't be run: integration-tests/test.sh installs it")
}

#[tokio::test]
async fn nothing_passes_on_old_samples_while_the_service_is_dead_and_it_recovers() -> Result<()> {
    let mut world = World::start("5s").await?;
    assert_eq!(facts(&world.collect().await?), the_seeds_example());
    world.exporter.down().await?;
    until("nothing passes any more", async || {
        let asked = clock();
        let answer = world.collect().await?;
        check_ages(&answer, asked)?;
        let passes = facts(&answer)
            .iter()
            .any(|fact| fact.contains("| passed |"));
        Ok((!passes).then_some(()))
    })
    .await?;
    world.exporter.up().await?;
    until("it passes again", async || {
        world.exporter.advance(&Traffic::healthy());
        let asked = clock();
        let answer = world.collect().await?;
        check_ages(&answer, asked)?;
        let facts = facts(&answer);
        let all = facts.len() == 2 && facts.iter().all(|fact| fact.contains("| passed |"));
        Ok(all.then_some(()))
    })
    .await
}

#[tokio::test]
async fn an_unreachable_server_is_a_failure_once_the_last_evidence_is_old() -> Result<()> {
    let mut world = World::start("5s").await?;
    assert_eq!(facts(&world.collect().await?), the_seeds_example());
    world.prometheus.stop().await?;
    until("the source fails", async || {
        let asked = clock();
        let answer = world.collect().await?;
        check_ages(&answer, asked)?;
        let failure = &answer["failures"][0];
        match (failure["code"].as_str(), answer["evidence"][0].is_null()) {
            (Some("UNREACHABLE"), true) => Ok(Some(())),
            (Some(code), _) => anyhow::bail!("failed with {code}"),
            (None, _) => Ok(None),
        }
    })
    .await?;
    world.prometheus.restart().await?;
    until("it answers again", async || {
        let asked = clock();
        let answer = world.collect().await?;
        check_ages(&answer, asked)?;
        Ok((facts(&answer) == the_seeds_example()).then_some(()))
    })
    .await
}
