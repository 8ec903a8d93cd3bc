//! What two persons state beside what a provider says: it is shown as their word in every form, and stands in for
//! nothing that a provider has to tell.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::process::{Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::Clock as _;
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::configuration::{File, SCOPE_ARGUMENTS, of_sources, with};
use passport_integration_tests::program::built;
use passport_integration_tests::today;
use passport_service_kit::clock::SystemClock;
use passport_testkit::case::{Addresses, Case};
use passport_testkit::provider::{Provider, Script};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;
use tokio::process::Command;

const DIGEST: &str = "sha256:5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed5eed";
const ISSUER: &str = "https://idp.example.com";
const WORD: &str = "which is somebody's word";

/// More sessions crash than may.
const FAILING: &str = "incidents/src/connectors/sentry/cases/crash-free-too-low";

const RELEASE: [&str; 4] = ["--version", "2.14.0", "--digest", DIGEST];

/// A mesh with a failing provider and a source of statements, and a release that two persons spoke about.
struct World {
    mesh: AllInOne,
    folder: TempDir,
    _sentry: Provider,
}

// === impl World ===

impl World {
    /// Under a policy that wants this.
    async fn with(require: Value) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let file = folder.path().join("sentry.case.json");
        std::fs::write(&file, today::asked_at_any_time(FAILING)?.to_string())?;
        let case = Case::load(&file)?;
        let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &case.rules);
        let sentry = script.at(SystemClock.now()).start().await?;
        let addresses = Addresses {
            base: Some(sentry.base()),
            smtp: None,
        };
        let statements = json!({
            "connector": "manual-evidence", "facts": ["crash_free_sessions", "pen_test"],
        });
        let sources = json!({
            "sentry": addresses.fill_json(&case.source), "statements": statements,
        });
        let mut configuration = of_sources(sources);
        let workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
        workspace["mode"] = json!("enforce");
        workspace["services"]["checkout-api"]["environments"]["production"]["policy"] =
            json!({ "require": require });
        let tokens = [
            token("pipeline", None, &["collect", "evaluate", "read"]),
            token("ada", Some("ada.lopez"), &["ingest"]),
            token("bob", Some("bob.stone"), &["ingest", "approve"]),
        ];
        let configuration = with(configuration, "gateway", json!({ "tokens": tokens }));
        let environment: Vec<_> = case.env.iter().map(|(name, it)| (&**name, &**it)).collect();
        let world = Self {
            mesh: AllInOne::up(&configuration, &environment).await?,
            folder,
            _sentry: sentry,
        };
        world.stated("waiver", "crash_free_sessions").await?;
        world.stated("attestation", "pen_test").await?;
        Ok(world)
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    /// One person states it, and another delivers the same to confirm it.
    async fn stated(&self, kind: &str, fact: &str) -> Result<()> {
        let now = SystemClock.now();
        let record = json!({
            "kind": kind, "fact": fact,
            "reason": "Release health is off in one cluster while its metrics are moved.",
            "scope": {
                "workspaceId": "workspace-acme-prod", "service": "checkout-api",
                "environment": "production", "releaseDigest": DIGEST,
            },
            "createdAt": time(now - TimeDelta::minutes(5)),
            "expiresAt": time(now + TimeDelta::hours(1)),
            "approvedBy": format!("{ISSUER}|bob.stone"),
            "evidenceDigest": format!("sha256:{}", "cd".repeat(32)),
        });
        let file = self.file(&format!("{kind}.json"));
        std::fs::write(&file, record.to_string())?;
        for person in ["ada", "bob"] {
            let parts: [&[&str]; 3] = [
                &["ingest", "--source", "statements"],
                &SCOPE_ARGUMENTS,
                &[&file],
            ];
            let output = self.run(person, &parts).await?;
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            ensure!(output.status.success(), "{person}: {said}");
        }
        Ok(())
    }

    /// Runs the command as somebody.
    async fn run(&self, who: &str, parts: &[&[&str]]) -> Result<Output> {
        let mut command = Command::new(built("passport")?);
        command
            .args(parts.concat())
            .args(["--gateway", self.mesh.url()])
            .env("PASSPORT_TOKEN", who)
            .stdin(Stdio::null());
        Ok(command.output().await?)
    }

    /// What a command prints for the pipeline about the release.
    async fn printed(&self, command: &[&str]) -> Result<String> {
        let output = self
            .run("pipeline", &[command, &SCOPE_ARGUMENTS, &RELEASE])
            .await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        String::from_utf8(output.stdout).context(said)
    }

    async fn gate(&self) -> Result<(Option<i32>, Value)> {
        let parts: [&[&str]; 3] = [&["gate", "-o", "json"], &SCOPE_ARGUMENTS, &RELEASE];
        let output = self.run("pipeline", &parts).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let passport = serde_json::from_slice(&output.stdout).context(said)?;
        Ok((output.status.code(), passport))
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
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
        token["person"] = json!({ "issuer": ISSUER, "subject": subject });
    }
    token
}

