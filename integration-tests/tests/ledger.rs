//! A ledger that is taken out of a running gateway and checked without it, by the command as auditors
//! run it.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::fs;
use std::path::Path;
use std::process::Output;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use passport_evidence::{Clock as _, Scope};
use passport_integration_tests::all_in_one;
use passport_integration_tests::configuration::{File, of_sources, prometheus};
use passport_integration_tests::http;
use passport_integration_tests::moody::{Mood, Moody};
use passport_integration_tests::program::Program;
use passport_integration_tests::wait;
use passport_service_kit::clock::SystemClock;
use passport_store::{EntryKind, Ledger, Location, NewEntry, Seal, Sealer};
use serde_json::{Value, json};
use tokio::process::Command;
use uuid::Uuid;

const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

const WORKSPACE: [&str; 2] = ["--workspace", "workspace-acme-prod"];

/// A gateway that signs, and the folder of whoever audits it.
struct World {
    program: Program,
    file: File,
    configuration: Value,
    folder: tempfile::TempDir,
    _provider: Moody,
}

async fn openssl(arguments: &[&str]) -> Result<()> {
    let done = Command::new("openssl").args(arguments).output().await?;
    ensure!(done.status.success(), "openssl failed");
    Ok(())
}

impl World {
    async fn start() -> Result<Self> {
        Self::over(tempfile::tempdir()?, |_| ()).await
    }

    /// The same with further words of its configuration.
    async fn over(folder: tempfile::TempDir, more: impl FnOnce(&mut Value)) -> Result<Self> {
        let provider = Moody::start(Mood::Healthy, SystemClock.now().timestamp()).await?;
        let key = folder.path().join("signing-key.pem").display().to_string();
        openssl(&["genpkey", "-algorithm", "ed25519", "-out", &key]).await?;
        let mut configuration = of_sources(json!({ "prom": prometheus(&provider.url(), "5m") }));
        configuration["gateway"]["signing_key"] = json!({ "file": key });
        let of_workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
        of_workspace["mode"] = json!("enforce");
        of_workspace["policy"] =
            json!({ "require": [{ "source": "prom", "facts": ["error_rate"] }] });
        more(&mut configuration);
        let file = File::of(&configuration)?;
        let up = ["up", "--listen", "127.0.0.1:0", "--config", file.name()];
        let world = Self {
            program: Program::start_in(file.folder(), "passport", up, &[]).await?,
            file,
            configuration,
            folder,
            _provider: provider,
        };
        let (key, keys) = (world.file("signing-key.pem"), world.file("trusted.pem"));
        openssl(&["pkey", "-in", &key, "-pubout", "-out", &keys]).await?;
        Ok(world)
    }

