//! One release as four providers tell of it: GitHub built it, Argo CD runs it, SonarQube analysed it and
//! Trivy scanned it. It goes where all of them speak of the same artifact, and nowhere else.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::collections::BTreeMap;
use std::fs;
use std::process::Output;

use anyhow::{Context as _, Result, ensure};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::configuration::{SCOPE_ARGUMENTS, of_sources};
use passport_integration_tests::today::of_today;
use passport_testkit::case::Case;
use passport_testkit::provider::{Provider, Script};
use serde_json::{Value, json};
use tempfile::TempDir;

const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
/// What GitHub built, Trivy scanned and Argo CD runs.
const DIGEST: &str = "sha256:cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
/// What GitHub attests in its case.
const ATTESTED: &str = "sha256:c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1c1";
const ANOTHER: &str = "sha256:abababababababababababababababababababababababababababababababab";
/// Providers that are asked: the source, and the case that they play.
const ASKED: [(&str, &str); 3] = [
    (
        "build",
        "cicd/src/connectors/github_actions/cases/attestation-of-this-build",
    ),
    (
        "deployed",
        "cicd/src/connectors/argo_cd/cases/image-of-the-subject",
    ),
    ("analysis", "quality/src/connectors/sonarqube/cases/gate-ok"),
];
const SCANNED: &str = "quality/src/connectors/trivy/cases/clean-v2";

struct World {
    mesh: AllInOne,
    providers: BTreeMap<&'static str, Provider>,
    folder: TempDir,
}

// === impl World ===

impl World {
    /// A mesh that has heard of all four, of which one may tell something else.
    async fn told(change: impl Fn(&str, String) -> String) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut providers = BTreeMap::new();
        let mut sources = serde_json::Map::new();
        for (source, case) in ASKED {
            let told = match source {
                "build" => attesting(&of_today(case)?)?,
                _ => of_today(case)?,
            };
            let file = folder.path().join(format!("{source}.case.json"));
            fs::write(&file, change(source, told))?;
            let case = Case::load(&file)?;
            let script = Script::of(&case.exchanges, None, &case.rules)
                .start()
                .await?;
            let mut settings = case.source.clone();
            let endpoint = settings["endpoint"].as_str().context("no endpoint")?;
            settings["endpoint"] = endpoint.replace("{{BASE}}", &script.base()).into();
            sources.insert(source.to_owned(), settings);
            providers.insert(source, script);
        }
        let scanned: Value = serde_json::from_str(&change("scan", of_today(SCANNED)?))?;
        sources.insert("scan".to_owned(), scanned["source"].clone());
        let configuration = configuration(sources.into());
        let mesh = AllInOne::up(&configuration, &[("CASE_TOKEN", "a-token-of-this-test")]).await?;
        let world = Self {
            mesh,
            providers,
            folder,
        };
        world.upload(&scanned["deliveries"][0]).await?;
        Ok(world)
    }

    async fn upload(&self, delivery: &Value) -> Result<()> {
        let report = self.folder.path().join("report.json");
        fs::write(&report, delivery["bodyText"].as_str().context("no report")?)?;
        let report = report.display().to_string();
        let mut command = vec!["ingest", "--source", "scan", &report];
        command.extend(SCOPE_ARGUMENTS);
        let output = self.run(&command).await?;
        ensure!(output.status.success(), "{}", text(&output.stderr));
        Ok(())
    }

    async fn run(&self, command: &[&str]) -> Result<Output> {
        let with_gateway = ["--gateway", self.mesh.url()];
        all_in_one::run(command.iter().copied().chain(with_gateway)).await
    }

    /// The status of each fact of a source, the worst of a name.
    async fn collected(&self) -> Result<Value> {
        let mut command = vec!["collect", "-o", "json", "--revision", REVISION];
        command.extend(["--digest", DIGEST]);
        command.extend(SCOPE_ARGUMENTS);
        let output = self.run(&command).await?;
        serde_json::from_slice(&output.stdout).with_context(|| text(&output.stderr))
    }

    /// How the pipeline's step ends, and on which record.
    async fn gate(&self, revision: &str) -> Result<(Option<i32>, Value)> {
        let mut command = vec!["gate", "-o", "json", "--revision", revision];
        command.extend(["--digest", DIGEST]);
        command.extend(SCOPE_ARGUMENTS);
        let output = self.run(&command).await?;
        let passport = serde_json::from_slice(&output.stdout);
        let passport = passport.with_context(|| text(&output.stderr))?;
        Ok((output.status.code(), passport))
    }
}