/// What two persons agree on about a fact changes nothing of the fact itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_says_no_is_not_outvoted_by_two_persons() -> Result<()> {
    let world =
        World::with(json!([{ "source": "sentry", "facts": ["crash_free_sessions"] }])).await?;
    let (exit, passport) = world.gate().await?;
    let stopped = (Some(1), &json!("block"));
    assert_eq!((exit, &passport["decision"]), stopped, "{passport:#}");
    assert_eq!(passport["requirements"][0]["state"], "violated");
    let evidence = passport["evidence"].as_array().context("no evidence")?;
    let of = |source: &str| evidence.iter().find(|it| it["source"] == source);
    let statements = of("statements").context("no statements")?;
    assert_eq!(statements["provenance"]["origin"], "declared");
    assert_ne!(
        of("sentry").context("no sentry")?["provenance"]["origin"],
        "declared"
    );
    let facts = statements["facts"].as_array().context("no facts")?;
    let status = |name: &str| {
        facts
            .iter()
            .find(|it| it["name"] == name)
            .map(|it| &it["status"])
    };
    // Both are confirmed, and neither is a passed `crash_free_sessions`.
    assert_eq!(
        status("manual_attestation"),
        Some(&json!("passed")),
        "{statements:#}"
    );
    assert_eq!(
        status("manual_waiver"),
        Some(&json!("warning")),
        "{statements:#}"
    );
    assert_eq!(status("crash_free_sessions"), None);
    let text = passport.to_string();
    for detail in ["ada.lopez", "bob.stone", "metrics are moved"] {
        assert!(!text.contains(detail), "{detail} in {text}");
    }
    // Everyone who looks at the evidence sees which of it is somebody's word.
    for form in ["table", "markdown"] {
        let shown = world.printed(&["collect", "-o", form]).await?;
        let row = |name: &str| {
            shown
                .lines()
                .find(|it| it.contains(name))
                .unwrap_or_default()
        };
        for name in ["manual_attestation", "manual_waiver"] {
            assert!(row(name).contains("declared"), "{shown}");
        }
        assert!(!row("new_issue_count").contains("declared"), "{shown}");
    }
    let shown = world.printed(&["gate", "-o", "markdown"]).await?;
    let row = shown
        .lines()
        .find(|it| it.contains("manual\\_attestation") || it.contains("manual_attestation"));
    assert!(row.context("no row")?.ends_with("| declared |"), "{shown}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_word_of_two_persons_counts_only_where_the_policy_names_it() -> Result<()> {
    let wanted = json!({ "source": "statements", "facts": ["manual_attestation"] });
    let world = World::with(json!([wanted])).await?;
    let (exit, passport) = world.gate().await?;
    let held = (Some(1), &json!("hold"));
    assert_eq!((exit, &passport["decision"]), held, "{passport:#}");
    let explained = passport["requirements"][0]["explanation"].to_string();
    assert!(
        explained.contains(WORD) && explained.contains("does not take it"),
        "{explained}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_it_counts_every_form_says_whose_word_it_is() -> Result<()> {
    let wanted = json!({
        "source": "statements", "facts": ["manual_attestation"], "accept_declared": true,
    });
    let world = World::with(json!([wanted])).await?;
    let (exit, passport) = world.gate().await?;
    let goes = (Some(0), &json!("allow"));
    assert_eq!((exit, &passport["decision"]), goes, "{passport:#}");
    let explained = passport["requirements"][0]["explanation"].to_string();
    assert!(explained.contains(WORD), "{explained}");
    let (junit, summary) = (world.file("gate.xml"), world.file("gate.md"));
    let table = world
        .printed(&["gate", "--junit", &junit, "--summary", &summary])
        .await?;
    let id = passport["passportId"].as_str().context("no id")?;
    let workspace = &SCOPE_ARGUMENTS[..2];
    let later = world
        .run("pipeline", &[&["passports", "show", id], workspace])
        .await?;
    let later = String::from_utf8_lossy(&later.stdout).into_owned();
    for (form, shown) in [
        ("table", table),
        ("the passport, later", later),
        ("markdown", std::fs::read_to_string(&summary)?),
        (
            "junit",
            std::fs::read_to_string(&junit)?.replace("&apos;", "'"),
        ),
    ] {
        assert!(shown.contains(WORD), "{form}: {shown}");
    }
    Ok(())
}

/// The key that their ids are made with lies beside the database, for its owner alone, and no id can be computed
/// without it.
#[tokio::test(flavor = "multi_thread")]
async fn the_process_makes_itself_a_key_for_persons() -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let world =
        World::with(json!([{ "source": "sentry", "facts": ["crash_free_sessions"] }])).await?;
    let key = world.mesh.folder().join("passport-data/persons.key");
    let mode = std::fs::metadata(&key)?.permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert_eq!(std::fs::read_to_string(&key)?.trim().len(), 64);
    Ok(())
}

/// Several processes, or all that use one database, have to be given the same key.
#[tokio::test]
async fn where_no_process_makes_the_key_a_configuration_without_one_is_refused() -> Result<()> {
    let statements = json!({ "connector": "manual-evidence", "facts": ["pen_test"] });
    let whole = of_sources(json!({ "statements": statements }));
    let manual = json!({ "manual": { "address": "http://127.0.0.1:7000" } });
    let mesh = with(whole.clone(), "collectors", manual);
    let database = json!({ "postgres": { "env": "DATABASE_URL" } });
    let shared = with(whole.clone(), "store", database);
    let key = json!({ "key": { "env": "PERSONS_KEY" } });
    let keyed = |configuration: &Value| with(configuration.clone(), "persons", key.clone());
    for (what, configuration, is_good) in [
        ("all in one", whole, true),
        ("a mesh with a key", keyed(&mesh), true),
        ("a mesh", mesh, false),
        ("a database with a key", keyed(&shared), true),
        ("a database", shared, false),
    ] {
        let file = File::of(&configuration)?;
        let path = file.folder().join(file.name()).display().to_string();
        let output = all_in_one::run(["config", "check", &path]).await?;
        let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        assert_eq!(output.status.success(), is_good, "{what}: {said}");
        let is_helped = said.contains("actor_key") && said.contains("persons: { key");
        assert_eq!(is_helped, !is_good, "{what}: {said}");
    }
    Ok(())
}
