//! A release that is decided on from real evidence, by the command as pipelines run it.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::process::Output;

use anyhow::{Context, Result, ensure};
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::configuration::{of_sources, prometheus};
use passport_integration_tests::exporter::{Exporter, Traffic};
use passport_integration_tests::http;
use passport_integration_tests::prometheus::RealPrometheus;
use serde_json::{Value, json};

const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";
struct World {
    exporter: Exporter,
    _prometheus: RealPrometheus,
    mesh: AllInOne,
    folder: tempfile::TempDir,
}

impl World {
    /// The same under healthy traffic.
    async fn start() -> Result<Self> {
        let world = Self::idle().await?;
        world.exporter.advance(&Traffic::healthy());
        world.exporter.stored().await?;
        Ok(world)
    }

    /// A service that nobody asks anything yet, its Prometheus, and a mesh that stops releases for it.
    async fn idle() -> Result<Self> {
        let exporter = Exporter::start("checkout-api", "production").await?;
        let prometheus = RealPrometheus::scraping(&[exporter.address()]).await?;
        exporter.stored().await?;
        let folder = tempfile::tempdir()?;
        let key = folder.path().join("signing-key.pem").display().to_string();
        openssl(&["genpkey", "-algorithm", "ed25519", "-out", &key]).await?;
        let source = self::prometheus(&prometheus.url(), "5m");
        let mut configuration = of_sources(json!({ "prom": source }));
        configuration["gateway"]["signing_key"] = json!({ "file": key });
        let of_workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
        of_workspace["policy"] = json!({
            "require": [{ "category": "metrics" }],
            "bind": ["revision"],
            "rules": [{
                "name": "answered",
                "that": "size(failures) == 0",
                "otherwise": "hold",
                "next": "see why a source does not answer",
            }],
        });
        of_workspace["mode"] = json!("enforce");
        Ok(Self {
            mesh: AllInOne::up(&configuration, &[]).await?,
            exporter,
            _prometheus: prometheus,
            folder,
        })
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    async fn gate(&self, further: &[&str]) -> Result<Output> {
        let scope = [
            "gate",
            "--gateway",
            self.mesh.url(),
            "--service",
            "checkout-api",
            "--environment",
            "production",
            "--workspace",
            "workspace-acme-prod",
        ];
        all_in_one::run([scope.as_slice(), further].concat()).await
    }
}

fn json_of(output: &Output) -> Result<Value> {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())
}

async fn verified(envelope: &str, keys: &str, further: &[&str]) -> Result<Output> {
    let verify = [
        "passports",
        "verify",
        envelope,
        "--keys",
        keys,
        "-o",
        "json",
    ];
    let of = ["--workspace", "workspace-acme-prod"];
    all_in_one::run([verify.as_slice(), &of, further].concat()).await
}

async fn openssl(arguments: &[&str]) -> Result<()> {
    let done = tokio::process::Command::new("openssl")
        .args(arguments)
        .output();
    let done = done.await?;
    ensure!(done.status.success(), "openssl failed");
    Ok(())
}

#[tokio::test]
async fn a_healthy_release_may_go_and_its_attestation_is_verified_without_a_gateway() -> Result<()>
{
    let world = World::start().await?;
    let (envelope, summary, junit) = (world.file("e"), world.file("s"), world.file("j"));
    let files = [
        "--attestation",
        &envelope,
        "--summary",
        &summary,
        "--junit",
        &junit,
    ];
    let asked = ["--revision", REVISION, "-o", "json"];
    let output = world.gate(&[asked.as_slice(), &files].concat()).await?;
    let passport = json_of(&output)?;
    assert_eq!(output.status.code(), Some(0), "{passport:#}");
    assert_eq!(passport["decision"], "allow");
    assert_eq!(passport["mode"], "enforce");
    assert_eq!(
        passport["requirements"].as_array().context("none")?.len(),
        3
    );
    assert!(std::fs::read_to_string(&summary)?.contains("allow"));
    assert!(std::fs::read_to_string(&junit)?.contains("<testsuite"));

    let keys = world.file("public.pem");
    let key = world.file("signing-key.pem");
    openssl(&["pkey", "-in", &key, "-pubout", "-out", &keys]).await?;
    let good = verified(&envelope, &keys, &["--revision", REVISION]).await?;
    assert_eq!(
        good.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&good.stdout)
    );
    assert_eq!(json_of(&good)?["passport"], passport);
    let other = "f".repeat(40);
    let of_another = verified(&envelope, &keys, &["--revision", &other]).await?;
    assert_eq!(of_another.status.code(), Some(1));
    assert_eq!(json_of(&of_another)?["code"], "other_subject");

    let id = passport["passportId"].as_str().context("no id")?;
    let shown = [
        "passports",
        "show",
        id,
        "--gateway",
        world.mesh.url(),
        "-o",
        "json",
    ];
    let of = ["--workspace", "workspace-acme-prod"];
    let shown = all_in_one::run([shown.as_slice(), &of].concat()).await?;
    assert_eq!(json_of(&shown)?, passport);
    Ok(())
}

