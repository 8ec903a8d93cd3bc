//! Metrics that OpenTelemetry's own SDK for JavaScript pushes, in every encoding and temporality, read from its
//! counters and from its exponential histogram.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::path::Path;

use anyhow::{Context, Result, ensure};
use passport_evidence::{Quantity, Value as Found};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, scope};
use passport_integration_tests::wait::PATIENCE;
use passport_integration_tests::workspace;
use serde_json::{Map, Value, json};
use tokio::process::Command;
use tokio::time::timeout;

const CLIENT: &str = "integration-tests/clients/javascript/client.cjs";
const MODULES: &str = "integration-tests/clients/javascript/node_modules";
const PROTOCOLS: [&str; 3] = ["grpc", "http/protobuf", "http/json"];
const TEMPORALITIES: [&str; 2] = ["delta", "cumulative"];

/// A way in which the SDK sends, with a source and a token of its own.
struct Way {
    protocol: &'static str,
    temporality: &'static str,
    source: String,
    variable: String,
    token: String,
}

fn ways() -> Vec<Way> {
    let each = PROTOCOLS.iter().flat_map(|protocol| {
        let of = move |temporality: &&'static str| (*protocol, *temporality);
        TEMPORALITIES.iter().map(of)
    });
    let way = |(number, (protocol, temporality)): (usize, (&'static str, &'static str))| Way {
        protocol,
        temporality,
        source: format!("js-{number}"),
        variable: format!("TOKEN_OF_JS_{number}"),
        token: format!("token-of-the-sender-{number}"),
    };
    each.enumerate().map(way).collect()
}

fn source(way: &Way) -> Value {
    json!({
        "connector": "otlp",
        "credential": { "env": way.variable },
        "scope": { "service_name": "checkout-api", "deployment_environment": "production" },
        "queries": {
            "error_rate": {
                "numerator": "http.server.errors", "denominator": "http.server.requests",
                "unit": "ratio", "min_volume": 2_000,
            },
            "request_volume": {
                "increase": "http.server.requests", "unit": "count", "threshold": "= 2000",
            },
            "p95_latency": {
                "histogram": "http.server.request.duration", "quantile": 0.95,
                "unit": "seconds", "threshold": "< 1s", "min_volume": 2_000,
            },
        },
    })
}

async fn push(way: &Way, url: &str) -> Result<()> {
    let folder = workspace::root();
    let modules = folder.join(MODULES);
    ensure!(
        Path::new(&modules).is_dir(),
        "the SDK is not there: integration-tests/test.sh installs it"
    );
    let mut command = Command::new("node");
    command
        .arg(folder.join(CLIENT))
        .args([way.protocol, url, &way.token, way.temporality])
        .env("NODE_PATH", modules)
        .kill_on_drop(true);
    let output = timeout(PATIENCE, command.output()).await?;
    let output =
        output.context("there is no `node` to run: integration-tests/test.sh installs it")?;
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
async fn its_counters_and_its_exponential_histogram_are_read_however_it_sends_them() -> Result<()> {
    let ways = ways();
    let sources: Map<_, _> = ways
        .iter()
        .map(|it| (it.source.clone(), source(it)))
        .collect();
    let tokens: Vec<_> = ways
        .iter()
        .map(|it| (it.variable.as_str(), it.token.as_str()))
        .collect();
    let mesh = AllInOne::up(&of_sources(sources.into()), &tokens).await?;
    for way in &ways {
        let name = format!("{} {}", way.protocol, way.temporality);
        push(way, mesh.url()).await.context(name.clone())?;
        let asked = json!({ "scope": scope(), "sources": [way.source] });
        let answer = mesh.collect(&asked).await?;
        let facts = answer["evidence"][0]["facts"].as_array();
        let fact = |wanted: &str| {
            let found = facts.into_iter().flatten().find(|it| it["name"] == wanted);
            found.cloned().unwrap_or_default()
        };
        for wanted in ["error_rate", "request_volume", "p95_latency"] {
            assert_eq!(fact(wanted)["status"], "passed", "{name}: {answer:#}");
        }
        assert_eq!(fact("error_rate")["value"], "0.5%", "{name}");
        assert_eq!(fact("request_volume")["value"], "2000", "{name}");
        assert!(is_near(&fact("p95_latency")["value"]), "{name}: {answer:#}");
    }
    Ok(())
}
