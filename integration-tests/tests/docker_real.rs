//! The connector docker-compose against a real Docker Engine.

use anyhow::{Context, Result, ensure};
use passport_evidence::{Clock as _, Outcome, Subject};
use passport_integration_tests::docker::{FilteringProxy, RealDocker, Service};
use passport_integration_tests::wait::until;
use passport_service_kit::clock::SystemClock;
use passport_testkit::scenario::{Bench, source_id};
use serde_json::{Value, json};

const DIGEST: &str = "sha256:4444444444444444444444444444444444444444444444444444444444444444";

const HEALTHY: Service<'_> = Service {
    name: "api",
    options: &["--health-cmd=true", "--health-interval=1s"],
    command: &["/bin/sleep", "3000"],
};
const UNHEALTHY: Service<'_> = Service {
    name: "worker",
    options: &[
        "--health-cmd=false",
        "--health-interval=1s",
        "--health-retries=1",
    ],
    command: &["/bin/sleep", "3000"],
};
const UNCHECKED: Service<'_> = Service {
    name: "plain",
    options: &[],
    command: &["/bin/sleep", "3000"],
};
const RESTARTING: Service<'_> = Service {
    name: "cron",
    options: &["--restart=always"],
    command: &["/bin/false"],
};
const STOPPED: Service<'_> = Service {
    name: "done",
    options: &[],
    command: &["/bin/true"],
};

/// Name, status, reason and value of every fact about a service.
async fn facts(endpoint: &str, service: &str, more: &Value) -> Result<Vec<String>> {
    let mut source = json!({
        "connector": "docker-compose",
        "endpoint": endpoint,
        "scope": { "project": "shop", "service": service },
    });
    let keys = source.as_object_mut().context("no source")?;
    keys.extend(more.as_object().context("no keys")?.clone());
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "run")?;
    let bench = Bench::new(&passport_runtime::registry(), id, SystemClock.now());
    let bench = bench.source(source).subject(Some(Subject {
        artifact_digests: vec![DIGEST.to_owned()],
        ..Subject::default()
    }));
    let trial = bench.start().map_err(|it| anyhow::anyhow!("{it:?}"))?;
    match trial.collect().await? {
        Outcome::Failure(failure) => Ok(vec![format!("failure {}", failure.code)]),
        Outcome::Evidence(evidence) => {
            let all = evidence.facts().iter().map(|it| {
                let reason = it.reason().map(|it| it.to_string());
                let value = it.value_text();
                let word = |it: Option<String>| it.unwrap_or_else(|| "-".to_owned());
                let (reason, value) = (word(reason), word(value));
                format!("{} | {:?} | {reason} | {value}", it.name(), it.status())
            });
            Ok(all.collect())
        }
    }
}

/// Waits until one fact of a service is so, and gives all of them.
async fn once(
    engine: &RealDocker,
    service: &str,
    more: Value,
    wanted: &str,
) -> Result<Vec<String>> {
    let mut last = Vec::new();
    let what = format!("{service} is told as {wanted}");
    let found = until(&what, async || {
        last = facts(&engine.endpoint(), service, &more).await?;
        Ok(last.iter().any(|it| it == wanted).then(|| last.clone()))
    });
    let found = found.await;
    found.with_context(|| format!("last: {last:#?}"))
}

fn has(facts: &[String], wanted: &[&str]) -> Result<()> {
    for wanted in wanted {
        ensure!(facts.iter().any(|it| it == wanted), "{wanted}: {facts:#?}");
    }
    Ok(())
}

