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
use passport_integration_tests::configuration::{File, of_sources, scope, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::program::Program;
use passport_integration_tests::services::{Services, with_collectors};
use passport_integration_tests::wait::until;
use passport_integration_tests::{http, port};
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
    Replicas(Box<Replicas>),
}

/// A gateway, and two processes of the one collector behind one name.
struct Replicas {
    gateway: Program,
    first: Program,
    second: Option<Program>,
    port: u16,
    environment: Vec<(String, String)>,
    // Goes after the processes that work in its folder.
    file: File,
}

struct World {
    mesh: Mesh,
    slack: Provider,
    database: Database,
}

// === impl Replicas ===

impl Replicas {
    /// The gateway and the first of the two, at the addresses that one name has for the gateway alone.
    async fn up(configuration: &Value, database: &Database) -> Result<Self> {
        const TOKEN: (&str, &str) = ("PASSPORT_WORK_ITEMS_TOKEN", "token-of-the-work-items");
        let port = port::quiet()?;
        let collector = json!({
            "address": format!("http://localhost:{port}"), "token": { "env": TOKEN.0 },
        });
        let collectors = json!({ "work-items": collector });
        let file = File::of(&with(configuration.clone(), "collectors", collectors))?;
        let hosts = "127.0.0.1 localhost\n127.0.0.2 localhost\n";
        std::fs::write(file.folder().join("hosts"), hosts)?;
        let environment = SECRETS.iter().chain([&TOKEN]).copied();
        let environment: Vec<_> = environment.chain(database.environment()).collect();
        let first = collector_at(&file, "127.0.0.1", port, &environment).await?;
        let wrapper = [
            "unshare",
            "--map-root-user",
            "--mount",
            "sh",
            "-c",
            OWN_HOSTS,
            "sh",
        ];
        let wrapper = wrapper.map(str::to_owned);
        let arguments = ["--listen", "127.0.0.1:0", "--config", file.name()];
        let name = "passport-gateway";
        let gateway = Program::start_as(file.folder(), &wrapper, name, arguments, &environment);
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Ok(Self {
            gateway: gateway.await?,
            first,
            second: None,
            port,
            environment: environment.iter().map(owned).collect(),
            file,
        })
    }

    /// The second, and waits until the gateway is connected to both.
    async fn begin_second(&mut self) -> Result<()> {
        let environment = self.environment.iter();
        let environment: Vec<_> = environment.map(|(name, it)| (&**name, &**it)).collect();
        let second = collector_at(&self.file, "127.0.0.2", self.port, &environment).await?;
        self.second = Some(second);
        until("both replicas are connected", async || {
            let said = self.gateway.output();
            let is_connected = |host: &str| {
                let address = format!("{host}:{}", self.port);
                let mut lines = said.lines();
                lines.any(|line| line.contains("is connected") && line.contains(&address))
            };
            let both = ["127.0.0.1", "127.0.0.2"].into_iter().all(is_connected);
            Ok(both.then_some(()))
        })
        .await
    }
}

/// Runs a program that finds the hosts of a file in the folder that it works in.
const OWN_HOSTS: &str = "mount --bind hosts /etc/hosts && exec \"$@\"";

async fn collector_at(
    file: &File,
    host: &str,
    port: u16,
    environment: &[(&str, &str)],
) -> Result<Program> {
    let listen = format!("{host}:{port}");
    let arguments = ["--listen", &listen, "--config", file.name()];
    Program::start_in(file.folder(), "passport-work-items", arguments, environment).await
}

// === impl World ===

impl World {
    async fn slack() -> Result<Provider> {
        Ok(taking().start().await?)
    }

    async fn in_one_process() -> Result<Self> {
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
    async fn with_a_replica() -> Result<Self> {
        let (database, slack) = (Database::postgres().await?, Self::slack().await?);
        let configuration = configuration(&slack, &database)?;
        let replicas = Replicas::up(&configuration, &database).await?;
        Ok(Self {
            mesh: Mesh::Replicas(Box::new(replicas)),
            slack,
            database,
        })
    }

    fn replicas(&mut self) -> Result<&mut Replicas> {
        match &mut self.mesh {
            Mesh::Replicas(replicas) => Ok(replicas),
            Mesh::One(_) | Mesh::Many(_) => anyhow::bail!("not of replicas"),
        }
    }

    async fn end(self) -> Result<()> {
        drop(self.mesh);
        self.database.remove().await
    }

    async fn in_processes_of_their_own() -> Result<Self> {
        let (database, slack) = (Database::sqlite()?, Self::slack().await?);
        let configuration = with_collectors(&configuration(&slack, &database)?)?;
        let mesh = Mesh::Many(Box::new(Services::up(&configuration, &SECRETS).await?));
        Ok(Self {
            mesh,
            slack,
            database,
        })
    }

    fn url(&self) -> &str {
        match &self.mesh {
            Mesh::One(one) => one.url(),
            Mesh::Many(many) => many.url(),
            Mesh::Replicas(replicas) => replicas.gateway.url(),
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

/// Slack, which takes each message.
fn taking() -> Script {
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

/// How many of these answers are this word.
fn count(told: &[Value], word: &str) -> usize {
    told.iter().filter(|it| it["result"] == word).count()
}

#[tokio::test]
async fn two_replicas_on_one_database_send_a_request_once() -> Result<()> {
    let mut world = World::with_a_replica().await?;
    // The gateway connects when it is asked for the first time.
    world.says("notification_accepted", VERSION).await?;
    world.replicas()?.begin_second().await?;
    for (round, version) in ["3.0.0", "3.0.1", "3.0.2"].into_iter().enumerate() {
        let asked = (0..16).map(|_| world.notice("cab", version));
        let told = try_join_all(asked).await?;
        let counts = (count(&told, "sent"), count(&told, "sent_before"));
        assert_eq!(counts, (1, 15), "{told:?}");
        assert_eq!(world.messages()?.len(), round + 1);
    }
    world.end().await
}

/// Whether a message went out whose sender is gone nobody knows, and nobody tries again.
#[tokio::test]
async fn a_replica_that_dies_while_it_sends_is_followed_by_no_second_message() -> Result<()> {
    let mut world = World::with_a_replica().await?;
    world.slack.set(Script::default().on("POST", POST).hang())?;
    let (url, client) = (world.url().to_owned(), http::client()?);
    let body = json!({ "subject": { "version": VERSION } });
    let url = format!("{url}/v1/sources/cab/notice?{QUERY}");
    let first = client.post(&url).json(&body).send();
    let killed = async {
        until("the message is on its way", async || {
            Ok((world.messages()?.len() == 1).then_some(()))
        })
        .await?;
        let replicas = world.replicas()?;
        replicas.begin_second().await?;
        replicas.first.kill().await
    };
    let (told, killed) = tokio::join!(first, killed);
    killed?;
    // Its caller is never told that it was sent.
    if let Ok(told) = told {
        let told: Value = told.json().await?;
        assert_ne!(told["result"], "sent", "{told}");
    }
    world.slack.set(taking())?;
    let asked = (0..16).map(|_| world.notice("cab", VERSION));
    let told = try_join_all(asked).await?;
    assert_eq!(count(&told, "sent"), 0, "{told:?}");
    assert!(count(&told, "sent_before") > 0, "{told:?}");
    assert_eq!(world.messages()?.len(), 1);
    // Of another release the one that is left tells once.
    until("another release is told of", async || {
        let told = world.notice("cab", "2.15.0").await?;
        Ok((told["result"] == "sent").then_some(()))
    })
    .await?;
    assert_eq!(world.messages()?.len(), 2);
    world.end().await
}
