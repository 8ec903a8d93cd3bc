//! Alerts that a real Prometheus fires and a real Alertmanager is told to keep quiet about, and a number beside
//! what it was before.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use chrono::{DateTime, Utc};
use passport_evidence::Clock as _;
use passport_integration_tests::alertmanager::RealAlertmanager;
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::of_sources;
use passport_integration_tests::exporter::{Exporter, Traffic};
use passport_integration_tests::prometheus::RealPrometheus;
use passport_integration_tests::wait::until;
use serde_json::json;

const ALERT: &str = "TooManyErrors";

/// Keeps the labels of the scope, so that the alert can be asked for by them.
const RULES: &str = r#"groups:
- name: checkout
  rules:
  - alert: TooManyErrors
    expr: |
      sum by (service, environment) (rate(http_requests_total{code=~"5.."}[5s]))
      / sum by (service, environment) (rate(http_requests_total[5s])) > 0.05
"#;

struct World {
    exporter: Exporter,
    alertmanager: RealAlertmanager,
    _prometheus: RealPrometheus,
    mesh: AllInOne,
}

impl World {
    async fn start() -> Result<Self> {
        let exporter = Exporter::start("checkout-api", "production").await?;
        let alertmanager = RealAlertmanager::start().await?;
        let targets = [exporter.address()];
        let prometheus = RealPrometheus::alerting(&targets, RULES, alertmanager.address()).await?;
        exporter.stored().await?;
        let source = json!({
            "connector": "prometheus",
            "endpoint": prometheus.url(),
            "scope": { "labels": { "service": "checkout-api", "environment": "production" } },
            "max_age": "10s",
            "queries": {
                "alerts": {
                    "fact": "custom_metric",
                    "promql": "count(ALERTS{alertstate=\"firing\",${scope}})",
                    "unit": "count",
                    "threshold": "= 0",
                    "absent": "zero",
                    "probe": "http_requests_total{${scope}}",
                    "volume": { "promql": "count(http_requests_total{${scope}})", "min": 1 },
                },
                "p95_latency": {
                    "promql": "histogram_quantile(0.95, sum by (le) \
                               (rate(http_request_duration_seconds_bucket{${scope}}[1m])))",
                    "unit": "seconds",
                    "baseline": { "before": "3s", "tolerance": "10%", "slack": "5ms" },
                },
            },
        });
        Ok(Self {
            mesh: AllInOne::up(&of_sources(json!({ "prom": source })), &[]).await?,
            exporter,
            alertmanager,
            _prometheus: prometheus,
        })
    }

    /// Waits until the alerts stand like this, while the service answers such traffic.
    async fn comes_to(&self, traffic: &Traffic, status: &str, value: &str) -> Result<()> {
        until(&format!("the alerts are {status} at {value}"), async || {
            self.exporter.advance(traffic);
            let fact = self.mesh.fact("custom_metric").await?;
            Ok((fact["status"] == status && fact["value"] == value).then_some(()))
        })
        .await
    }
}

fn failing() -> Traffic {
    Traffic {
        latencies: vec![(Duration::from_millis(50), 100)],
        errors: 50,
    }
}

fn now() -> DateTime<Utc> {
    passport_service_kit::clock::SystemClock.now()
}

#[tokio::test]
async fn an_alert_that_is_silenced_fires_all_the_same() -> Result<()> {
    let world = World::start().await?;
    world.comes_to(&Traffic::healthy(), "passed", "0").await?;
    world.comes_to(&failing(), "failed", "1").await?;
    until("alertmanager knows of it", async || {
        let states = world.alertmanager.states(ALERT).await?;
        Ok((states == ["active"]).then_some(()))
    })
    .await?;
    world.alertmanager.silence(ALERT).await?;
    until("it is silenced", async || {
        world.exporter.advance(&failing());
        let states = world.alertmanager.states(ALERT).await?;
        Ok((states == ["suppressed"]).then_some(()))
    })
    .await?;
    let silenced = now();
    until("it is asked for again", async || {
        world.exporter.advance(&failing());
        let fact = world.mesh.fact("custom_metric").await?;
        ensure!(fact["status"] != "passed", "{fact:#}");
        let at = fact["observedAt"].as_str().context("no time")?;
        let at: DateTime<Utc> = at.parse()?;
        Ok((at > silenced && fact["status"] == "failed").then_some(()))
    })
    .await?;
    world.comes_to(&Traffic::healthy(), "passed", "0").await
}

#[tokio::test]
async fn both_numbers_of_a_comparison_stand_in_the_fact() -> Result<()> {
    let world = World::start().await?;
    until("there is something to compare with", async || {
        world.exporter.advance(&Traffic::healthy());
        let fact = world.mesh.fact("p95_latency").await?;
        let told = fact["status"] == "passed" && fact["value"] == "142ms";
        let compared = fact["baseline"] == "142ms" && fact["threshold"] == "<= 161.2ms";
        Ok((told && compared).then_some(()))
    })
    .await
}
