//! One account that reads a cluster by connectors, and what they say.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use passport_connector_sdk::Registry;
use passport_evidence::{Clock as _, Fact, FailureCode, Outcome, Reason, Status, Subject};
use passport_proto::collector::CheckSourceRequest;
use passport_proto::collector::collector_service_client::CollectorServiceClient;
use passport_proto::collector::collector_service_server::CollectorServiceServer;
use passport_service_kit::clock::SystemClock;
use passport_testkit::env::Env;
use passport_testkit::scenario::{Bench, Trial, source_id};
use serde_json::{Value, json};

use super::objects::{COMMIT, DIGEST};
use super::role::Role;
use super::{Account, Door};

/// The token of the account.
pub const TOKEN: &str = "a-token-of-this-test";

/// The account with these Roles.
#[must_use]
pub fn account(roles: Vec<Role>) -> Account {
    Account {
        name: "shop:release-passport-reader".to_owned(),
        token: TOKEN.to_owned(),
        roles,
    }
}

/// A source that reads what is behind the door.
#[must_use]
pub fn source(door: &Door, mut source: Value) -> Value {
    source["endpoint"] = json!(door.url());
    source["credential"] = json!({"env": "TOKEN"});
    source
}

/// A collector with this source, asked about the commit, the digest and, where it is said, a version.
///
/// # Errors
/// The source has problems.
pub fn started(
    registry: &Registry,
    source: Value,
    token: &str,
    version: Option<&str>,
) -> Result<Trial> {
    let id = source_id("acme", "checkout-api", "production", "cluster")?;
    let subject = Subject {
        revision: Some(COMMIT.to_owned()),
        version: version.map(str::to_owned),
        artifact_digests: vec![DIGEST.to_owned()],
    };
    let trial = Bench::new(registry, id, SystemClock.now())
        .source(source)
        .env(Env::from_iter([("TOKEN", token)]))
        .subject(Some(subject))
        .deadline(Duration::from_secs(20))
        .start();
    trial.map_err(|problems| anyhow::anyhow!("{problems:?}"))
}

/// The word of `credential_scope` that a check gives.
///
/// # Errors
/// There is none.
pub async fn checked(trial: &Trial) -> Result<String> {
    let service = CollectorServiceServer::new(trial.server.clone());
    let id = source_id("acme", "checkout-api", "production", "cluster")?;
    let request = CheckSourceRequest {
        scope: Some((&id.scope).into()),
        source: id.name.to_string(),
    };
    let mut client = CollectorServiceClient::new(service);
    let said = client.check_source(request).await?.into_inner();
    let fact = said.facts.iter().find(|it| it.name == "credential_scope");
    let fact = fact.with_context(|| format!("{said:?}"))?;
    Ok(fact.value.clone().map(|it| it.text).unwrap_or_default())
}

/// What was found.
///
/// # Errors
/// It is a failure.
pub fn facts(outcome: &Outcome) -> Result<&[Fact]> {
    match outcome {
        Outcome::Evidence(evidence) => Ok(evidence.facts()),
        Outcome::Failure(failure) => bail!("{failure:?}"),
    }
}

/// Why there is no evidence.
#[must_use]
pub fn failure(outcome: &Outcome) -> Option<FailureCode> {
    match outcome {
        Outcome::Evidence(_) => None,
        Outcome::Failure(failure) => Some(failure.code),
    }
}

/// The first fact of a name.
///
/// # Errors
/// There is none.
pub fn fact<'a>(outcome: &'a Outcome, name: &str) -> Result<&'a Fact> {
    let found = facts(outcome)?.iter().find(|it| it.name().as_str() == name);
    found.with_context(|| format!("no {name}: {outcome:?}"))
}

/// Status and reason of a fact.
///
/// # Errors
/// There is none.
pub fn told(outcome: &Outcome, name: &str) -> Result<(Status, Option<Reason>)> {
    let fact = fact(outcome, name)?;
    Ok((fact.status(), fact.reason()))
}

/// Whether these facts passed, and all others of the source do not speak against it.
///
/// # Errors
/// It is not so.
pub fn all_is_well(outcome: &Outcome, passed: &[&str]) -> Result<()> {
    for name in passed {
        let is_it = |it: &&Fact| it.name().as_str() == *name && it.status() == Status::Passed;
        let found = facts(outcome)?.iter().find(is_it);
        ensure!(found.is_some(), "{name}: {outcome:#?}");
    }
    let is_well = |it: &Fact| matches!(it.status(), Status::Passed | Status::NotApplicable);
    ensure!(facts(outcome)?.iter().all(is_well), "{outcome:#?}");
    Ok(())
}
