//! All rows behind one `passport up`.

use std::collections::BTreeMap;
use std::process::Stdio;

use anyhow::{Context as _, Result, ensure};
use chrono::TimeDelta;
use passport_connector_sdk::keep::{DurableKeeper, Keeper as _, answered_before};
use passport_evidence::{Clock as _, Subject};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{SCOPE_ARGUMENTS, of_sources, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::{http, program};
use passport_service_kit::clock::SystemClock;
use passport_store::{Deliveries, Limits};
use passport_testkit::scenario::source_id;
use serde_json::{Map, Value, json};
use tempfile::TempDir;
use tokio::process::Command;

use crate::rows::{ROWS, Row};
use crate::situation::{Push, Sender, Situation};
use crate::subject::{self, DIGEST, PIPELINE, REVISION, VERSION};

const IN_SCOPE: &str =
    "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";

/// A mesh with every row, and those whom it asks.
pub struct World {
    mesh: AllInOne,
    pub situations: Vec<Situation>,
    // Both go after the process that works in them.
    _database: Database,
    _secrets: TempDir,
}

/// How the one gate ended.
pub struct Gated {
    pub code: Option<i32>,
    pub passport: Value,
}

// === impl World ===

impl World {
    /// All rows; of their providers only those are there that are meant, by their number among the providers.
    pub async fn started(is_there: impl Fn(usize) -> bool) -> Result<Self> {
        let secrets = tempfile::tempdir()?;
        let mut situations = Vec::new();
        let mut providers = 0;
        for row in ROWS {
            let mut situation = Situation::of(*row, secrets.path()).await?;
            if let Some(provider) = &situation.provider {
                situation.is_down = !is_there(providers);
                providers += 1;
                if situation.is_down {
                    provider.down().await;
                }
            }
            situations.push(situation);
        }
        let database = Database::sqlite()?;
        for situation in &situations {
            if let Some(answer) = &situation.sent {
                sent_before(&database, &situation.row, answer).await?;
            }
        }
        let configuration = configuration(&situations, &secrets);
        let configuration = with(configuration, "store", database.store());
        let environment: BTreeMap<_, _> =
            situations.iter().flat_map(|it| &it.environment).collect();
        let environment: Vec<_> = environment
            .into_iter()
            .map(|(name, value)| (name.as_str(), value.as_str()))
            .collect();
        let world = Self {
            mesh: AllInOne::up(&configuration, &environment).await?,
            situations,
            _database: database,
            _secrets: secrets,
        };
        world.deliver_all().await?;
        world.tell_all().await?;
        Ok(world)
    }

    /// Has every source that does so tell people of the release. What comes of it, the gate is told.
    async fn tell_all(&self) -> Result<()> {
        let release = json!({
            "subject": { "version": VERSION, "revision": REVISION, "artifactDigests": [DIGEST] },
        });
        for situation in self.situations.iter().filter(|it| it.notifies()) {
            let url = format!(
                "{}/v1/sources/{}/notice?{IN_SCOPE}",
                self.mesh.url(),
                situation.row.name()
            );
            let request = http::client()?.post(url).bearer_auth(PIPELINE);
            let answer = request.json(&release).send().await?;
            let status = answer.status();
            let body = answer.text().await?;
            ensure!(status.is_success(), "{status}: {body}");
        }
        Ok(())
    }

    async fn deliver_all(&self) -> Result<()> {
        for situation in &self.situations {
            for push in &situation.deliveries {
                let sent = self.deliver(&situation.row, push).await;
                sent.with_context(|| situation.row.name())?;
            }
        }
        Ok(())
    }

    async fn deliver(&self, row: &Row, push: &Push) -> Result<()> {
        let (path, token) = match &push.by {
            Sender::Signature => (ingest(row), None),
            Sender::Token(token) => (ingest(row), Some(*token)),
            Sender::Otlp(token) => ("/v1/metrics".to_owned(), Some(token.as_str())),
        };
        let url = format!("{}{path}", self.mesh.url());
        let mut request = http::client()?.post(url).body(push.body.clone());
        for (name, value) in &push.headers {
            request = request.header(name, value);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await?;
        let status = answer.status();
        let body = answer.text().await?;
        ensure!(status.is_success(), "{status}: {body}");
        Ok(())
    }

    /// Asks for a decision, once, as a pipeline does.
    pub async fn gate(&self) -> Result<Gated> {
        let mut command = Command::new(program::built("passport")?);
        command
            .args(["gate", "-o", "json", "--timeout", "30s"])
            .args([
                "--revision",
                REVISION,
                "--digest",
                DIGEST,
                "--version",
                VERSION,
            ])
            .args(["--gateway", self.mesh.url()])
            .args(SCOPE_ARGUMENTS)
            .env("PASSPORT_TOKEN", PIPELINE)
            .stdin(Stdio::null());
        let output = command.output().await?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        Ok(Gated {
            code: output.status.code(),
            passport: serde_json::from_slice(&output.stdout).context(said)?,
        })
    }
}

/// Lets a source have sent a notice of the release, of which came what its collector keeps.
async fn sent_before(database: &Database, row: &Row, answer: &Value) -> Result<()> {
    let collector = row
        .case
        .split('/')
        .next()
        .context("a case of no collector")?;
    let deliveries = Deliveries::open(&database.of(collector)?, Limits::default()).await?;
    let source = source_id(
        "workspace-acme-prod",
        "checkout-api",
        "production",
        &row.name(),
    )?;
    let subject = Subject {
        version: Some(VERSION.to_owned()),
        revision: Some(REVISION.to_owned()),
        artifact_digests: vec![DIGEST.to_owned()],
    };
    let kept = answered_before(&subject, answer.clone(), TimeDelta::days(1));
    let keeper = DurableKeeper::new(deliveries);
    keeper.keep(&source, &kept, SystemClock.now()).await?;
    Ok(())
}

fn ingest(row: &Row) -> String {
    format!("/v1/evidence/ingest/{}?{IN_SCOPE}", row.name())
}

fn configuration(situations: &[Situation], secrets: &TempDir) -> Value {
    let sources: Map<_, _> = situations
        .iter()
        .map(|it| (it.row.name(), it.source.clone()))
        .collect();
    let require: Vec<_> = situations.iter().map(Situation::requirement).collect();
    let mut configuration = of_sources(sources.into());
    let workspace = &mut configuration["workspaces"]["workspace-acme-prod"];
    workspace["mode"] = json!("enforce");
    workspace["services"]["checkout-api"]["environments"]["production"]["policy"] =
        json!({ "require": require });
    let configuration = with(configuration, "gateway", subject::tokens());
    with(
        configuration,
        "secrets",
        json!({ "folder": secrets.path() }),
    )
}

// === impl Gated ===

impl Gated {
    /// What came of a source: its evidence or its failure, and that it is exactly one of them.
    pub fn outcome(&self, row: &Row) -> Result<Outcome<'_>> {
        let name = row.name();
        let of = |kind: &str| -> Vec<&Value> {
            let all = self.passport[kind].as_array().into_iter().flatten();
            all.filter(|it| it["source"] == *name).collect()
        };
        match (of("evidence").as_slice(), of("failures").as_slice()) {
            ([evidence], []) => Ok(Outcome::Evidence(evidence)),
            ([], [failure]) => Ok(Outcome::Failure(failure)),
            (evidence, failures) => {
                let (evidence, failures) = (evidence.len(), failures.len());
                anyhow::bail!("{name}: {evidence} times evidence and {failures} failures")
            }
        }
    }
}

/// What came of a source.
#[derive(Clone, Copy)]
pub enum Outcome<'a> {
    Evidence(&'a Value),
    Failure(&'a Value),
}

// === impl Outcome ===

impl Outcome<'_> {
    pub fn facts(&self) -> impl Iterator<Item = &Value> {
        let facts = match self {
            Self::Evidence(evidence) => evidence["facts"].as_array(),
            Self::Failure(_) => None,
        };
        facts.into_iter().flatten()
    }

    /// Whether there is a fact of this name and item that is passed.
    pub fn has_passed(&self, name: &str, item: Option<&str>) -> bool {
        self.facts().any(|it| {
            let is_it = it["name"] == *name && item.is_none_or(|item| it["item"] == *item);
            is_it && it["status"] == "passed"
        })
    }
}
