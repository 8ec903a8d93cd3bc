//! A deployment of GitHub waits for the gate: its app asks by a signed webhook, and the collector that
//! holds the app's token answers, in both deployments.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use chrono::{SecondsFormat, TimeDelta};
use hmac::{Hmac, KeyInit as _, Mac as _};
use passport_evidence::Clock as _;
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::http;
use passport_integration_tests::services::{Services, with_collectors};
use passport_service_kit::clock::SystemClock;
use passport_testkit::provider::{Provider, Reply, Seen};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use tokio::time::{Instant, sleep};

const SECRETS: [(&str, &str); 2] = [
    ("HOOK_SECRET", "not-a-real-secret"),
    ("APP_TOKEN", "token-of-the-app"),
];
const REPOSITORY: &str = "acme/checkout-api";
const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
const SCOPE: &str = "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";

/// A deployment of either kind.
enum Mesh {
    One(Box<AllInOne>),
    Many(Box<Services>),
}

struct World {
    mesh: Mesh,
    github: Provider,
    _database: Database,
}

// === impl World ===

impl World {
    async fn start(is_one: bool) -> Result<Self> {
        let waits = |run: u64| format!("/repos/{REPOSITORY}{}", rule(run));
        let github = Provider::script()
            .on("POST", waits(42))
            .respond(Reply::bytes(204, ""))
            .on("POST", waits(43))
            .respond(Reply::bytes(204, ""));
        let github = github.start().await?;
        let database = Database::sqlite()?;
        let configuration = configuration(&github.base(), &database);
        let mesh = match is_one {
            true => Mesh::One(Box::new(AllInOne::up(&configuration, &SECRETS).await?)),
            false => {
                let configuration = with_collectors(&configuration)?;
                Mesh::Many(Box::new(Services::up(&configuration, &SECRETS).await?))
            }
        };
        Ok(Self {
            mesh,
            github,
            _database: database,
        })
    }

    /// Delivers as GitHub does: signed, and without a token.
    async fn deliver(&self, event: &str, body: &Value) -> Result<()> {
        let url = match &self.mesh {
            Mesh::One(one) => one.url(),
            Mesh::Many(many) => many.url(),
        };
        let body = body.to_string();
        let mac = Hmac::<Sha256>::new_from_slice(SECRETS[0].1.as_bytes())?.chain_update(&body);
        let signature = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        let request = http::client()?
            .post(format!("{url}/v1/evidence/ingest/build?{SCOPE}"))
            .header("content-type", "application/json")
            .header("x-github-event", event)
            .header("x-hub-signature-256", signature);
        let answer = request.body(body).send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        anyhow::ensure!(status == 202, "{status} {text}");
        Ok(())
    }

    /// What GitHub was told, once that is so many times.
    async fn told(&self, times: usize) -> Result<Vec<Seen>> {
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            let seen = self.github.requests();
            if seen.len() >= times {
                return Ok(seen);
            }
            sleep(Duration::from_millis(20)).await;
        }
        bail!("{:?}", self.github.requests())
    }

    /// The asker waits for evidence of the jobs.
    async fn asks(&self, run: u64) -> Result<()> {
        let callback = format!("{}/repos/{REPOSITORY}{}", self.github.base(), rule(run));
        let asked = json!({
            "action": "requested",
            "environment": "production",
            "deployment_callback_url": callback,
            "deployment": { "id": 7, "sha": REVISION, "environment": "production" },
            "repository": { "full_name": REPOSITORY },
        });
        self.deliver("deployment_protection_rule", &asked).await
    }

    /// The run itself waits for the rule; its job is done.
    async fn built(&self, run: u64, conclusion: &str) -> Result<()> {
        let done = SystemClock.now() - TimeDelta::minutes(1);
        let done = done.to_rfc3339_opts(SecondsFormat::Secs, true);
        let repository = json!({ "id": 31, "full_name": REPOSITORY });
        let run_told = json!({
            "action": "in_progress",
            "workflow_run": {
                "id": run, "run_attempt": 1, "path": ".github/workflows/release.yml",
                "workflow_id": 5501, "head_sha": REVISION, "head_branch": "main",
                "event": "push", "status": "in_progress", "conclusion": null,
                "updated_at": done, "check_suite_id": 77_001,
                "repository": repository, "head_repository": repository,
            },
            "repository": repository,
        });
        let job = json!({
            "action": "completed",
            "workflow_job": {
                "id": run * 10, "run_id": run, "run_attempt": 1, "head_sha": REVISION,
                "name": "build", "status": "completed", "conclusion": conclusion,
                "completed_at": done,
            },
            "repository": repository,
        });
        self.deliver("workflow_run", &run_told).await?;
        self.deliver("workflow_job", &job).await
    }
}

