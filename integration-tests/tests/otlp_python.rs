//! Metrics that OpenTelemetry's own SDK for Python pushes, over gRPC and HTTP and in both temporalities, read
//! from its counters, its explicit and its exponential histogram.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use anyhow::{Context, Result, ensure};
use passport_evidence::{Quantity, Value as Found};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, scope};
use passport_integration_tests::wait::PATIENCE;
use passport_integration_tests::workspace;
use serde_json::{Map, Value, json};
use tokio::process::Command;
use tokio::time::timeout;

const CLIENT: &str = "integration-tests/clients/otlp.py";
const WAYS: [(&str, &str); 4] = [
    ("grpc", "delta"),
    ("grpc", "cumulative"),
    ("http/protobuf", "delta"),
    ("http/protobuf", "cumulative"),
];

/// The names of a way's source, and of its token and where that stands.
struct Named {
    source: String,
    variable: String,
    token: String,
}

fn named(number: usize) -> Named {
    Named {
        source: format!("python-{number}"),
        variable: format!("TOKEN_OF_PYTHON_{number}"),
        token: format!("token-of-the-python-sender-{number}"),
    }
}

fn source(variable: &str) -> Value {
    let p95 = |histogram: &str| {
        json!({
            "fact": "p95_latency", "histogram": histogram, "quantile": 0.95,
            "unit": "seconds", "threshold": "< 1s", "min_volume": 2_000,
        })
    };
    json!({
        "connector": "otlp",
        "credential": { "env": variable },
        "scope": { "service_name": "checkout-api", "deployment_environment": "production" },
        "queries": {
            "error_rate": {
                "numerator": "http.server.errors", "denominator": "http.server.requests",
                "unit": "ratio", "min_volume": 2_000,
            },
            "request_volume": {
                "increase": "http.server.requests", "unit": "count", "threshold": "= 2000",
            },
            "explicit": p95("http.server.request.duration"),
            "exponential": p95("http.server.request.duration.exponential"),
        },
    })
}

async fn push(way: (&str, &str), url: &str, token: &str) -> Result<()> {
    let (protocol, temporality) = way;
    let mut command = Command::new("python3");
    command
        .arg(workspace::root().join(CLIENT))
        .args([protocol, url, token, temporality])
        .kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await?;
    let output = output.context("there is no `python3` to run")?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success() && said.is_empty(), "{said}");
    Ok(())
}

/// Whether a quantile is that of 1 to 1,000 ms, but for the width of a bucket.
fn is_near(value: &Value) -> bool {
    let within = |low: &str, high: &str| {
        let found = Found::parse(value.as_str()?);
        let found = found.quantity()?.clone();
        let (low, high) = (Quantity::parse(low).ok()?, Quantity::parse(high).ok()?);
        Some(low < found && found < high)
    };
    within("930ms", "970ms") == Some(true)
}

#[tokio::test]
async fn its_counters_and_both_kinds_of_its_histograms_are_read_however_it_sends_them() -> Result<()>
{
    let all: Vec<_> = (0..WAYS.len()).map(named).collect();
    let sources: Map<_, _> = all
        .iter()
        .map(|it| (it.source.clone(), source(&it.variable)))
        .collect();
    let tokens: Vec<_> = all
        .iter()
        .map(|it| (it.variable.as_str(), it.token.as_str()))
        .collect();
    let mesh = AllInOne::up(&of_sources(sources.into()), &tokens).await?;
    for (way, named) in WAYS.into_iter().zip(&all) {
        push(way, mesh.url(), &named.token)
            .await
            .with_context(|| format!("{way:?}"))?;
        let asked = json!({ "scope": scope(), "sources": [named.source] });
        let answer = mesh.collect(&asked).await?;
        let facts = answer["evidence"][0]["facts"].as_array();
        let fact = |name: &str, item: Option<&str>| {
            let is_it = |it: &&Value| it["name"] == name && it["item"].as_str() == item;
            let found = facts.into_iter().flatten().find(is_it);
            found.cloned().unwrap_or_default()
        };
        let latency = |item| fact("p95_latency", Some(item));
        let facts = [
            (fact("error_rate", None), "0.5%"),
            (fact("request_volume", None), "2000"),
        ];
        for (found, value) in facts {
            assert_eq!(found["status"], "passed", "{way:?}: {answer:#}");
            assert_eq!(found["value"], value, "{way:?}");
        }
        for found in [latency("explicit"), latency("exponential")] {
            assert_eq!(found["status"], "passed", "{way:?}: {answer:#}");
            assert!(is_near(&found["value"]), "{way:?}: {answer:#}");
        }
    }
    Ok(())
}