fn configuration(sources: Value) -> Value {
    let mut configuration = of_sources(sources);
    let workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
    workspace["mode"] = json!("enforce");
    let built = ["workflow_run_status", "required_jobs", "source_sha"];
    let runs = ["sync_status", "app_health", "deployed_revision"];
    let scanned = ["vulnerabilities", "scan_coverage", "artifact_digest"];
    workspace["policy"] = json!({
        "bind": ["revision", "artifact_digest"],
        "require": [
            { "source": "build", "facts": built },
            // Nobody verified its signature, so that it never passes. It fails where it names another commit.
            { "source": "build", "facts": ["build_attestation"], "not_applicable": "allow" },
            { "source": "deployed", "facts": runs },
            { "source": "analysis", "facts": ["quality_gate", "analysis_revision"] },
            { "source": "scan", "facts": scanned },
        ],
    });
    let chain = json!([
        { "source": "scan", "fact": "artifact_digest" },
        { "source": "deployed", "fact": "image_digest" },
    ]);
    workspace["services"]["checkout-api"]["environments"]["production"]["policy"] =
        json!({ "one_artifact": chain });
    configuration
}

/// GitHub's case, in which it attests the digest that is released.
fn attesting(case: &str) -> Result<String> {
    changed(&case.replace(ATTESTED, DIGEST), |case| {
        restated(case, ATTESTED, DIGEST)
    })
}

/// The case with something else in the Statement that GitHub keeps.
fn restated(case: &mut Value, from: &str, to: &str) -> Result<()> {
    let bundle = "/attestations/0/bundle/dsseEnvelope/payload";
    let mut payloads = answers(case, "/attestations/", bundle);
    let payload = payloads.first_mut().context("nothing is attested")?;
    let statement = BASE64_STANDARD.decode(payload.as_str().context("no payload")?)?;
    let digits = |it: &str| it.trim_start_matches("sha256:").to_owned();
    let statement = text(&statement).replace(&digits(from), &digits(to));
    **payload = BASE64_STANDARD.encode(statement).into();
    Ok(())
}

/// A case in which something is otherwise.
fn changed(case: &str, change: impl Fn(&mut Value) -> Result<()>) -> Result<String> {
    let mut case: Value = serde_json::from_str(case)?;
    change(&mut case)?;
    Ok(case.to_string())
}

/// A part of each answer to what is asked of a path that has this in it.
fn answers<'a>(case: &'a mut Value, path: &str, pointer: &str) -> Vec<&'a mut Value> {
    let all = case["exchanges"].as_array_mut().into_iter().flatten();
    let asked = all.filter(|it| {
        let asked = it["request"]["path"].as_str();
        asked.is_some_and(|it| it.contains(path))
    });
    let parts = asked.filter_map(|it| it["response"]["body"].pointer_mut(pointer));
    parts.collect()
}

/// Answers something else there.
fn set(case: &mut Value, path: &str, pointer: &str, value: Value) -> Result<()> {
    let parts = answers(case, path, pointer);
    ensure!(!parts.is_empty(), "{path} has no {pointer}");
    for part in parts {
        *part = value.clone();
    }
    Ok(())
}

/// The report of a scan with one more vulnerability in its first result.
fn with_a_critical(case: &mut Value) -> Result<()> {
    let body = &mut case["deliveries"][0]["bodyText"];
    let mut report: Value = serde_json::from_str(body.as_str().context("no report")?)?;
    report["Results"][0]["Vulnerabilities"] = json!([{
        "VulnerabilityID": "CVE-2026-9000", "PkgName": "zlib", "InstalledVersion": "1.2.3",
        "Status": "affected", "Severity": "CRITICAL",
    }]);
    *body = report.to_string().into();
    Ok(())
}

/// What one of the four says against a release: which one, how, and what comes of it, with the reason.
type Break = (
    &'static str,
    fn(&mut Value) -> Result<()>,
    &'static str,
    &'static str,
);

const BREAKS: [Break; 5] = [
    (
        "build",
        |case| restated(case, REVISION, &"0".repeat(40)),
        "block",
        "OTHER_SUBJECT",
    ),
    (
        "build",
        |case| set(case, "/attestations/", "/attestations", json!([])),
        "hold",
        "NO_DATA",
    ),
    (
        "build",
        |case| {
            let failed = json!("failure");
            set(case, "/runs", "/workflow_runs/0/conclusion", failed)
        },
        "block",
        "BAD_STATE",
    ),
    (
        "analysis",
        |case| {
            let condition = "/projectStatus/conditions/0/status";
            set(case, "project_status", condition, json!("ERROR"))?;
            set(
                case,
                "project_status",
                "/projectStatus/status",
                json!("ERROR"),
            )
        },
        "block",
        "BAD_STATE",
    ),
    ("scan", with_a_critical, "block", "THRESHOLD_MISSED"),
];

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What stands first against a release: its state and its explanation.
fn first(passport: &Value) -> String {
    let first = &passport["requirements"][0];
    let part = |key: &str| first[key].as_str().unwrap_or_default().to_owned();
    format!("{}: {}", part("requirement"), part("explanation"))
}

