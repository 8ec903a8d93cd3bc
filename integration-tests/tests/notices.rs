//! A release that people approve: its request is sent once, however often and by whom that is asked for, and what
//! they click comes back to the gate.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use anyhow::{Context as _, Result};
use futures::future::try_join_all;
use hmac::{Hmac, KeyInit as _, Mac as _};
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::configuration::{of_sources, scope, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::http;
use passport_integration_tests::services::{Services, with_collectors};
use passport_testkit::provider::{Provider, Script};
use serde_json::{Value, json};
use sha2::Sha256;

const SECRETS: [(&str, &str); 2] = [
    ("SLACK_TOKEN", "not-a-real-token-of-a-bot"),
    ("SLACK_SIGNING", "not-a-real-secret"),
];
const QUERY: &str = "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";
const POST: &str = "/api/chat.postMessage";
const VERSION: &str = "2.14.0";

/// A deployment of either kind.
enum Mesh {
    One(Box<AllInOne>),
    Many(Box<Services>),
}

struct World {
    mesh: Mesh,
    slack: Provider,
    _database: Database,
}

// === impl World ===

impl World {
    async fn slack() -> Result<Provider> {
        let said = json!({
            "ok": true, "channel": "C0REL", "ts": format!("{}.000200", now()),
            "message": { "type": "message", "text": "Release of checkout-api to production" },
        });
        let script = Script::default().on("POST", POST);
        Ok(script.reply(200, said).start().await?)
    }

    async fn in_one_process() -> Result<Self> {
        let (database, slack) = (Database::sqlite()?, Self::slack().await?);
        let configuration = configuration(&slack, &database)?;
        let mesh = Mesh::One(Box::new(AllInOne::up(&configuration, &SECRETS).await?));
        Ok(Self {
            mesh,
            slack,
            _database: database,
        })
    }

    async fn in_processes_of_their_own() -> Result<Self> {
        let (database, slack) = (Database::sqlite()?, Self::slack().await?);
        let configuration = with_collectors(&configuration(&slack, &database)?)?;
        let mesh = Mesh::Many(Box::new(Services::up(&configuration, &SECRETS).await?));
        Ok(Self {
            mesh,
            slack,
            _database: database,
        })
    }

    fn url(&self) -> &str {
        match &self.mesh {
            Mesh::One(one) => one.url(),
            Mesh::Many(many) => many.url(),
        }
    }

    /// Asks for the notice of a source over HTTP.
    async fn notice(&self, source: &str, version: &str) -> Result<Value> {
        let url = format!("{}/v1/sources/{source}/notice?{QUERY}", self.url());
        let body = json!({ "subject": { "version": version } });
        let answer = http::client()?.post(url).json(&body).send().await?;
        Ok(answer.json().await?)
    }

    /// `passport notify`: its exit code and what it says.
    async fn typed(&self, source: &str) -> Result<(Option<i32>, Value)> {
        let arguments = [
            "notify",
            "--gateway",
            self.url(),
            "--source",
            source,
            "--version",
            VERSION,
            "--workspace",
            "workspace-acme-prod",
            "--service",
            "checkout-api",
            "--environment",
            "production",
            "--output",
            "json",
        ];
        let output = all_in_one::run(arguments).await?;
        let said = serde_json::from_slice(&output.stdout)?;
        Ok((output.status.code(), said))
    }

    /// The messages that went out.
    fn messages(&self) -> Result<Vec<Value>> {
        let seen = self.slack.requests();
        let posts = seen.iter().filter(|it| it.path == POST);
        let bodies = posts.map(|it| serde_json::from_slice(&it.body));
        Ok(bodies.collect::<Result<_, _>>()?)
    }

    /// A person clicks on a button of a message, and Slack tells of it as it signs.
    async fn click(&self, person: &str, act: &str, request: &str, secret: &str) -> Result<u16> {
        let payload = json!({
            "type": "block_actions",
            "user": { "id": person, "username": "sample.person", "team_id": "T0ACME" },
            "team": { "id": "T0ACME", "domain": "acme" },
            "channel": { "id": "C0REL", "name": "releases" },
            "actions": [{
                "action_id": act, "block_id": "passport_approval", "type": "button",
                "value": request, "action_ts": format!("{}.100000", now()),
            }],
        });
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish();
        let at = now().to_string();
        let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())?;
        let mac = mac.chain_update(format!("v0:{at}:{body}"));
        let signature = format!("v0={}", hex::encode(mac.finalize().into_bytes()));
        let url = format!("{}/v1/evidence/ingest/cab?{QUERY}", self.url());
        let request = http::client()?
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-slack-request-timestamp", at)
            .header("x-slack-signature", signature);
        Ok(request.body(body).send().await?.status().as_u16())
    }

    /// Status and reason of a fact of the source, for a release.
    async fn says(&self, name: &str, version: &str) -> Result<(Value, Value)> {
        let request = json!({
            "scope": scope(), "subject": { "version": version }, "sources": ["cab"],
        });
        let answer = http::collect(self.url(), &request).await?;
        let facts = answer["evidence"][0]["facts"].as_array();
        let facts = facts.with_context(|| format!("{answer:#}"))?;
        let fact = facts.iter().find(|it| it["name"] == name);
        let fact = fact.with_context(|| format!("{answer:#}"))?;
        let text = answer.to_string();
        for secret in ["U0APPR", "sample.person", SECRETS[0].1, SECRETS[1].1] {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
        Ok((fact["status"].clone(), fact["reason"].clone()))
    }
}

fn now() -> i64 {
    let now = passport_evidence::Clock::now(&passport_service_kit::clock::SystemClock);
    now.timestamp()
}

/// One that sends and hears, and one that does neither.
fn configuration(slack: &Provider, database: &Database) -> Result<Value> {
    let cab = json!({
        "connector": "slack", "endpoint": slack.base(), "notify": true,
        "credential": { "env": SECRETS[0].0 },
        "scope": { "team": "T0ACME", "channel": "C0REL" },
        "signing_secrets": [{ "env": SECRETS[1].0 }],
        "approvers": ["U0APPR"],
    });
    let silent = json!({
        "connector": "slack", "endpoint": slack.base(),
        "credential": { "env": SECRETS[0].0 },
        "scope": { "team": "T0ACME", "channel": "C0REL" },
    });
    let configuration = of_sources(json!({ "cab": cab, "silent": silent }));
    Ok(with(configuration, "store", database.store()))
}

async fn a_request_is_sent_once_and_answered_by_people(world: World) -> Result<()> {
    // Nobody is told anything by looking.
    let nothing = (json!("unknown"), json!("NO_DATA"));
    assert_eq!(world.says("notification_accepted", VERSION).await?, nothing);
    assert_eq!(world.messages()?.len(), 0);
    assert_eq!(
        world.typed("silent").await?,
        (Some(1), json!({ "result": "nothing_to_send" }))
    );

    // Many ask at once, and one message goes out.
    let asked = (0..8).map(|_| world.notice("cab", VERSION));
    let told = try_join_all(asked).await?;
    let (sent, before) = (
        json!({ "result": "sent" }),
        json!({ "result": "sent_before" }),
    );
    let (first, later): (Vec<_>, Vec<_>) = told.into_iter().partition(|it| *it == sent);
    assert_eq!((first.len(), later.len()), (1, 7));
    assert!(later.iter().all(|it| *it == before), "{later:?}");
    assert_eq!(world.typed("cab").await?, (Some(0), before));
    let messages = world.messages()?;
    let [message] = messages.as_slice() else {
        anyhow::bail!("{messages:#?}");
    };
    assert_eq!(message["channel"], "C0REL");
    let is_buttons = |it: &&Value| it["type"] == "actions";
    let blocks = message["blocks"].as_array().context("no blocks")?;
    let buttons = blocks.iter().find(is_buttons).context("no buttons")?;
    let request = buttons["elements"][0]["value"].as_str().context("no id")?;
    let passed = (json!("passed"), Value::Null);
    assert_eq!(world.says("notification_accepted", VERSION).await?, passed);
    let awaited = (json!("pending"), json!("AWAITING_APPROVAL"));
    assert_eq!(world.says("approval_decision", VERSION).await?, awaited);

    // Only who may approve does, and only what is signed is heard.
    let forged = world.click("U0APPR", "approve", request, "another").await?;
    assert_eq!(forged, 401);
    assert_eq!(
        world
            .click("U0ELSE", "approve", request, SECRETS[1].1)
            .await?,
        200
    );
    assert_eq!(
        world
            .click("U0APPR", "approve", "another", SECRETS[1].1)
            .await?,
        200
    );
    assert_eq!(world.says("approval_decision", VERSION).await?, awaited);
    assert_eq!(
        world
            .click("U0APPR", "approve", request, SECRETS[1].1)
            .await?,
        200
    );
    assert_eq!(world.says("approval_decision", VERSION).await?, passed);

    // Of another release nobody was told, and nobody approved it.
    let other = world.says("approval_decision", "2.15.0").await?;
    assert_ne!(other.0, "passed");
    assert_eq!(world.messages()?.len(), 1);
    assert_eq!(
        world.notice("cab", "2.15.0").await?,
        json!({ "result": "sent" })
    );
    assert_eq!(world.messages()?.len(), 2);
    assert_eq!(world.says("approval_decision", "2.15.0").await?, awaited);
    Ok(())
}

#[tokio::test]
async fn in_one_process_a_request_is_sent_once() -> Result<()> {
    a_request_is_sent_once_and_answered_by_people(World::in_one_process().await?).await
}

#[tokio::test]
async fn in_processes_of_their_own_a_request_is_sent_once() -> Result<()> {
    a_request_is_sent_once_and_answered_by_people(World::in_processes_of_their_own().await?).await
}
