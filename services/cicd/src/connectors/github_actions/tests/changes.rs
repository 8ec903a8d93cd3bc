//! What GitHub said before is asked for only where it changed.

use std::{sync::Arc, time::Duration};

use passport_connector_sdk::{
    CollectRequest, Connector, Hub, HubOptions, Kept, provider::AddressPolicy,
};
use passport_evidence::{Fact, FailureCode, Status, Subject};
use passport_testkit::{
    env::Env,
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::bench::{REVISION, build, job, now, run, scope, status, with};

const RUNS: &str = "/repos/acme/checkout-api/actions/workflows/release.yml/runs";
const JOBS: &str = "/repos/acme/checkout-api/actions/runs/9001001/jobs";

/// A source that asks, and the environment of its token.
fn asking(base: &str) -> (Box<dyn Connector>, Env) {
    let source = json!({
        "connector": "github-actions", "endpoint": base, "scope": scope(),
        "credential": {"env": "TOKEN"}, "required_jobs": ["build"],
    });
    let env = Env::default();
    env.set("TOKEN", "token-of-this-test");
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        retry_wait: Duration::ZERO,
        ..HubOptions::default()
    };
    let hub = Hub::new(options, Arc::new(env.clone()));
    (build(&source, &hub), env)
}

async fn collect(source: &dyn Connector) -> Result<Vec<Fact>, FailureCode> {
    let request = CollectRequest {
        now: now(),
        subject: Some(Subject {
            revision: Some(REVISION.to_owned()),
            ..Subject::default()
        }),
        deadline: Instant::now() + Duration::from_secs(10),
    };
    let observed = source.collect(&request, &Kept::default()).await;
    Ok(observed.map_err(|it| it.code)?.facts)
}

fn runs(run: &Value) -> Value {
    json!({"total_count": 1, "workflow_runs": [run["workflow_run"]]})
}

fn whole(run: &Value) -> Script {
    let jobs = json!({"total_count": 1, "jobs": [job()["workflow_job"]]});
    Provider::script()
        .on("GET", RUNS)
        .respond(Reply::json(200, runs(run)).header("ETag", "W/\"runs-1\""))
        .on("GET", JOBS)
        .respond(Reply::json(200, jobs).header("ETag", "\"jobs-1\""))
}

/// Nothing changed, and whoever does not ask by tag is refused.
fn unchanged() -> Script {
    Provider::script()
        .on("GET", RUNS)
        .header("If-None-Match", "W/\"runs-1\"")
        .respond(Reply::bytes(304, ""))
        .on("GET", JOBS)
        .header("If-None-Match", "\"jobs-1\"")
        .respond(Reply::bytes(304, ""))
        .otherwise(Reply::json(500, json!({})))
}

#[tokio::test]
async fn what_did_not_change_is_not_sent_again_and_says_the_same() {
    let provider = whole(&run()).start().await.unwrap();
    let (source, _) = asking(&provider.base());
    let first = collect(&*source).await.unwrap();
    assert_eq!(status(&first, "required_jobs"), Some(Status::Passed));
    provider.set(unchanged()).unwrap();
    assert_eq!(collect(&*source).await.unwrap(), first);
    assert_eq!(collect(&*source).await.unwrap(), first);
}

#[tokio::test]
async fn what_changed_counts_and_is_known_from_then_on() {
    let provider = whole(&run()).start().await.unwrap();
    let (source, _) = asking(&provider.base());
    collect(&*source).await.unwrap();
    let failed = with(run(), "/workflow_run/conclusion", json!("failure"));
    provider.set(whole(&failed)).unwrap();
    let facts = collect(&*source).await.unwrap();
    assert_eq!(status(&facts, "workflow_run_status"), Some(Status::Failed));
    provider.set(unchanged()).unwrap();
    assert_eq!(collect(&*source).await.unwrap(), facts);
}

#[tokio::test]
async fn who_knows_nothing_is_not_told_that_nothing_changed() {
    let provider = Provider::script()
        .any()
        .respond(Reply::bytes(304, ""))
        .start()
        .await
        .unwrap();
    let (source, _) = asking(&provider.base());
    assert_eq!(collect(&*source).await, Err(FailureCode::Malformed));
}

#[tokio::test]
async fn what_another_credential_was_told_is_not_known() {
    let provider = whole(&run()).start().await.unwrap();
    let (source, env) = asking(&provider.base());
    collect(&*source).await.unwrap();
    env.set("TOKEN", "another-token");
    let before = provider.requests().len();
    collect(&*source).await.unwrap();
    for seen in provider.requests().into_iter().skip(before) {
        assert_eq!(seen.header("if-none-match"), None, "{}", seen.path);
    }
}

#[tokio::test]
async fn a_refusal_is_not_outlived_by_what_was_known() {
    let provider = whole(&run()).start().await.unwrap();
    let (source, _) = asking(&provider.base());
    collect(&*source).await.unwrap();
    provider
        .set(Provider::script().any().reply(401, json!({})))
        .unwrap();
    assert_eq!(collect(&*source).await, Err(FailureCode::Unauthenticated));
}