#[tokio::test]
async fn a_failing_release_stops_the_pipeline_and_withdraws_its_approval() -> Result<()> {
    let world = World::start().await?;
    let asked = ["--revision", REVISION, "-o", "json"];
    let before = json_of(&world.gate(&asked).await?)?;
    assert_eq!(before["decision"], "allow");
    let failing = Traffic {
        errors: 2_000,
        ..Traffic::healthy()
    };
    world.exporter.advance(&failing);
    world.exporter.stored().await?;
    let after = passport_integration_tests::wait::until("the errors count", async || {
        let output = world.gate(&asked).await?;
        Ok((output.status.code() == Some(1)).then_some(output))
    });
    let after = json_of(&after.await?)?;
    assert_eq!(after["decision"], "block", "{after:#}");
    assert_eq!(after["requirements"][0]["fact"], "error_rate");
    let url = format!(
        "{}/v1/passports/{}?workspaceId=workspace-acme-prod",
        world.mesh.url(),
        before["passportId"].as_str().context("no id")?,
    );
    let told: Value = http::client()?.get(&url).send().await?.json().await?;
    assert_eq!(told["revokedAt"], after["decidedAt"]);
    Ok(())
}

#[tokio::test]
async fn without_what_the_policy_binds_a_release_is_held() -> Result<()> {
    let world = World::start().await?;
    let output = world.gate(&["-o", "json"]).await?;
    assert_eq!(output.status.code(), Some(1));
    let passport = json_of(&output)?;
    assert_eq!(passport["decision"], "hold");
    assert_eq!(passport["requirements"][0]["reason"], "NO_SUBJECT");
    let table = world.gate(&[]).await?;
    let said = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(said.contains("it stops the pipeline"), "{said}");
    Ok(())
}

/// Waits while the service is idle, and then is under this traffic.
async fn waited(traffic: &Traffic) -> Result<Output> {
    let world = World::idle().await?;
    let before = json_of(&world.gate(&["--revision", REVISION, "-o", "json"]).await?)?;
    assert_eq!(before["decision"], "hold", "{before:#}");
    let asked = ["--revision", REVISION, "-o", "json", "--wait", "100s"];
    let (output, stored) = tokio::join!(world.gate(&asked), async {
        passport_integration_tests::wait::until("somebody waits", async || {
            let url = format!("{}/metrics", world.mesh.url());
            let told = http::client()?.get(&url).send().await?.text().await?;
            let open =
                |line: &str| line.starts_with("passport_limits_watches") && line.ends_with(" 1");
            Ok(told.lines().any(open).then_some(()))
        })
        .await?;
        world.exporter.advance(traffic);
        world.exporter.stored().await
    });
    stored?;
    output
}

#[tokio::test]
async fn a_pipeline_that_waits_goes_on_as_soon_as_it_may() -> Result<()> {
    let output = waited(&Traffic::healthy()).await?;
    let passport = json_of(&output)?;
    assert_eq!(passport["decision"], "allow", "{passport:#}");
    assert_eq!(output.status.code(), Some(0));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("hold, waits for"), "{said}");
    Ok(())
}

#[tokio::test]
async fn a_pipeline_that_waits_stops_as_soon_as_it_has_to() -> Result<()> {
    let failing = Traffic {
        errors: 2_000,
        ..Traffic::healthy()
    };
    let output = waited(&failing).await?;
    let passport = json_of(&output)?;
    assert_eq!(passport["decision"], "block", "{passport:#}");
    assert_eq!(output.status.code(), Some(1));
    Ok(())
}
