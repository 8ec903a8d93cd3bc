//! Webhooks that GitHub signs come to the gateway without a token: a good one becomes evidence, and
//! of any other nothing stays.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use anyhow::{Context as _, Result};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use passport_evidence::SourceId;
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, scope, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::http;
use passport_integration_tests::services::{Services, with_collectors};
use passport_store::{Deliveries, Limits};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

const TOKEN: &str = "pp_token_of_who_collects";
const SECRET: (&str, &str) = ("HOOK_SECRET", "not-a-real-secret");
const REPOSITORY: &str = "acme/checkout-api";
const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";

/// A deployment of either kind.
enum Mesh {
    One(Box<AllInOne>),
    Many(Box<Services>),
}

/// A deployment with one source that only takes webhooks, and where it keeps them.
struct World {
    mesh: Mesh,
    database: Database,
}

/// What a sender is told, less what is of one answer only.
#[derive(Debug, PartialEq, Eq)]
struct Told {
    status: u16,
    body: Value,
}

// === impl World ===

impl World {
    async fn in_one_process() -> Result<Self> {
        let database = Database::sqlite()?;
        let configuration = configuration(&database);
        let one = AllInOne::up(&configuration, &[SECRET]).await?;
        let mesh = Mesh::One(Box::new(one));
        Ok(Self { mesh, database })
    }

    async fn in_processes_of_their_own() -> Result<Self> {
        let database = Database::sqlite()?;
        let configuration = with_collectors(&configuration(&database))?;
        let mesh = Mesh::Many(Box::new(Services::up(&configuration, &[SECRET]).await?));
        Ok(Self { mesh, database })
    }

    fn url(&self) -> &str {
        match &self.mesh {
            Mesh::One(one) => one.url(),
            Mesh::Many(many) => many.url(),
        }
    }

    /// Delivers as GitHub does: it shows no token.
    async fn deliver(&self, source: &str, signature: Option<String>, body: &str) -> Result<Told> {
        let scope = "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";
        let url = format!("{}/v1/evidence/ingest/{source}?{scope}", self.url());
        let mut request = http::client()?
            .post(url)
            .header("content-type", "application/json")
            .header("x-github-event", "workflow_run")
            .header("x-github-delivery", "6d1f0c1a-0000-4000-8000-000000000001");
        if let Some(signature) = signature {
            request = request.header("x-hub-signature-256", signature);
        }
        let answer = request.body(body.to_owned()).send().await?;
        let status = answer.status().as_u16();
        let text = answer.text().await?;
        let mut body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        if let Some(error) = body.pointer_mut("/error").and_then(Value::as_object_mut) {
            error.remove("requestId");
        }
        if let Some(body) = body.as_object_mut() {
            body.remove("requestId");
            body.remove("instance");
        }
        Ok(Told { status, body })
    }

    /// The status of each fact of the source for the commit, with what it shows.
    async fn evidence(&self) -> Result<Value> {
        let request = json!({ "scope": scope(), "subject": { "revision": REVISION } });
        let request = http::client()?
            .post(format!("{}/v1/evidence/collect", self.url()))
            .bearer_auth(TOKEN)
            .json(&request);
        let answer: Value = request.send().await?.json().await?;
        let evidence = answer["evidence"].as_array().context("no evidence")?;
        assert_eq!(evidence.len(), 1, "{answer:#}");
        Ok(evidence[0].clone())
    }

    /// How many deliveries were ever taken, and what is kept of them.
    async fn kept(&self) -> Result<(u64, Vec<String>)> {
        let store = Deliveries::open(&self.database.of("cicd")?, Limits::default()).await?;
        let source = SourceId {
            scope: serde_json::from_value(scope())?,
            name: "build".parse()?,
        };
        let held = store.held(&source, now()).await?;
        let bodies = held.records.iter();
        let bodies = bodies.map(|it| String::from_utf8_lossy(&it.body).into_owned());
        Ok((store.taken(&source).await?, bodies.collect()))
    }
}

