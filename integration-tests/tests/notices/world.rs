//! A mesh with a source that asks people, the provider that tells them, and what both are asked.

use anyhow::{Context as _, Result};
use hmac::{Hmac, KeyInit as _, Mac as _};
use passport_integration_tests::all_in_one::{self, AllInOne};
use passport_integration_tests::configuration::{SCOPE_ARGUMENTS, of_sources, scope, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::http;
use passport_integration_tests::services::{Services, with_collectors};
use passport_testkit::provider::{Provider, Script};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::replicas::Replicas;

pub const SECRETS: [(&str, &str); 2] = [
    ("SLACK_TOKEN", "not-a-real-token-of-a-bot"),
    ("SLACK_SIGNING", "not-a-real-secret"),
];
pub const QUERY: &str =
    "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";
pub const POST: &str = "/api/chat.postMessage";
pub const VERSION: &str = "2.14.0";

/// A deployment of either kind.
enum Mesh {
    One(Box<AllInOne>),
    Many(Box<Services>),
    Replicas(Box<Replicas>),
}

pub struct World {
    mesh: Mesh,
    pub slack: Provider,
    database: Database,
}

// === impl World ===

impl World {
    async fn slack() -> Result<Provider> {
        Ok(taking().start().await?)
    }

    pub async fn in_one_process() -> Result<Self> {
        let (database, slack) = (Database::sqlite()?, Self::slack().await?);
        let configuration = configuration(&slack, &database)?;
        let mesh = Mesh::One(Box::new(AllInOne::up(&configuration, &SECRETS).await?));
        Ok(Self {
            mesh,
            slack,
            database,
        })
    }

    /// One replica of the collector, on PostgreSQL.
    pub async fn with_a_replica() -> Result<Self> {
        let (database, slack) = (Database::postgres().await?, Self::slack().await?);
        let configuration = configuration(&slack, &database)?;
        let replicas = Replicas::up(&configuration, &database).await?;
        Ok(Self {
            mesh: Mesh::Replicas(Box::new(replicas)),
            slack,
            database,
        })
    }

    pub fn replicas(&mut self) -> Result<&mut Replicas> {
        match &mut self.mesh {
            Mesh::Replicas(replicas) => Ok(replicas),
            Mesh::One(_) | Mesh::Many(_) => anyhow::bail!("not of replicas"),
        }
    }

    pub async fn end(self) -> Result<()> {
        drop(self.mesh);
        self.database.remove().await
    }

    pub async fn in_processes_of_their_own() -> Result<Self> {
        let (database, slack) = (Database::sqlite()?, Self::slack().await?);
        let configuration = with_collectors(&configuration(&slack, &database)?)?;
        let mesh = Mesh::Many(Box::new(Services::up(&configuration, &SECRETS).await?));
        Ok(Self {
            mesh,
            slack,
            database,
        })
    }

    pub fn url(&self) -> &str {
        match &self.mesh {
            Mesh::One(one) => one.url(),
            Mesh::Many(many) => many.url(),
            Mesh::Replicas(replicas) => replicas.gateway.url(),
        }
    }

    /// Asks for the notice of a source over HTTP.
    pub async fn notice(&self, source: &str, version: &str) -> Result<Value> {
        let url = format!("{}/v1/sources/{source}/notice?{QUERY}", self.url());
        let body = json!({ "subject": { "version": version } });
        let answer = http::client()?.post(url).json(&body).send().await?;
        Ok(answer.json().await?)
    }

    /// `passport notify`: its exit code and what it says.
    pub async fn typed(&self, source: &str) -> Result<(Option<i32>, Value)> {
        let notify = ["notify", "--source", source, "--version", VERSION];
        let told = ["--gateway", self.url(), "--output", "json"];
        let arguments = notify.into_iter().chain(told).chain(SCOPE_ARGUMENTS);
        let output = all_in_one::run(arguments).await?;
        let said = serde_json::from_slice(&output.stdout)?;
        Ok((output.status.code(), said))
    }

    /// The messages that went out.
    pub fn messages(&self) -> Result<Vec<Value>> {
        let seen = self.slack.requests();
        let posts = seen.iter().filter(|it| it.path == POST);
        let bodies = posts.map(|it| serde_json::from_slice(&it.body));
        Ok(bodies.collect::<Result<_, _>>()?)
    }

    /// A person clicks on a button of a message, and Slack tells of it as it signs.
    pub async fn click(&self, person: &str, act: &str, request: &str, secret: &str) -> Result<u16> {
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
    pub async fn says(&self, name: &str, version: &str) -> Result<(Value, Value)> {
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

/// Slack, which takes each message.
pub fn taking() -> Script {
    let said = json!({
        "ok": true, "channel": "C0REL", "ts": format!("{}.000200", now()),
        "message": { "type": "message", "text": "Release of checkout-api to production" },
    });
    Script::default().on("POST", POST).reply(200, said)
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
