//! What a service pushed before its collector was killed is judged with what it pushes after that.

use anyhow::Result;
use chrono::{DateTime, TimeDelta, Utc};
use passport_integration_tests::configuration::{File, of_sources, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::otlp;
use passport_integration_tests::program::Program;
use passport_proto::{
    collector::{CollectRequest, collector_service_client::CollectorServiceClient},
    evidence::{Evidence, Fact, FactStatus, Scope, outcome::Kind},
};
use serde_json::json;
use tonic::transport::Channel;

const TOKEN: &str = "token-of-the-service-that-pushes";

/// How long before now each batch was counted, with the requests and errors by then.
const BATCHES: [(i64, i64, i64); 5] = [
    (50, 200, 2),
    (40, 450, 2),
    (30, 700, 3),
    (20, 850, 3),
    (10, 1_000, 4),
];

#[tokio::test]
async fn growth_is_the_same_over_kills_on_sqlite() -> Result<()> {
    growth_is_the_same(Database::sqlite()?, Database::sqlite()?).await
}

#[tokio::test]
async fn growth_is_the_same_over_kills_on_postgresql() -> Result<()> {
    growth_is_the_same(Database::postgres().await?, Database::postgres().await?).await
}

async fn growth_is_the_same(one: Database, other: Database) -> Result<()> {
    let steady = Metrics::start(one).await?;
    let mut killed = Metrics::start(other).await?;
    let now = passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock);
    let mut last = Vec::new();
    for (number, batch) in BATCHES.into_iter().enumerate() {
        for metrics in [&steady, &killed] {
            metrics.push(number, batch, now).await?;
        }
        killed.kill_and_restart().await?;
        // Its sender did not hear that it was kept.
        killed.push(number, batch, now).await?;
        let (without, with) = (steady.judged().await?, killed.judged().await?);
        assert_eq!(without, with, "after batch {number}");
        last = with;
    }
    assert_eq!(
        words(&last),
        ["error_rate 0.4%", "request_volume 1000"],
        "all growth since the start counts, once: {last:#?}"
    );
    steady.remove().await?;
    killed.remove().await
}

/// A metrics collector with a source that is pushed to.
struct Metrics {
    file: File,
    database: Database,
    program: Program,
}

// === impl Metrics ===

impl Metrics {
    async fn start(database: Database) -> Result<Self> {
        let configuration = of_sources(json!({ "pushed": {
            "connector": "otlp",
            "credential": { "env": "OTLP_INGEST_TOKEN" },
            "scope": { "service_name": "checkout-api", "deployment_environment": "production" },
            "max_age": "1h",
            "queries": {
                "error_rate": {
                    "numerator": "http.server.errors", "denominator": "http.server.requests",
                    "unit": "ratio", "window": "1h", "min_volume": 100,
                },
                "request_volume": {
                    "increase": "http.server.requests",
                    "unit": "count", "window": "1h", "threshold": ">= 100",
                },
            },
        } }));
        let file = File::of(&with(configuration, "store", database.store()))?;
        let program = run(&file, &database).await?;
        Ok(Self {
            file,
            database,
            program,
        })
    }

    async fn kill_and_restart(&mut self) -> Result<()> {
        self.program.kill().await?;
        self.program = run(&self.file, &self.database).await?;
        Ok(())
    }

    /// Pushes a batch, every other one over HTTP.
    async fn push(
        &self,
        number: usize,
        (ago, requests, errors): (i64, i64, i64),
        now: DateTime<Utc>,
    ) -> Result<()> {
        let counters = [
            ("http.server.requests", requests),
            ("http.server.errors", errors),
        ];
        let before = |seconds| now - TimeDelta::seconds(seconds);
        let export = otlp::counted(before(60), before(ago), &counters);
        match number % 2 {
            0 => otlp::over_grpc(self.program.url(), TOKEN, &export).await,
            _ => otlp::over_http(self.program.url(), TOKEN, &export).await,
        }
    }

    async fn judged(&self) -> Result<Vec<Fact>> {
        let channel = Channel::from_shared(self.program.url().to_owned())?;
        let mut client = CollectorServiceClient::new(channel.connect().await?);
        let request = CollectRequest {
            scope: Some(Scope {
                workspace_id: "workspace-acme-prod".to_owned(),
                service: "checkout-api".to_owned(),
                environment: "production".to_owned(),
            }),
            ..CollectRequest::default()
        };
        let outcomes = client.collect(request).await?.into_inner().outcomes;
        let kinds = outcomes.into_iter().filter_map(|outcome| outcome.kind);
        let evidence: Vec<Evidence> = kinds
            .filter_map(|kind| match kind {
                Kind::Evidence(evidence) => Some(evidence),
                Kind::Failure(_) => None,
            })
            .collect();
        let [evidence] = <[Evidence; 1]>::try_from(evidence)
            .map_err(|all| anyhow::anyhow!("not one piece of evidence: {all:?}"))?;
        Ok(evidence.facts)
    }

    async fn remove(mut self) -> Result<()> {
        self.program.kill().await?;
        self.database.remove().await
    }
}

async fn run(file: &File, database: &Database) -> Result<Program> {
    let arguments = ["--listen", "127.0.0.1:0", "--config", file.name()];
    let environment = [database.environment(), vec![("OTLP_INGEST_TOKEN", TOKEN)]].concat();
    Program::start_in(file.folder(), "passport-metrics", arguments, &environment).await
}

/// Name and value of what passed.
fn words(facts: &[Fact]) -> Vec<String> {
    let passed = facts
        .iter()
        .filter(|fact| fact.status() == FactStatus::Passed);
    let words = passed.filter_map(|fact| {
        let value = fact.value.as_ref()?;
        Some(format!("{} {}", fact.name, value.text))
    });
    words.collect()
}
