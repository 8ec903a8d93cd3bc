//! A failing release that persons let go for a time, by the command as they and their pipeline run it.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use passport_evidence::Clock as _;
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, prometheus, with};
use passport_integration_tests::moody::{Mood, Moody};
use passport_integration_tests::program::built;
use passport_service_kit::clock::SystemClock;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::process::Command;

const WORKSPACE: [&str; 2] = ["--workspace", "workspace-acme-prod"];

const RELEASE: [&str; 6] = [
    "--service",
    "checkout-api",
    "--environment",
    "production",
    "--revision",
    "0123456789abcdef0123456789abcdef01234567",
];

/// A pipeline, two persons, and a service whose 95th percentile is too high.
struct World {
    mesh: AllInOne,
    folder: tempfile::TempDir,
    _provider: Moody,
}

fn token(id: &str, person: Option<&str>, verbs: &[&str]) -> Value {
    let mut token = json!({
        "id": id,
        "sha256": hex::encode(Sha256::digest(id)),
        "grants": [{
            "workspace": "workspace-acme-prod",
            "services": ["checkout-api"],
            "environments": ["production"],
            "verbs": verbs,
        }],
    });
    if let Some(subject) = person {
        token["person"] = json!({ "issuer": "https://idp.example.com", "subject": subject });
    }
    token
}

impl World {
    async fn start() -> Result<Self> {
        let provider = Moody::start(Mood::Healthy, SystemClock.now().timestamp()).await?;
        let source = prometheus(&provider.url(), "5m");
        let mut configuration = of_sources(json!({ "prom": source }));
        let of_workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
        of_workspace["mode"] = json!("enforce");
        of_workspace["policy"] = json!({
            "require": [{ "category": "metrics" }],
            "approvals": 1,
        });
        let waivable = json!({
            "of": [{ "source": "prom", "fact": "p95_latency" }],
            "longest": "4h",
            "second_actor": true,
        });
        of_workspace["services"]["checkout-api"]["environments"]["production"]["policy"] =
            json!({ "waivers": waivable });
        let persons = ["read", "waive", "approve"];
        let gateway = json!({ "tokens": [
            token("pipeline", None, &["evaluate", "read"]),
            token("ada", Some("7f3a"), &persons),
            token("adas-phone", Some("7f3a"), &persons),
            token("bob", Some("81c0"), &persons),
        ] });
        let configuration = with(configuration, "gateway", gateway);
        Ok(Self {
            mesh: AllInOne::up(&configuration, &[]).await?,
            folder: tempfile::tempdir()?,
            _provider: provider,
        })
    }

    /// Runs the command as somebody.
    async fn run(&self, who: &str, parts: &[&[&str]]) -> Result<Output> {
        let mut command = Command::new(built("passport")?);
        command
            .args(parts.concat())
            .args(["--gateway", self.mesh.url()])
            .args(WORKSPACE)
            .env("PASSPORT_TOKEN", who)
            .stdin(Stdio::null());
        Ok(command.output().await?)
    }

    async fn json(&self, who: &str, parts: &[&[&str]]) -> Result<Value> {
        let output = self.run(who, &[parts, &[&["-o", "json"]]].concat()).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), "{said}");
        serde_json::from_slice(&output.stdout).context(said)
    }

    /// What is decided, and how the pipeline's step ends.
    async fn gate(&self, further: &[&str]) -> Result<(Option<i32>, Value)> {
        let parts: [&[&str]; 3] = [&["gate", "-o", "json"], &RELEASE, further];
        let output = self.run("pipeline", &parts).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let passport = serde_json::from_slice(&output.stdout).context(said)?;
        Ok((output.status.code(), passport))
    }
}

const WAIVE: [&str; 9] = [
    "waive",
    "--source",
    "prom",
    "--fact",
    "p95_latency",
    "--reason",
    "the cache warms up",
    "--for",
    "1h",
];