    fn file(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    fn written(&self, name: &str, text: &str) -> Result<String> {
        fs::write(self.file(name), text)?;
        Ok(self.file(name))
    }

    /// Runs a command that asks the gateway.
    async fn run(&self, arguments: &[&str]) -> Result<Output> {
        let of = ["--gateway", self.program.url()];
        all_in_one::run([arguments, &of, &WORKSPACE].concat()).await
    }

    async fn decide(&self, further: &[&str]) -> Result<Value> {
        let scope = ["--service", "checkout-api", "--environment", "production"];
        let asked = ["gate", "--revision", REVISION, "-o", "json"];
        let arguments = [asked.as_slice(), &scope, further].concat();
        json_of(&self.run(&arguments).await?)
    }

    async fn head(&self) -> Result<Value> {
        json_of(&self.run(&["ledger", "head", "-o", "json"]).await?)
    }

    /// Takes the ledger out, and gives its lines.
    async fn exported(&self) -> Result<Vec<String>> {
        let to = self.file("ledger.jsonl");
        let output = self.run(&["ledger", "export", "--to", &to]).await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        ensure!(output.status.success(), said);
        Ok(fs::read_to_string(to)?.lines().map(str::to_owned).collect())
    }

    /// What is said of an attestation.
    async fn attested_by(&self, envelope: &str, further: &[&str]) -> Result<Output> {
        let keys = self.file("trusted.pem");
        let verify = ["passports", "verify", envelope, "--keys", &keys];
        let of = ["--revision", REVISION, "-o", "json"];
        let arguments = [verify.as_slice(), &of, &WORKSPACE, further].concat();
        all_in_one::run(arguments).await
    }

    async fn attested(&self, envelope: &str, further: &[&str]) -> Result<(Option<i32>, Value)> {
        let output = self.attested_by(envelope, further).await?;
        Ok((output.status.code(), json_of(&output)?))
    }

    /// Changes the policy of the workspace.
    fn require(&self, policy: &Value) -> Result<()> {
        let mut changed = self.configuration.clone();
        changed["workspaces"]["workspace-acme-prod"]["policy"] = policy.clone();
        let whole = self.file.folder().join("whole");
        fs::write(&whole, changed.to_string())?;
        Ok(fs::rename(
            whole,
            self.file.folder().join(self.file.name()),
        )?)
    }

    /// What is found of these lines, and how the command ends.
    async fn verified(&self, lines: &[String], further: &[&str]) -> Result<(Option<i32>, Value)> {
        let file = self.written("to-verify.jsonl", &(lines.join("\n") + "\n"))?;
        let keys = self.file("trusted.pem");
        let verify = ["ledger", "verify", &file, "--keys", &keys, "-o", "json"];
        let output = all_in_one::run([verify.as_slice(), &WORKSPACE, further].concat()).await?;
        Ok((output.status.code(), json_of(&output)?))
    }
}

fn json_of(output: &Output) -> Result<Value> {
    let said = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).with_context(|| said.into_owned())
}

#[tokio::test]
async fn a_ledger_is_taken_out_and_verified_without_its_gateway() -> Result<()> {
    let world = World::start().await?;
    let none = world.run(&["ledger", "head"]).await?;
    assert_eq!(none.status.code(), Some(3), "nothing was recorded yet");
    let (exit, found) = world.verified(&world.exported().await?, &[]).await?;
    assert_eq!((exit, &found["entries"]), (Some(0), &json!(0)), "{found:#}");

    world.decide(&[]).await?;
    let early = world.head().await?;
    for _ in 0..3 {
        world.decide(&[]).await?;
    }
    let late = world.head().await?;
    let early = world.written("early.json", &early.to_string())?;
    let late_file = world.written("late.json", &late.to_string())?;
    let lines = world.exported().await?;
    assert_eq!(lines.len(), 5);
    for checkpoint in [&early, &late_file] {
        let (exit, found) = world
            .verified(&lines, &["--checkpoint", checkpoint])
            .await?;
        assert_eq!((exit, &found["verified"]), (Some(0), &json!(true)));
        assert_eq!((&found["entries"], &found["head"]), (&json!(4), &late));
        assert_eq!(found["notChecked"], Value::Null);
    }
    let (_, found) = world.verified(&lines, &[]).await?;
    assert_eq!(found["notChecked"].as_array().context("none")?.len(), 1);

    // Rows removed at the end: with the head left, and with a shorter ledger's head put back.
    let without = [&lines[..2], &lines[4..]].concat();
    let (exit, found) = world.verified(&without, &[]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("HEAD_DIFFERS")));
    assert_eq!(found["missing"], json!({ "from": 3, "to": 4 }));
    let head: Value = serde_json::from_str(&fs::read_to_string(&early)?)?;
    let shorter = [lines[0].clone(), json!({ "head": head }).to_string()];
    assert_eq!(world.verified(&shorter, &[]).await?.0, Some(0));
    let (exit, found) = world
        .verified(&shorter, &["--checkpoint", &late_file])
        .await?;
    assert_eq!(
        (exit, &found["code"]),
        (Some(1), &json!("CHECKPOINT_NOT_ON_CHAIN"))
    );
    assert_eq!(found["missing"], json!({ "from": 2, "to": 4 }));

    // A row that was changed, and one that is gone.
    let mut changed = lines.clone();
    changed[2] = changed[2].replace("checkout-api", "checkout-apj");
    let (exit, found) = world.verified(&changed, &[]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("HASH_DIFFERS")));
    assert_eq!(found["firstBreak"], json!({ "sequence": 3, "line": 3 }));
    let mut gone = lines.clone();
    gone.remove(1);
    let (exit, found) = world.verified(&gone, &[]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("GAP")));
    assert_eq!(found["firstBreak"], json!({ "sequence": 2, "line": 2 }));
    Ok(())
}

