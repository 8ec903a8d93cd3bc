//! Metrics that OpenTelemetry's own SDKs push, over every protocol that they speak and in both temporalities, read
//! from their counters and their histograms.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

mod javascript;
mod python;

use anyhow::{Context, Result, ensure};
use passport_evidence::{Quantity, Value as Found};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, scope};
use passport_integration_tests::wait::PATIENCE;
use serde_json::{Map, Value, json};
use tokio::process::Command;
use tokio::time::timeout;

const TEMPORALITIES: [&str; 2] = ["delta", "cumulative"];

/// An SDK: what sends with it, and what it sends.
struct Sdk {
    name: &'static str,
    protocols: &'static [&'static str],
    /// The program that sends, without its arguments.
    program: fn() -> Result<Command>,
    /// The histograms, each by the id of the query that reads it.
    histograms: &'static [(&'static str, &'static str)],
}

/// A way in which it sends, with a source and a token of its own.
struct Way {
    protocol: &'static str,
    temporality: &'static str,
    source: String,
    variable: String,
    token: String,
}

// === impl Sdk ===

impl Sdk {
    fn ways(&self) -> Vec<Way> {
        let each = self.protocols.iter().flat_map(|protocol| {
            let of = move |temporality: &&'static str| (*protocol, *temporality);
            TEMPORALITIES.iter().map(of)
        });
        let name = self.name;
        let way = |(number, (protocol, temporality)): (usize, (&'static str, &'static str))| Way {
            protocol,
            temporality,
            source: format!("{name}-{number}"),
            variable: format!("TOKEN_OF_{}_{number}", name.to_uppercase()),
            token: format!("token-of-the-{name}-sender-{number}"),
        };
        each.enumerate().map(way).collect()
    }

    fn queries(&self) -> Value {
        let mut queries = json!({
            "error_rate": {
                "numerator": "http.server.errors", "denominator": "http.server.requests",
                "unit": "ratio", "min_volume": 2_000,
            },
            "request_volume": {
                "increase": "http.server.requests", "unit": "count", "threshold": "= 2000",
            },
        });
        for (id, histogram) in self.histograms {
            queries[id] = json!({
                "fact": "p95_latency", "histogram": histogram, "quantile": 0.95,
                "unit": "seconds", "threshold": "< 1s", "min_volume": 2_000,
            });
        }
        queries
    }

    fn source(&self, way: &Way) -> Value {
        json!({
            "connector": "otlp",
            "credential": { "env": way.variable },
            "scope": { "service_name": "checkout-api", "deployment_environment": "production" },
            "queries": self.queries(),
        })
    }

    async fn push(&self, way: &Way, url: &str) -> Result<()> {
        let mut command = (self.program)()?;
        command
            .args([way.protocol, url, &way.token, way.temporality])
            .kill_on_drop(true);
        let output = timeout(PATIENCE, command.output()).await?;
        let output = output.context("there is no such program: test.sh installs it")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success() && said.is_empty(), "{said}");
        Ok(())
    }

    /// What it sends is read, whichever way it sends it.
    async fn is_read(&self) -> Result<()> {
        let ways = self.ways();
        let sources = ways.iter().map(|it| (it.source.clone(), self.source(it)));
        let sources: Map<_, _> = sources.collect();
        let tokens = ways
            .iter()
            .map(|it| (it.variable.as_str(), it.token.as_str()));
        let tokens: Vec<_> = tokens.collect();
        let mesh = AllInOne::up(&of_sources(sources.into()), &tokens).await?;
        for way in &ways {
            let name = format!("{} {}", way.protocol, way.temporality);
            self.push(way, mesh.url()).await.context(name.clone())?;
            let asked = json!({ "scope": scope(), "sources": [way.source] });
            let answer = mesh.collect(&asked).await?;
            self.all_is_there(&answer)
                .with_context(|| format!("{name}: {answer:#}"))?;
        }
        Ok(())
    }

    fn all_is_there(&self, answer: &Value) -> Result<()> {
        let facts = answer["evidence"][0]["facts"].as_array();
        let facts: Vec<_> = facts.into_iter().flatten().collect();
        let of = |name: &str| {
            let is_it = |it: &&&Value| it["name"] == name && it["status"] == "passed";
            let passed = facts.iter().filter(is_it);
            passed.map(|it| it["value"].clone()).collect::<Vec<_>>()
        };
        ensure!(of("error_rate") == ["0.5%"] && of("request_volume") == ["2000"]);
        let latencies = of("p95_latency");
        ensure!(latencies.len() == self.histograms.len());
        ensure!(latencies.iter().all(is_near));
        Ok(())
    }
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
