//! What a running gateway decided, decided again under policies that are not in use yet.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::process::Output;

use anyhow::{Context as _, Result};
use passport_evidence::Clock as _;
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::configuration::{of_sources, prometheus};
use passport_integration_tests::moody::{Mood, Moody};
use passport_service_kit::clock::SystemClock;
use serde_json::{Value, json};

const WORKSPACE: [&str; 2] = ["--workspace", "workspace-acme-prod"];

/// A gateway whose policy asks for the error rate alone, which is good; the 95th percentile is not.
struct World {
    mesh: AllInOne,
    configuration: Value,
    folder: tempfile::TempDir,
    _provider: Moody,
}

impl World {
    async fn start() -> Result<Self> {
        let provider = Moody::start(Mood::Healthy, SystemClock.now().timestamp()).await?;
        let mut configuration = of_sources(json!({ "prom": prometheus(&provider.url(), "5m") }));
        let of_workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
        of_workspace["policy"] =
            json!({ "require": [{ "source": "prom", "facts": ["error_rate"] }] });
        Ok(Self {
            mesh: AllInOne::up(&configuration, &[]).await?,
            configuration,
            folder: tempfile::tempdir()?,
            _provider: provider,
        })
    }

    async fn run(&self, arguments: &[&str]) -> Result<Output> {
        let of = ["--gateway", self.mesh.url()];
        all_in_one::run([arguments, &of, &WORKSPACE].concat()).await
    }

    async fn decide(&self) -> Result<Value> {
        let scope = ["--service", "checkout-api", "--environment", "production"];
        let asked = ["gate", "--version", "1.2.3", "-o", "json"];
        json_of(&self.run(&[asked.as_slice(), &scope].concat()).await?)
    }

    /// Tries a configuration out.
    async fn what_if(&self, configuration: &Value, further: &[&str]) -> Result<Output> {
        let file = self.folder.path().join("tried.yaml");
        std::fs::write(&file, configuration.to_string())?;
        let file = file.display().to_string();
        let asked = ["gate", "what-if", &file];
        self.run(&[asked.as_slice(), further].concat()).await
    }

    /// The same with the mode and the policy of the environment.
    fn with(&self, mode: &str, policy: &Value) -> Value {
        let mut changed = self.configuration.clone();
        let of_workspace = &mut changed["workspaces"]["workspace-acme-prod"];
        let of_service = &mut of_workspace["services"]["checkout-api"];
        let of_environment = &mut of_service["environments"]["production"];
        of_environment["mode"] = json!(mode);
        of_environment["policy"] = policy.clone();
        changed
    }
}

fn json_of(output: &Output) -> Result<Value> {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())
}

#[tokio::test]
async fn a_tighter_policy_is_tried_on_what_was_decided_before_it_is_in_use() -> Result<()> {
    let world = World::start().await?;
    let mut decided = Vec::new();
    for _ in 0..3 {
        decided.push(world.decide().await?);
    }
    assert_eq!(decided[0]["decision"], "allow", "{:#}", decided[0]);

    let as_json = ["-o", "json", "--fail-on-change"];
    let same = world.what_if(&world.configuration, &as_json).await?;
    let found = json_of(&same)?;
    assert_eq!(same.status.code(), Some(0), "{found:#}");
    assert_eq!(
        found,
        json!({ "unchanged": 3, "changed": [], "notDecided": [], "stopped": 0, "wouldStop": 0 })
    );

    let latency = json!({ "require": [{ "source": "prom", "facts": ["p95_latency"] }] });
    let tighter = world.with("enforce", &latency);
    let changed = world
        .what_if(&tighter, &["-o", "json", "--last", "2"])
        .await?;
    assert_eq!(changed.status.code(), Some(0));
    let found = json_of(&changed)?;
    assert_eq!(
        (&found["unchanged"], &found["wouldStop"]),
        (&json!(0), &json!(2))
    );
    let changes = found["changed"].as_array().context("none")?;
    assert_eq!(changes.len(), 2, "the two newest: {found:#}");
    assert_eq!(changes[0]["passportId"], decided[2]["passportId"]);
    assert_eq!(changes[0]["was"]["decision"], "allow");
    assert_eq!(changes[0]["wouldBe"]["decision"], "block");
    assert_eq!(changes[0]["wouldBe"]["requirement"], "p95_latency of prom");
    let stops = world.what_if(&tighter, &as_json).await?;
    assert_eq!(stops.status.code(), Some(1));

    let table = world.what_if(&tighter, &[]).await?;
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    for words in [
        "p95_latency of prom",
        "of 3 decisions 3 would differ, 0 would not",
        "pipelines stopped: 0; in the modes of the file: 3",
    ] {
        assert!(table.contains(words), "no {words} in {table}");
    }
    let elsewhere = ["--service", "other", "--environment", "production"];
    let none = world.what_if(&tighter, &elsewhere).await?;
    assert_eq!(String::from_utf8_lossy(&none.stdout), "no passports\n");
    // Nothing was recorded by trying.
    let listed = json_of(&world.run(&["passports", "list", "-o", "json"]).await?)?;
    assert_eq!(listed["passports"].as_array().context("none")?.len(), 3);
    Ok(())
}

#[tokio::test]
async fn what_can_not_be_decided_again_is_told_and_counts_as_no_known_stay() -> Result<()> {
    let world = World::start().await?;
    let passport = world.decide().await?;
    let mut other = world.configuration.clone();
    let services = &mut other["workspaces"]["workspace-acme-prod"]["services"];
    services["another"] = services["checkout-api"].take();
    if let Some(services) = services.as_object_mut() {
        services.remove("checkout-api");
    }
    let output = world.what_if(&other, &["-o", "json"]).await?;
    let found = json_of(&output)?;
    assert_eq!(output.status.code(), Some(0), "{found:#}");
    assert_eq!(found["notDecided"][0]["passportId"], passport["passportId"]);
    let why = found["notDecided"][0]["reason"].as_str().context("none")?;
    assert!(
        why.contains("no policy for workspace-acme-prod/checkout-api/production"),
        "{why}"
    );
    let fails = world.what_if(&other, &["--fail-on-change"]).await?;
    assert_eq!(fails.status.code(), Some(1));

    let mut bad = world.configuration.clone();
    bad["workspaces"]["workspace-acme-prod"]["policy"]["requires"] = json!([]);
    let refused = world.what_if(&bad, &[]).await?;
    assert_eq!(refused.status.code(), Some(2));
    let said = String::from_utf8_lossy(&refused.stdout).into_owned();
    assert!(said.contains("requires"), "{said}");
    Ok(())
}