#[tokio::test]
async fn a_ledger_that_somebody_else_sealed_or_that_is_another_s_is_not_verified() -> Result<()> {
    let world = World::start().await?;
    world.decide(&[]).await?;
    let lines = world.exported().await?;
    let (key, stranger) = (world.file("other.pem"), world.file("other.pub"));
    openssl(&["genpkey", "-algorithm", "ed25519", "-out", &key]).await?;
    openssl(&["pkey", "-in", &key, "-pubout", "-out", &stranger]).await?;
    let file = world.written("to-verify.jsonl", &(lines.join("\n") + "\n"))?;
    let verify = ["ledger", "verify", &file, "-o", "json", "--keys"];
    let of_stranger = [verify.as_slice(), &[&stranger], &WORKSPACE].concat();
    let found = all_in_one::run(of_stranger).await?;
    assert_eq!(found.status.code(), Some(1));
    assert_eq!(json_of(&found)?["code"], "SEAL_INVALID");
    let keys = world.file("trusted.pem");
    let other = [&keys, "--workspace", "workspace-globex"];
    let found = all_in_one::run([verify.as_slice(), &other].concat()).await?;
    assert_eq!(found.status.code(), Some(1));
    assert_eq!(json_of(&found)?["code"], "OTHER_WORKSPACE");

    // A key that was in other hands when the head was sealed.
    let public = fs::read_to_string(&keys)?;
    let revoked =
        json!({ "keys": [{ "publicKey": public, "revokedFrom": "2020-01-01T00:00:00Z" }] });
    let revoked = world.written("revoked.json", &revoked.to_string())?;
    let found = all_in_one::run([verify.as_slice(), &[&revoked], &WORKSPACE].concat()).await?;
    assert_eq!(json_of(&found)?["code"], "SEAL_INVALID");

    let table = world.run(&["ledger", "head"]).await?;
    let table = String::from_utf8_lossy(&table.stdout).into_owned();
    assert!(
        table.contains("sha256:") && table.contains("workspace-acme-prod"),
        "{table}"
    );
    Ok(())
}

#[tokio::test]
async fn an_attestation_is_held_against_the_policy_file_and_the_ledger() -> Result<()> {
    let world = World::start().await?;
    world.exported().await?;
    std::fs::rename(world.file("ledger.jsonl"), world.file("before.jsonl"))?;
    let envelope = world.file("passport.dsse.json");
    world.decide(&["--attestation", &envelope]).await?;
    world.decide(&[]).await?;
    let lines = world.exported().await?;
    let ledger = world.file("ledger.jsonl");
    let policy = world.written("policy.yaml", &world.configuration.to_string())?;

    let both = ["--policy-file", &policy, "--ledger", &ledger];
    let (exit, found) = world.attested(&envelope, &both).await?;
    assert_eq!(
        (exit, &found["verified"]),
        (Some(0), &json!(true)),
        "{found:#}"
    );
    assert_eq!(
        found["ledger"],
        json!({ "sequence": 1, "checkedThrough": 2 })
    );
    let told = found["message"].as_str().context("none")?;
    assert!(told.contains("not withdrawn up to entry 2"), "{told}");

    let mut other = world.configuration.clone();
    other["workspaces"]["workspace-acme-prod"]["policy"]["approvals"] = json!(1);
    let other = world.written("other.yaml", &other.to_string())?;
    let (exit, found) = world
        .attested(&envelope, &["--policy-file", &other])
        .await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("other_policy")));

    let before = world.file("before.jsonl");
    let (exit, found) = world.attested(&envelope, &["--ledger", &before]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("not_in_ledger")));
    let broken = world.written("broken.jsonl", &lines[..2].join("\n"))?;
    let (exit, found) = world.attested(&envelope, &["--ledger", &broken]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("ledger_broken")));
    let nowhere = world.file("nowhere");
    let unread = world
        .attested_by(&envelope, &["--ledger", &nowhere])
        .await?;
    assert_eq!(unread.status.code(), Some(3));
    let no_policy = world.written("bad.yaml", "workspaces: []")?;
    let arguments = ["--policy-file", no_policy.as_str()];
    let wrong = world.attested_by(&envelope, &arguments).await?;
    assert_eq!(wrong.status.code(), Some(2));
    Ok(())
}