fn configuration(database: &Database) -> Value {
    let build = json!({
        "connector": "github-actions",
        "mode": "ingest",
        "scope": { "owner": "acme", "repo": "checkout-api", "workflow": "release.yml" },
        "signing_secrets": [{ "env": SECRET.0 }],
    });
    let tokens = json!({ "tokens": [{
        "id": "who-collects",
        "sha256": hex::encode(Sha256::digest(TOKEN)),
        "grants": [{
            "workspace": "workspace-acme-prod",
            "services": ["checkout-api"],
            "environments": ["production"],
            "verbs": ["collect", "read"],
        }],
    }] });
    let configuration = with(of_sources(json!({ "build": build })), "gateway", tokens);
    with(configuration, "store", database.store())
}

fn now() -> DateTime<Utc> {
    passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock)
}

/// A run of the workflow for the commit, which ended a minute ago.
fn run(id: u64, repository: &str, conclusion: &str) -> String {
    let ended = now() - TimeDelta::minutes(1);
    let repository = json!({ "id": 31, "full_name": repository });
    let payload = json!({
        "action": "completed",
        "workflow_run": {
            "id": id,
            "run_attempt": 1,
            "path": ".github/workflows/release.yml",
            "workflow_id": 5501,
            "head_sha": REVISION,
            "head_branch": "main",
            "event": "push",
            "status": "completed",
            "conclusion": conclusion,
            "updated_at": ended.to_rfc3339_opts(SecondsFormat::Secs, true),
            "check_suite_id": 77001,
            "repository": repository,
            "head_repository": repository,
        },
        "repository": repository,
    });
    payload.to_string()
}

fn signed(secret: &str, body: &str) -> Result<Option<String>> {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?.chain_update(body);
    let digits = hex::encode(mac.finalize().into_bytes());
    Ok(Some(format!("sha256={digits}")))
}

fn status_of(evidence: &Value, name: &str) -> Value {
    let facts = evidence["facts"].as_array();
    let found = facts.and_then(|all| all.iter().find(|it| it["name"] == name));
    found.map_or(Value::Null, |it| it["status"].clone())
}

async fn a_good_one_only_becomes_evidence(world: World) -> Result<()> {
    let (good, foreign) = (
        run(9_001_001, REPOSITORY, "success"),
        run(9_001_002, "acme/other-api", "success"),
    );
    let by_us = |body: &str| signed(SECRET.1, body);
    let unknown = world.deliver("no-such", by_us(&good)?, &good).await?;
    assert_eq!(unknown.status, 401, "{unknown:?}");
    let refused = [
        ("forged", signed("another-secret", &good)?, &good),
        ("changed after it was signed", by_us(&foreign)?, &good),
        ("not signed", None, &good),
        ("of another repository", by_us(&foreign)?, &foreign),
    ];
    for (what, signature, body) in refused {
        let told = world.deliver("build", signature, body).await?;
        assert_eq!(told, unknown, "{what}");
    }
    assert_eq!(world.kept().await?, (0, Vec::new()));
    let nothing = world.evidence().await?;
    assert_eq!(status_of(&nothing, "workflow_run_status"), "unknown");

    let told = world.deliver("build", by_us(&good)?, &good).await?;
    assert_eq!(told.status, 202, "{told:?}");
    let again = world.deliver("build", by_us(&good)?, &good).await?;
    assert_eq!(again.status, 202, "{again:?}");
    let (taken, records) = world.kept().await?;
    assert_eq!((taken, records.len()), (1, 1), "{records:?}");
    let evidence = world.evidence().await?;
    for name in ["workflow_run_status", "source_sha", "rerun_attempts"] {
        assert_eq!(status_of(&evidence, name), "passed", "{evidence:#}");
    }

    // A later failure ends the answer from before it at once.
    let failed = run(9_001_003, REPOSITORY, "failure");
    let told = world.deliver("build", by_us(&failed)?, &failed).await?;
    assert_eq!(told.status, 202, "{told:?}");
    let evidence = world.evidence().await?;
    assert_eq!(status_of(&evidence, "workflow_run_status"), "failed");
    Ok(())
}

#[tokio::test]
async fn in_one_process_only_a_good_webhook_becomes_evidence() -> Result<()> {
    a_good_one_only_becomes_evidence(World::in_one_process().await?).await
}

#[tokio::test]
async fn in_processes_of_their_own_only_a_good_webhook_becomes_evidence() -> Result<()> {
    a_good_one_only_becomes_evidence(World::in_processes_of_their_own().await?).await
}