#[tokio::test]
async fn each_state_of_a_real_container_is_told_as_what_it_is() -> Result<()> {
    let engine = RealDocker::start().await?;
    for service in [&HEALTHY, &UNHEALTHY, &UNCHECKED, &RESTARTING, &STOPPED] {
        engine.run("shop", service)?;
    }

    let healthy = "container_health | Passed | - | healthy";
    let found = once(&engine, "api", json!({}), healthy).await?;
    let of_all = [
        "available_replicas | Passed | - | 1",
        "recent_restarts | Passed | - | 0",
        "image_digest | Unknown | NO_DATA | -",
        "rollout_condition | NotApplicable | INFORMATIONAL | uniform",
        "credential_scope | Failed | TOO_BROAD | write_capable",
    ];
    has(&found, &of_all)?;
    let wants_two = json!({ "expected_replicas": 2 });
    let found = facts(&engine.endpoint(), "api", &wants_two).await?;
    has(
        &found,
        &["available_replicas | Failed | THRESHOLD_MISSED | 1"],
    )?;

    let unhealthy = "container_health | Failed | BAD_STATE | unhealthy";
    let found = once(&engine, "worker", json!({}), unhealthy).await?;
    has(
        &found,
        &["available_replicas | Failed | THRESHOLD_MISSED | 0"],
    )?;

    let found = facts(&engine.endpoint(), "plain", &json!({})).await?;
    let unchecked = "container_health | Unknown | NOT_CONFIGURED | running";
    has(&found, &[unchecked, "available_replicas | Passed | - | 1"])?;
    let lenient = json!({ "require_healthcheck": false });
    let found = facts(&engine.endpoint(), "plain", &lenient).await?;
    has(
        &found,
        &["container_health | Warning | NOT_CONFIGURED | running"],
    )?;

    let restarting = "container_health | Failed | BAD_STATE | restarting";
    let found = once(&engine, "cron", json!({}), restarting).await?;
    has(
        &found,
        &["available_replicas | Failed | THRESHOLD_MISSED | 0"],
    )?;
    ensure!(
        found
            .iter()
            .any(|it| it.starts_with("recent_restarts | Failed"))
    );

    let exited = "container_health | Failed | BAD_STATE | exited";
    once(&engine, "done", json!({}), exited).await?;
    let one_shot = json!({ "service_kind": "one_shot" });
    let found = facts(&engine.endpoint(), "done", &one_shot).await?;
    has(&found, &["container_health | Passed | - | completed"])?;

    let found = facts(&engine.endpoint(), "nobody", &json!({})).await?;
    let missing = [
        "available_replicas | Failed | THRESHOLD_MISSED | 0",
        "container_health | Unknown | NO_DATA | -",
        "recent_restarts | Unknown | NO_DATA | -",
    ];
    has(&found, &missing)
}

#[tokio::test]
async fn a_container_that_is_stopped_or_removed_passes_no_more() -> Result<()> {
    let engine = RealDocker::start().await?;
    engine.run("shop", &HEALTHY)?;
    once(
        &engine,
        "api",
        json!({}),
        "container_health | Passed | - | healthy",
    )
    .await?;
    let id = engine.docker(&["ps", "--quiet"])?;
    engine.docker(&["stop", "--time=0", id.trim()])?;
    let found = facts(&engine.endpoint(), "api", &json!({})).await?;
    has(&found, &["container_health | Failed | BAD_STATE | exited"])?;
    engine.docker(&["rm", id.trim()])?;
    let found = facts(&engine.endpoint(), "api", &json!({})).await?;
    has(&found, &["container_health | Unknown | NO_DATA | -"])
}

#[tokio::test]
async fn behind_the_proxy_of_the_connectors_page_an_engine_is_narrow() -> Result<()> {
    let engine = RealDocker::start().await?;
    engine.run("shop", &HEALTHY)?;
    let healthy = "container_health | Passed | - | healthy";
    once(&engine, "api", json!({}), healthy).await?;
    let proxy = FilteringProxy::before(&engine).await?;
    let found = facts(proxy.endpoint(), "api", &json!({})).await?;
    let of_all = [
        "credential_scope | Passed | - | narrow",
        healthy,
        "available_replicas | Passed | - | 1",
        "image_digest | Unknown | NO_DATA | -",
    ];
    has(&found, &of_all)?;
    // A read of the engine's own command goes through, and a change does not.
    let id = proxy.docker(&["ps", "--quiet"])?;
    let refused = proxy.docker(&["stop", "--time=0", id.trim()]);
    let refused = refused.err().context("the proxy let a change through")?;
    ensure!(refused.to_string().contains("403"), "{refused}");
    has(
        &facts(proxy.endpoint(), "api", &json!({})).await?,
        &[healthy],
    )?;
    Ok(())
}

#[tokio::test]
async fn an_engine_that_is_gone_is_unreachable() -> Result<()> {
    let engine = RealDocker::start().await?;
    let endpoint = engine.endpoint();
    drop(engine);
    let found = facts(&endpoint, "api", &json!({})).await?;
    assert_eq!(found, ["failure UNREACHABLE"]);
    Ok(())
}