#[tokio::test]
async fn what_was_withdrawn_is_known_from_the_ledger() -> Result<()> {
    let world = World::start().await?;
    let envelope = world.file("passport.dsse.json");
    world.decide(&["--attestation", &envelope]).await?;
    let latency = json!({ "require": [{ "source": "prom", "facts": ["p95_latency"] }] });
    world.require(&latency)?;
    let after = wait::until("the policy is taken", async || {
        let after = world.decide(&[]).await?;
        Ok((after["decision"] == "block").then_some(after))
    });
    let after = after.await?;
    world.exported().await?;
    let ledger = world.file("ledger.jsonl");
    assert_eq!(
        world.attested(&envelope, &[]).await?.0,
        Some(0),
        "offline it is not known"
    );
    let (exit, found) = world.attested(&envelope, &["--ledger", &ledger]).await?;
    assert_eq!((exit, &found["code"]), (Some(1), &json!("withdrawn")));
    let record = ["--ledger", &ledger, "--record"];
    let (exit, found) = world.attested(&envelope, &record).await?;
    let at = after["decidedAt"].as_str().context("none")?;
    assert_eq!(
        (exit, &found["message"]),
        (Some(0), &json!(format!("it was withdrawn at {at}")))
    );
    Ok(())
}

/// Seals nothing, as a gateway without a key.
struct Nobody;

impl Sealer for Nobody {
    fn seal(&self, _: &[u8]) -> Seal {
        Seal {
            key_id: String::new(),
            signature: Vec::new(),
        }
    }
}

/// A ledger whose entries are so many days old.
async fn recorded_before(folder: &Path, days: &[i64]) -> Result<()> {
    let ledger = Ledger::open(&Location::in_folder(folder, "gateway"), Arc::new(Nobody)).await?;
    for age in days {
        let new = NewEntry {
            id: Uuid::now_v7(),
            kind: EntryKind::Passport,
            scope: Scope {
                workspace: "workspace-acme-prod".parse()?,
                service: "checkout-api".parse()?,
                environment: "production".parse()?,
            },
            about: None,
            subject: None,
            at: SystemClock.now() - TimeDelta::days(*age),
            body: b"{}".to_vec().into(),
        };
        ledger.append(new).await?;
    }
    Ok(ledger.close().await?)
}

#[tokio::test]
async fn what_is_older_than_records_are_kept_is_cut_off_and_the_rest_is_whole() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let store = folder.path().join("store");
    recorded_before(&store, &[90, 31, 29, 1]).await?;
    let world = World::over(folder, |configuration| {
        configuration["store"] = json!({ "folder": store });
        configuration["gateway"]["keep_records"] = json!("30d");
    });
    let world = world.await?;
    let lines = wait::until("the ledger is cut", async || {
        let lines = world.exported().await?;
        let oldest: Value = serde_json::from_str(&lines[0])?;
        Ok((oldest["sequence"] == 3).then_some(lines))
    });
    let (exit, found) = world.verified(&lines.await?, &[]).await?;
    assert_eq!(
        (exit, &found["verified"]),
        (Some(0), &json!(true)),
        "{found:#}"
    );
    assert_eq!(
        (&found["oldest"], &found["entries"]),
        (&json!(3), &json!(3))
    );
    world.decide(&[]).await?;
    let (exit, found) = world.verified(&world.exported().await?, &[]).await?;
    assert_eq!((exit, &found["entries"]), (Some(0), &json!(4)));
    let metrics = http::client()?.get(format!("{}/metrics", world.program.url()));
    let metrics = metrics.send().await?.text().await?;
    let counted = metrics
        .lines()
        .find(|it| it.starts_with("passport_gateway_ledger_entries_cut"));
    assert!(counted.is_some_and(|it| it.ends_with(" 2")), "{counted:?}");
    Ok(())
}
