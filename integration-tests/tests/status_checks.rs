//! A merge request of GitLab waits for the gate: its external status check asks by a signed webhook, and the
//! collector that holds the project's token answers.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use hmac::{Hmac, KeyInit as _, Mac as _};
use passport_integration_tests::all_in_one::AllInOne;
use passport_integration_tests::configuration::{of_sources, with};
use passport_integration_tests::database::Database;
use passport_integration_tests::http;
use passport_integration_tests::today::of_today;
use passport_testkit::case::Case;
use passport_testkit::provider::{Provider, Script, Seen};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::time::{Instant, sleep};

const SECRETS: [(&str, &str); 3] = [
    ("CASE_TOKEN", "token-that-reads"),
    ("CHECK_SECRET", "not-a-real-secret"),
    ("ANSWERS_TOKEN", "token-that-answers"),
];
const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
const SCOPE: &str = "workspaceId=workspace-acme-prod&service=checkout-api&environment=production";

struct World {
    mesh: AllInOne,
    gitlab: Provider,
    _database: Database,
}

/// What GitLab was told: for which merge request, and what.
fn told(seen: &Seen) -> Result<(String, Vec<(String, String)>)> {
    let form = std::str::from_utf8(&seen.body)?;
    let form = form.split('&').filter_map(|it| it.split_once('='));
    let form = form.map(|(key, value)| (key.to_owned(), value.to_owned()));
    ensure!(
        seen.header("private-token") == Some(SECRETS[2].1),
        "another token was shown"
    );
    Ok((seen.path.clone(), form.collect()))
}

/// Of the project of the cases.
const RESPONSES: &str = "/api/v4/projects/42/merge_requests/12/status_check_responses";

impl World {
    /// GitLab as a case has it, which also takes answers.
    async fn of(case: &str) -> Result<Self> {
        let file = tempfile::NamedTempFile::new()?;
        let text = of_today(&format!("cicd/src/connectors/gitlab_ci/cases/{case}"))?;
        fs::write(file.path(), text)?;
        let case = Case::load(file.path())?;
        let mut build = case.source.clone();
        let script = Script::of(&case.exchanges, None, &case.rules);
        let script = script.on("POST", RESPONSES).reply(201, json!({ "id": 1 }));
        let gitlab = script.start().await?;
        let settings = build.as_object_mut().context("no settings")?;
        settings.insert("endpoint".to_owned(), gitlab.base().into());
        settings.insert(
            "signing_secrets".to_owned(),
            json!([{ "env": SECRETS[1].0 }]),
        );
        let answers = json!({ "status_check": 7, "credential": { "env": SECRETS[2].0 } });
        settings.insert("answers".to_owned(), answers);
        let database = Database::sqlite()?;
        let mut configuration = of_sources(json!({ "build": build }));
        let workspace = configuration.pointer_mut("/workspaces/workspace-acme-prod");
        let workspace = workspace
            .and_then(Value::as_object_mut)
            .context("no workspace")?;
        workspace.insert("mode".to_owned(), json!("enforce"));
        let policy = json!({ "require": [{ "source": "build", "facts": ["pipeline_status"] }] });
        workspace.insert("policy".to_owned(), policy);
        let configuration = with(configuration, "store", database.store());
        Ok(Self {
            mesh: AllInOne::up(&configuration, &SECRETS).await?,
            gitlab,
            _database: database,
        })
    }

    /// The check asks about the commit, as GitLab does: signed, and without a token.
    async fn asks(&self) -> Result<u16> {
        let body = json!({
            "object_kind": "merge_request",
            "project": { "id": 42, "path_with_namespace": "acme/checkout-api" },
            "object_attributes": { "iid": 12, "state": "opened", "last_commit": { "id": REVISION } },
            "external_approval_rule": { "id": 7, "name": "Passport" },
        });
        let body = body.to_string();
        let mac = Hmac::<Sha256>::new_from_slice(SECRETS[1].1.as_bytes())?.chain_update(&body);
        let url = format!("{}/v1/evidence/ingest/build?{SCOPE}", self.mesh.url());
        let request = http::client()?
            .post(url)
            .header("content-type", "application/json")
            .header(
                "x-gitlab-signature",
                hex::encode(mac.finalize().into_bytes()),
            );
        Ok(request.body(body).send().await?.status().as_u16())
    }

    async fn answers(&self) -> Result<Vec<Seen>> {
        let until = Instant::now() + Duration::from_secs(30);
        while Instant::now() < until {
            let seen = self.gitlab.requests().into_iter();
            let answers: Vec<_> = seen.filter(|it| it.method == "POST").collect();
            if !answers.is_empty() {
                return Ok(answers);
            }
            sleep(Duration::from_millis(20)).await;
        }
        bail!("{:?}", self.gitlab.requests())
    }
}

async fn is_told(case: &str, word: &str) -> Result<()> {
    let world = World::of(case).await?;
    assert_eq!(world.asks().await?, 202);
    let answers = world.answers().await?;
    let (path, form) = told(answers.first().context("no answer")?)?;
    assert_eq!(path, RESPONSES);
    let wanted = [
        ("sha", REVISION),
        ("external_status_check_id", "7"),
        ("status", word),
    ];
    let wanted = wanted.map(|(key, value)| (key.to_owned(), value.to_owned()));
    assert_eq!(form, wanted, "{case}");
    Ok(())
}

#[tokio::test]
async fn a_commit_whose_pipeline_is_good_may_be_merged() -> Result<()> {
    is_told("success", "passed").await
}

#[tokio::test]
async fn one_whose_pipeline_failed_may_not() -> Result<()> {
    is_told("newest-of-several-failed", "failed").await
}

#[tokio::test]
async fn one_whose_pipeline_goes_on_has_to_wait() -> Result<()> {
    is_told("running", "pending").await
}
