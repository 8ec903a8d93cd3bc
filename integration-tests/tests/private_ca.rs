//! A server whose certificate a private authority issued: each connector that asks one server trusts what its source
//! names, and nothing else.

#![allow(
    clippy::indexing_slicing,
    reason = "a missing key of JSON is null, which no assertion takes for what it wants"
)]

use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, ensure};
use chrono::DateTime;
use passport_connector_sdk::Registry;
use passport_evidence::{FailureCode, Outcome, Status, Subject};
use passport_integration_tests::workspace;
use passport_testkit::case::{Addresses, Case, Rules, Tls};
use passport_testkit::env::Env;
use passport_testkit::provider::{Provider, Script, stranger};
use passport_testkit::scenario::{Bench, source_id};
use serde_json::json;

/// The collector, and a case of the connector in which something passes.
type Pull = (fn() -> Registry, &'static str);

const PULLS: [Pull; 7] = [
    (
        passport_cicd::registry,
        "cicd/src/connectors/github_actions/cases/success",
    ),
    (
        passport_cicd::registry,
        "cicd/src/connectors/gitlab_ci/cases/success",
    ),
    (
        passport_cicd::registry,
        "cicd/src/connectors/jenkins/cases/success",
    ),
    (
        passport_cicd::registry,
        "cicd/src/connectors/argo_cd/cases/synced-healthy",
    ),
    (
        passport_cicd::registry,
        "cicd/src/connectors/flux/cases/kustomization-ready",
    ),
    (
        passport_quality::registry,
        "quality/src/connectors/sonarqube/cases/gate-ok",
    ),
    (
        passport_quality::registry,
        "quality/src/connectors/snyk/cases/rest-clean",
    ),
];

fn case(name: &str) -> Result<Case> {
    let file = workspace::root().join(format!("services/{name}.case.json"));
    Ok(Case::load(file)?)
}

/// The provider of a case behind TLS.
async fn behind_tls(case: &Case) -> Result<Provider> {
    let rules = Rules {
        tls: Some(Tls {
            // The handshake goes by the machine's own clock.
            not_after: DateTime::from_timestamp(4_102_444_800, 0).context("no time")?,
            trusted: true,
        }),
        ..case.rules.clone()
    };
    let script = Script::of(&case.exchanges, case.unmatched.as_ref(), &rules);
    Ok(script.at(case.now).start().await?)
}

/// What is collected where the system trusts one authority and the source names another, or none.
async fn collected(
    registry: &Registry,
    case: &Case,
    provider: &Provider,
    system: &str,
    named: Option<&str>,
) -> Result<Outcome> {
    let mut source = Addresses::base(provider.base()).fill_json(&case.source);
    let mut env = case.env.clone();
    if let Some(authority) = named {
        source["tls"] = json!({"ca": {"env": "CASE_AUTHORITY"}});
        env.insert("CASE_AUTHORITY".to_owned(), authority.to_owned());
    }
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "asked")?;
    let system = system.as_bytes().to_vec();
    let trial = Bench::new(registry, id, case.now)
        .source(source)
        .env(Env::from_iter(env))
        .subject(case.subject.as_ref().map(Subject::from))
        .deadline(Duration::from_secs(10))
        .hub(|hub| hub.ca_pem = Some(system))
        .start()
        .map_err(|problems| anyhow!("{problems:?}"))?;
    Ok(trial.collect().await?)
}

fn passes(outcome: &Outcome) -> bool {
    match outcome {
        Outcome::Evidence(evidence) => {
            let mut facts = evidence.facts().iter();
            facts.any(|it| it.status() == Status::Passed)
        }
        Outcome::Failure(_) => false,
    }
}

fn is_unreachable(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Failure(it) if it.code == FailureCode::Unreachable)
}

#[tokio::test]
async fn a_server_is_trusted_by_the_authority_that_the_source_names_and_by_no_other() -> Result<()>
{
    for (registry, name) in PULLS {
        let (registry, case) = (registry(), case(name)?);
        let provider = behind_tls(&case).await?;
        let own = provider.authority().context("no authority")?.to_owned();
        let (system, other) = (stranger()?, stranger()?);

        let named = collected(&registry, &case, &provider, &system, Some(&own)).await?;
        ensure!(passes(&named), "{name}: {named:?}");
        let asked = provider.requests().len();

        let without = collected(&registry, &case, &provider, &system, None).await?;
        ensure!(is_unreachable(&without), "{name}: {without:?}");
        // What is named stands in the place of what the system trusts.
        let instead = collected(&registry, &case, &provider, &own, Some(&other)).await?;
        ensure!(is_unreachable(&instead), "{name}: {instead:?}");
        // Nobody who is not trusted saw a credential.
        ensure!(provider.requests().len() == asked, "{name}");
    }
    Ok(())
}