#[tokio::test]
async fn a_release_goes_where_all_four_speak_of_the_same_artifact() -> Result<()> {
    let world = World::told(|_, case| case).await?;
    let collected = world.collected().await?;
    assert_eq!(
        collected["evidence"].as_array().map(Vec::len),
        Some(4),
        "{collected:#}"
    );
    let (code, passport) = world.gate(REVISION).await?;
    assert_eq!(passport["decision"], "allow", "{passport:#}");
    assert_eq!(code, Some(0));
    // Nothing of the credential is in any of it, and every provider was asked with it.
    assert!(!passport.to_string().contains("a-token-of-this-test"));
    for (source, provider) in &world.providers {
        let seen = provider.requests();
        assert!(!seen.is_empty(), "{source} was not asked");
        let token = |it: &passport_testkit::provider::Seen| {
            let shown = it.header("authorization").unwrap_or_default();
            shown.contains("a-token-of-this-test")
        };
        assert!(seen.iter().all(token), "{source}");
    }
    Ok(())
}

#[tokio::test]
async fn the_chain_breaks_where_something_else_runs_or_was_scanned() -> Result<()> {
    for elsewhere in ["deployed", "scan"] {
        let of_another = |source: &str, case: String| match source == elsewhere {
            // Beside it runs the proxy of a mesh, of which only a tag is known: it might be anything.
            true => case.replace(DIGEST, ANOTHER).replace(
                "mesh/proxy:1.30.0",
                &format!("mesh/proxy@sha256:{}", "0".repeat(64)),
            ),
            false => case,
        };
        let world = World::told(of_another).await?;
        let (code, passport) = world.gate(REVISION).await?;
        assert_eq!(code, Some(1), "{elsewhere}");
        assert_ne!(passport["decision"], "allow", "{elsewhere}");
        let against = passport["requirements"].to_string();
        assert!(
            against.contains("OTHER_SUBJECT"),
            "{elsewhere}: {passport:#}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_one_of_the_four_says_against_it_stops_a_release_with_its_reason() -> Result<()> {
    for (at, (said_by, change, decision, reason)) in BREAKS.into_iter().enumerate() {
        let told = |source: &str, case: String| match source == said_by {
            true => changed(&case, change).unwrap_or_default(),
            false => case,
        };
        let world = World::told(told).await?;
        let (code, passport) = world.gate(REVISION).await?;
        assert_eq!(code, Some(1), "{at}: {passport:#}");
        assert_eq!(passport["decision"], decision, "{at}: {passport:#}");
        let against = passport["requirements"].to_string();
        assert!(against.contains(reason), "{at}: {passport:#}");
    }
    Ok(())
}

#[tokio::test]
async fn another_commit_passes_nothing_of_what_was_built_analysed_or_deployed() -> Result<()> {
    let world = World::told(|_, case| case).await?;
    let (code, passport) = world.gate(&"0".repeat(40)).await?;
    assert_eq!(code, Some(1), "{passport:#}");
    let evidence = passport["evidence"].as_array().context("no evidence")?;
    let of_commit = [
        "workflow_run_status",
        "required_jobs",
        "quality_gate",
        "deployed_revision",
    ];
    let facts = evidence
        .iter()
        .filter_map(|it| it["facts"].as_array())
        .flatten();
    for fact in facts {
        let name = fact["name"].as_str().unwrap_or_default();
        let is_of_it = of_commit.contains(&name);
        assert!(!is_of_it || fact["status"] != "passed", "{fact}");
    }
    Ok(())
}

#[tokio::test]
async fn a_provider_that_is_away_holds_the_release_and_costs_the_others_nothing() -> Result<()> {
    let world = World::told(|_, case| case).await?;
    world.providers["analysis"].down().await;
    let (code, passport) = world.gate(REVISION).await?;
    assert_eq!(
        (code, &passport["decision"]),
        (Some(1), &json!("hold")),
        "{}",
        first(&passport)
    );
    assert_eq!(
        passport["failures"][0]["source"], "analysis",
        "{passport:#}"
    );
    assert_eq!(passport["evidence"].as_array().map(Vec::len), Some(3));
    Ok(())
}
