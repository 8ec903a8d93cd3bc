//! Native histograms, exemplars and the release that a number of before is of, with a real Prometheus.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use anyhow::{Context, Result, ensure};
use passport_evidence::Quantity;
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::of_sources;
use passport_integration_tests::native::NativeExporter;
use passport_integration_tests::prometheus::RealPrometheus;
use passport_integration_tests::wait::until;
use serde_json::{Value, json};

struct World {
    exporter: NativeExporter,
    _prometheus: RealPrometheus,
    mesh: AllInOne,
}

impl World {
    async fn start(queries: Value) -> Result<Self> {
        let exporter = NativeExporter::start("2.13.0", 0.4).await?;
        let prometheus = RealPrometheus::scraping(&[exporter.address()]).await?;
        exporter.scraped(2).await?;
        let source = json!({
            "connector": "prometheus",
            "endpoint": prometheus.url(),
            "scope": { "labels": { "service": "checkout-api", "environment": "production" } },
            "max_age": "1m",
            "queries": queries,
        });
        Ok(Self {
            mesh: AllInOne::up(&of_sources(json!({ "prom": source })), &[]).await?,
            exporter,
            _prometheus: prometheus,
        })
    }

    /// The fact of this name, when it has this status, while requests are answered.
    async fn comes_to(&self, name: &str, status: &str) -> Result<Value> {
        until(&format!("{name} is {status}"), async || {
            self.exporter.advance(100);
            let fact = self.mesh.fact(name).await?;
            Ok((fact["status"] == status).then_some(fact))
        })
        .await
    }
}

fn seconds(fact: &Value) -> Result<Quantity> {
    let text = fact["value"].as_str().context("no value")?;
    Quantity::parse(text).with_context(|| format!("no quantity: {text}"))
}

#[tokio::test]
async fn a_quantile_of_a_native_histogram_lies_in_its_bucket_and_the_histogram_itself_is_no_number()
-> Result<()> {
    let quantile =
        "histogram_quantile(0.95, sum(rate(http_request_duration_seconds{${scope}}[1m])))";
    let slow =
        "1 - histogram_fraction(0, 0.5, sum(rate(http_request_duration_seconds{${scope}}[1m])))";
    let world = World::start(json!({
        "p95_latency": { "promql": quantile, "unit": "seconds", "threshold": "< 500ms" },
        "saturation": { "promql": slow, "unit": "ratio", "threshold": "< 1%" },
        "p99_latency": {
            "promql": "sum(rate(http_request_duration_seconds{${scope}}[1m]))",
            "unit": "seconds",
            "threshold": "< 500ms",
        },
    }))
    .await?;
    let found = seconds(&world.comes_to("p95_latency", "passed").await?)?;
    let (low, high) = (Quantity::parse("125ms")?, Quantity::parse("250ms")?);
    ensure!(low < found && found <= high, "{found:?}");
    let share = world.comes_to("saturation", "passed").await?;
    ensure!(share["value"] == "0%", "{share:#}");
    let histogram = world.mesh.fact("p99_latency").await?;
    ensure!(histogram["reason"] == "UNEXPECTED_SHAPE", "{histogram:#}");
    Ok(())
}

#[tokio::test]
async fn a_fact_is_linked_to_the_trace_of_an_exemplar() -> Result<()> {
    let world = World::start(json!({
        "request_volume": {
            "promql": "sum(increase(http_requests_total{${scope}}[1m]))",
            "unit": "count",
            "threshold": "> 0",
            "exemplar": { "link": "https://traces.example.com/trace/${trace}" },
        },
    }))
    .await?;
    let fact = world.comes_to("request_volume", "passed").await?;
    let page = format!("https://traces.example.com/trace/{}", NativeExporter::TRACE);
    ensure!(fact["link"] == page, "{fact:#}");
    Ok(())
}

/// Ten seconds ago another release ran; ten seconds later the same one did.
#[tokio::test]
async fn a_number_of_before_is_of_the_release_before_or_of_none() -> Result<()> {
    let world = World::start(json!({
        "saturation": {
            "promql": "avg(pool_usage{${scope}})",
            "unit": "ratio",
            "threshold": "< 80%",
            "baseline": { "before": "10s", "tolerance": "25%", "release": { "label": "version" } },
        },
    }))
    .await?;
    world.exporter.scraped(10).await?;
    let alone = world.mesh.fact("saturation").await?;
    ensure!(alone["reason"] == "BASELINE_MISSING", "{alone:#}");
    world.exporter.deploy("2.14.0", 0.44);
    let compared = world.comes_to("saturation", "passed").await?;
    let numbers = ["value", "baseline", "threshold"].map(|key| compared[key].clone());
    ensure!(numbers == ["44%", "40%", "<= 50%"], "{compared:#}");
    let same = world.comes_to("saturation", "unknown").await?;
    ensure!(same["reason"] == "BASELINE_MISSING", "{same:#}");
    Ok(())
}
