//! What the connector docker-compose says of a service of a real engine, in lines.

use anyhow::{Context, Result, ensure};
use passport_evidence::{Clock as _, Outcome, Subject};
use passport_integration_tests::docker::Service;
use passport_integration_tests::wait::until;
use passport_service_kit::clock::SystemClock;
use passport_testkit::env::Env;
use passport_testkit::scenario::{Bench, source_id};
use serde_json::{Value, json};

const DIGEST: &str = "sha256:4444444444444444444444444444444444444444444444444444444444444444";

/// Name, status, reason and value of every fact about a service.
pub async fn facts(endpoint: &str, service: &str, more: &Value) -> Result<Vec<String>> {
    facts_with(endpoint, service, more, Env::default()).await
}

/// The same, with secrets.
pub async fn facts_with(
    endpoint: &str,
    service: &str,
    more: &Value,
    env: Env,
) -> Result<Vec<String>> {
    let mut source = json!({
        "connector": "docker-compose",
        "endpoint": endpoint,
        "scope": { "project": "shop", "service": service },
    });
    let keys = source.as_object_mut().context("no source")?;
    keys.extend(more.as_object().context("no keys")?.clone());
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "run")?;
    let bench = Bench::new(&passport_runtime::registry(), id, SystemClock.now());
    let bench = bench.source(source).env(env).subject(Some(Subject {
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

/// Whether all of these lines are among them.
pub fn has(facts: &[String], wanted: &[&str]) -> Result<()> {
    for wanted in wanted {
        ensure!(facts.iter().any(|it| it == wanted), "{wanted}: {facts:#?}");
    }
    Ok(())
}

/// A service that starts again and again.
pub const RESTARTING: Service<'_> = Service {
    name: "cron",
    options: &["--restart=always"],
    command: &["/bin/false"],
};
/// A service that ran to its end.
pub const STOPPED: Service<'_> = Service {
    name: "done",
    options: &[],
    command: &["/bin/true"],
};

/// Waits until one fact of a service is so, and gives all of them.
pub async fn once(endpoint: &str, service: &str, more: Value, wanted: &str) -> Result<Vec<String>> {
    let mut last = Vec::new();
    let what = format!("{service} is told as {wanted}");
    let found = until(&what, async || {
        last = facts(endpoint, service, &more).await?;
        Ok(last.iter().any(|it| it == wanted).then(|| last.clone()))
    });
    let found = found.await;
    found.with_context(|| format!("last: {last:#?}"))
}