fn rule(run: u64) -> String {
    format!("/actions/runs/{run}/deployment_protection_rule")
}

fn configuration(github: &str, database: &Database) -> Value {
    let build = json!({
        "connector": "github-actions",
        "mode": "ingest",
        "endpoint": github,
        "scope": { "owner": "acme", "repo": "checkout-api", "workflow": "release.yml" },
        "required_jobs": ["build"],
        "signing_secrets": [{ "env": SECRETS[0].0 }],
        "answers": { "environment": "production", "credential": { "env": SECRETS[1].0 } },
    });
    let mut configuration = of_sources(json!({ "build": build }));
    let workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
    workspace["mode"] = json!("enforce");
    workspace["policy"] = json!({ "require": [{ "source": "build", "facts": ["required_jobs"] }] });
    let tokens = json!({ "tokens": [{
        "id": "reader",
        "sha256": hex::encode(Sha256::digest("reader")),
        "grants": [{
            "workspace": "workspace-acme-prod",
            "services": ["checkout-api"],
            "environments": ["production"],
            "verbs": ["read"],
        }],
    }] });
    let configuration = with(configuration, "gateway", tokens);
    with(configuration, "store", database.store())
}

/// The state and the reason that an answer gives.
fn answer(seen: &Seen) -> Result<(Value, String)> {
    assert_eq!(
        seen.header("authorization"),
        Some("Bearer token-of-the-app")
    );
    let body: Value = serde_json::from_slice(&seen.body)?;
    assert_eq!(body["environment_name"], "production", "{body}");
    let comment = body["comment"].as_str().context("no comment")?;
    Ok((body["state"].clone(), comment.to_owned()))
}

async fn github_is_told_what_is_decided(world: World) -> Result<()> {
    world.asks(42).await?;
    let (state, comment) = answer(&world.told(1).await?[0])?;
    assert_eq!(state, Value::Null, "{comment}");
    assert!(comment.starts_with("hold (enforce), wait: "), "{comment}");

    world.built(42, "success").await?;
    let (state, comment) = answer(&world.told(2).await?[1])?;
    assert_eq!(state, "approved", "{comment}");

    // A later run of the same commit, whose job failed.
    world.built(43, "failure").await?;
    world.asks(43).await?;
    let told = world.told(3).await?;
    let (state, comment) = answer(&told[2])?;
    assert_eq!(state, "rejected", "{comment}");
    let runs: Vec<_> = told.iter().map(|it| it.path.as_str()).collect();
    let of = |run| format!("/repos/{REPOSITORY}{}", rule(run));
    assert_eq!(runs, [of(42), of(42), of(43)]);
    Ok(())
}

#[tokio::test]
async fn in_one_process_github_is_told_what_is_decided() -> Result<()> {
    github_is_told_what_is_decided(World::start(true).await?).await
}

#[tokio::test]
async fn in_processes_of_their_own_github_is_told_what_is_decided() -> Result<()> {
    github_is_told_what_is_decided(World::start(false).await?).await
}
