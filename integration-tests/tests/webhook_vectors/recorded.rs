//! Webhooks that GitHub sent, as `@octokit/webhooks-examples` recorded them.

use std::fs;

use anyhow::{Context as _, Result, anyhow};
use http::{HeaderMap, HeaderValue};
use passport_connector_sdk::Delivery;
use passport_integration_tests::signatures::Scheme;
use passport_integration_tests::workspace;
use passport_testkit::env::Env;
use passport_testkit::scenario::{Bench, Trial, source_id};
use serde_json::{Value, json};

const RECORDED: &str =
    "integration-tests/payloads/node_modules/@octokit/webhooks-examples/api.github.com/index.json";
const SECRET: &str = "not-a-real-secret";

/// Every recorded payload with the event that it is of.
fn recorded() -> Result<Vec<(String, Value)>> {
    let file = workspace::root().join(RECORDED);
    let text =
        fs::read_to_string(&file).context("integration-tests/test.sh installs the payloads")?;
    let events: Vec<Value> = serde_json::from_str(&text)?;
    let each = events.iter().flat_map(|event| {
        let name = event["name"].as_str().unwrap_or_default();
        let examples = event["examples"].as_array().into_iter().flatten();
        examples.map(|payload| (name.to_owned(), payload.clone()))
    });
    Ok(each.collect())
}

/// A source for the repository and the workflow that a payload names.
fn source(payload: &Value, repository: &str) -> Result<Trial> {
    let (owner, repo) = repository.split_once('/').context("no repository")?;
    let workflow = payload["workflow"]["path"]
        .as_str()
        .unwrap_or(".github/workflows/ci.yml");
    let workflow = workflow.rsplit('/').next().unwrap_or_default();
    let id = source_id(
        "workspace-acme-prod",
        "checkout-api",
        "production",
        "recorded",
    )?;
    let now = "2026-05-03T09:30:00Z".parse()?;
    let bench = Bench::new(&passport_cicd::registry(), id, now)
        .env(Env::from_iter([("HOOK".to_owned(), SECRET.to_owned())]))
        .source(json!({
            "connector": "github-actions",
            "mode": "ingest",
            "scope": { "owner": owner, "repo": repo, "workflow": workflow },
            "signing_secrets": [{ "env": "HOOK" }],
        }));
    bench
        .start()
        .map_err(|problems| anyhow!("{repository}: {problems:?}"))
}

async fn deliver(trial: &Trial, event: &str, payload: &Value, secret: &str) -> Result<u16> {
    let body = payload.to_string();
    let signature = Scheme::Hub.sign(secret, &[], &body)?;
    let mut headers = HeaderMap::new();
    headers.insert("content-type", HeaderValue::from_static("application/json"));
    headers.insert("x-github-event", HeaderValue::from_str(event)?);
    headers.insert("x-hub-signature-256", HeaderValue::from_str(&signature)?);
    let received_at = "2026-05-03T09:30:00Z".parse()?;
    let delivery = Delivery {
        headers,
        body: body.into(),
        received_at,
    };
    let delivered = trial.deliver(&delivery);
    Ok(delivered.await.reply().status.as_u16())
}

/// Recorded before GitHub told which attempt a run or a job is of, and which file a run: nothing can be made of
/// that.
fn is_too_old(event: &str, payload: &Value) -> bool {
    let lacks = |key: &str| payload.get(event).is_none_or(|it| it.get(key).is_none());
    match event {
        "workflow_run" => lacks("run_attempt") || lacks("path"),
        "workflow_job" => lacks("run_attempt"),
        _ => false,
    }
}

#[tokio::test]
async fn what_github_sent_is_taken_as_it_is_and_passes_nothing_years_later() -> Result<()> {
    let mut taken = 0;
    for (event, payload) in recorded()? {
        let Some(repository) = payload["repository"]["full_name"].as_str() else {
            continue;
        };
        let trial = source(&payload, repository)?;
        // Asks for an answer, which this source does not give; that is told to whoever asks.
        let is_asking = event == "deployment_protection_rule";
        let status = deliver(&trial, &event, &payload, SECRET).await?;
        if is_too_old(&event, &payload) {
            assert_eq!(status, 400, "{event} of {repository}");
            continue;
        }
        assert!(
            is_asking || status == 202,
            "{event} of {repository}: {status}: {payload}"
        );
        taken += usize::from(status == 202);
        let forged = deliver(&trial, &event, &payload, "another-secret").await?;
        assert_eq!(forged, 401, "{event} of {repository}, forged");
        let outcome = format!("{:?}", trial.collect().await?);
        assert!(!outcome.contains("status: Passed"), "{event}: {outcome}");
    }
    assert!(taken > 150, "{taken}");
    Ok(())
}

#[tokio::test]
async fn a_recorded_webhook_of_another_repository_gets_the_answer_of_a_forged_one() -> Result<()> {
    let of_runs = recorded()?
        .into_iter()
        .filter(|(event, payload)| event == "workflow_run" && !is_too_old(event, payload));
    for (event, payload) in of_runs {
        let trial = source(&payload, "acme/checkout-api")?;
        assert_eq!(deliver(&trial, &event, &payload, SECRET).await?, 401);
    }
    Ok(())
}