#[tokio::test]
async fn a_failing_release_goes_while_two_persons_waive_its_failure_and_one_approves() -> Result<()>
{
    let world = World::start().await?;
    let (exit, passport) = world.gate(&[]).await?;
    assert_eq!(
        (exit, &passport["decision"]),
        (Some(1), &json!("block")),
        "{passport:#}"
    );
    assert_eq!(passport["requirements"][0]["fact"], "p95_latency");

    let refused = world.run("pipeline", &[&WAIVE, &RELEASE]).await?;
    assert_eq!(refused.status.code(), Some(3));
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(said.contains("only a person may waive"), "{said}");

    let waiver = world.json("ada", &[&WAIVE, &RELEASE]).await?;
    let id = waiver["waiverId"].as_str().context("no id")?;
    let (_, passport) = world.gate(&[]).await?;
    assert_eq!(passport["decision"], "block", "nobody has confirmed");
    let confirm: [&str; 3] = ["waivers", "confirm", id];
    let same = world.run("adas-phone", &[&confirm]).await?;
    let said = String::from_utf8_lossy(&same.stderr).into_owned();
    assert!(
        !same.status.success() && said.contains("the same person"),
        "{said}"
    );
    let confirmed = world.json("bob", &[&confirm]).await?;
    assert_eq!(confirmed["secondActor"]["subject"], "81c0");

    let (exit, passport) = world.gate(&[]).await?;
    let waits = (Some(1), &json!("require_approval"));
    assert_eq!((exit, &passport["decision"]), waits, "{passport:#}");
    let approve = ["approve", "--reason", "looked at it", "--for", "1h"];
    let approval = world.json("ada", &[&approve, &RELEASE]).await?;

    let file = |name: &str| world.folder.path().join(name).display().to_string();
    let (summary, junit) = (file("summary.md"), file("gate.xml"));
    let files = ["--summary", &summary, "--junit", &junit];
    let (exit, passport) = world.gate(&files).await?;
    assert_eq!(
        (exit, &passport["decision"]),
        (Some(0), &json!("allow")),
        "{passport:#}"
    );
    assert_eq!(passport["waivers"], json!([confirmed]));
    assert_eq!(passport["approvals"], json!([approval]));
    let facts = passport["evidence"][0]["facts"]
        .as_array()
        .context("none")?;
    let waived = facts.iter().find(|it| it["name"] == "p95_latency");
    assert_eq!(waived.context("gone")?["status"], "failed");
    let states = passport["requirements"].as_array().context("none")?;
    assert!(
        states
            .iter()
            .any(|it| it["state"] == "waived" && it["waiverId"] == id)
    );
    let shown = std::fs::read_to_string(&summary)?;
    for words in ["waived: allow", "the cache warms up", "### Approvals"] {
        assert!(shown.contains(words), "no {words} in {shown}");
    }
    let shown = std::fs::read_to_string(&junit)?;
    assert!(
        shown.contains("<skipped") && shown.contains("the cache warms up"),
        "{shown}"
    );
    let table = world.run("pipeline", &[&["gate"], &RELEASE]).await?;
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    for words in ["waived by 7f3a and 81c0", "approved by 7f3a: looked at it"] {
        assert!(table.contains(words), "no {words} in {table}");
    }

    let listed = world.json("pipeline", &[&["waivers", "list"]]).await?;
    assert_eq!(listed, json!({ "waivers": [confirmed] }));
    let revoke = ["waivers", "revoke", id, "--reason", "it warmed up"];
    world.json("bob", &[&revoke]).await?;
    let (exit, after) = world.gate(&[]).await?;
    assert_eq!((exit, &after["decision"]), (Some(1), &json!("block")));
    assert_eq!(after["waivers"], json!([]));
    let before = passport["passportId"].as_str().context("no id")?;
    let withdrawn = world
        .json("pipeline", &[&["passports", "show", before]])
        .await?;
    assert_eq!(withdrawn["revokedAt"], after["decidedAt"]);
    let ended = world.run("pipeline", &[&["waivers", "list"]]).await?;
    assert!(String::from_utf8_lossy(&ended.stdout).contains("no waivers"));
    let all = world
        .run("pipeline", &[&["waivers", "list", "--all"]])
        .await?;
    assert!(String::from_utf8_lossy(&all.stdout).contains("revoked"));
    Ok(())
}
