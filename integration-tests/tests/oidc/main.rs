//! Tokens of issuers, shown to a gateway as it is run: over HTTP as they are, and by the command as a
//! pipeline does.

mod runner;
mod world;

use anyhow::{Context as _, Result, ensure};
use passport_integration_tests::configuration::with;
use passport_integration_tests::wait::until;
use passport_test_issuer::{Key, github_actions, gitlab_ci, kubernetes, unsigned, with_secret};
use serde_json::{Value, json};

use crate::runner::{Runner, SHOWN};
use crate::world::{AUDIENCE, Told, World, now};

/// No part of any of these tokens stands in what was logged.
fn assert_unlogged(log: &str, tokens: &[String]) {
    for token in tokens {
        for part in token.split('.').filter(|part| !part.is_empty()) {
            assert!(!log.contains(part), "a part of {token} was logged");
        }
    }
}

fn is_served(told: &Told) -> Result<()> {
    ensure!(told.status == 200 && told.exit == Some(0), "{told:?}");
    let source = told.body.pointer("/evidence/0/source");
    ensure!(source == Some(&json!("scan")), "{told:?}");
    Ok(())
}

#[tokio::test]
async fn workloads_of_three_platforms_are_served_by_the_tokens_that_these_issue() -> Result<()> {
    let world = World::start().await?;
    let mut tokens = Vec::new();
    for (key, claims, caller) in [
        (
            &*world.github_key,
            github_actions(world.github.url(), AUDIENCE, now()),
            "github-release",
        ),
        (
            &world.gitlab_key,
            gitlab_ci(world.gitlab.url(), AUDIENCE, now()),
            "gitlab-release",
        ),
        (
            &world.kubernetes_key,
            kubernetes(world.kubernetes.url(), AUDIENCE, now()),
            "pod-of-checkout",
        ),
    ] {
        let before = world.logged();
        let token = key.token(&claims)?;
        is_served(&world.show(&token).await?).context(caller)?;
        let logged = world
            .logs_twice(before, "a token of an issuer was admitted")
            .await?;
        assert!(logged.contains(caller), "{logged}");
        tokens.push(token);
    }
    assert_unlogged(&world.end().await?, &tokens);
    Ok(())
}

/// A token that is refused, and why.
struct Refused {
    token: String,
    reason: &'static str,
}

/// The claims of a good token with one that is another.
fn claims(world: &World, name: &str, value: Value) -> Value {
    with(
        github_actions(world.github.url(), AUDIENCE, now()),
        name,
        value,
    )
}

fn refused(world: &World) -> Result<Vec<Refused>> {
    let key = &world.github_key;
    let good = github_actions(world.github.url(), AUDIENCE, now());
    let of = |token, reason| Refused { token, reason };
    let but = |name: &str, value: Value| key.token(&claims(world, name, value));
    let header = |algorithm: &str| json!({ "typ": "JWT", "alg": algorithm, "kid": "github-1" });
    let pem = key.public_pem()?;
    let another = "another audience";
    Ok(vec![
        of(but("aud", json!("sigstore"))?, another),
        of(but("aud", json!([AUDIENCE, "sigstore"]))?, another),
        of(
            but("iss", json!("https://elsewhere.example"))?,
            "its issuer is none that is configured",
        ),
        // Signed by one issuer that is trusted, in the name of another.
        of(
            but("iss", json!(world.kubernetes.url()))?,
            "an algorithm that is not configured",
        ),
        of(
            but("iss", json!(world.gitlab.url()))?,
            "its issuer has no such key",
        ),
        of(but("exp", json!(now() - 60))?, "it has expired"),
        of(but("nbf", json!(now() + 600))?, "it is not valid yet"),
        of(but("exp", json!(now() + 7200))?, "it lives longer than"),
        of(unsigned(&header("none"), &good), "it can't be read"),
        of(
            with_secret(&header("HS256"), &good, pem.as_bytes())?,
            "an algorithm that is not configured",
        ),
        of(
            with_secret(&header("HS256"), &good, key.jwk().to_string().as_bytes())?,
            "an algorithm that is not configured",
        ),
        // A key of somebody else's under the name of the issuer's.
        of(
            Key::rsa("github-1")?.token(&good)?,
            "its signature is wrong",
        ),
        of(
            Key::rsa("github-2")?.token(&good)?,
            "its issuer has no such key",
        ),
        of(
            but("event_name", json!("pull_request"))?,
            "no mapping fits it",
        ),
        of(
            but("event_name", json!("pull_request_target"))?,
            "no mapping fits it",
        ),
        of(but("repository_id", json!("76"))?, "no mapping fits it"),
    ])
}

#[tokio::test]
async fn every_other_token_is_refused_alike_and_the_log_alone_says_why() -> Result<()> {
    let world = World::start().await?;
    let alike = world.show("pm_of_nobody").await?;
    assert_eq!(
        (alike.status, alike.body["status"].as_u64()),
        (401, Some(401))
    );
    assert_ne!(alike.exit, Some(0), "{alike:?}");
    let good = world
        .github_key
        .token(&github_actions(world.github.url(), AUDIENCE, now()))?;
    is_served(&world.show(&good).await?)?;

    let mut tokens = vec![good];
    for Refused { token, reason } in refused(&world)? {
        let before = world.logged();
        assert_eq!(world.show(&token).await?, alike, "{reason}");
        world.logs_twice(before, reason).await?;
        tokens.push(token);
    }
    assert_unlogged(&world.end().await?, &tokens);
    Ok(())
}

#[tokio::test]
async fn a_workload_of_another_workspace_is_known_and_denied() -> Result<()> {
    let world = World::start().await?;
    let theirs = claims(&world, "repository_id", json!("75"));
    let token = world.github_key.token(&theirs)?;
    let before = world.logged();
    let told = world.show(&token).await?;
    assert_eq!(told.status, 403, "{told:?}");
    assert_ne!(told.exit, Some(0), "{told:?}");
    assert!(!told.body.to_string().contains("scan"), "{told:?}");
    let logged = world.logs_twice(before, "denied").await?;
    assert!(logged.contains("github-of-globex"), "{logged}");
    assert_unlogged(&world.end().await?, &[token]);
    Ok(())
}

#[tokio::test]
async fn a_new_key_is_taken_while_the_gateway_runs_and_a_withdrawn_one_no_more() -> Result<()> {
    let world = World::start().await?;
    let next = Key::rsa("github-2")?;
    let claims = github_actions(world.github.url(), AUDIENCE, now());
    let (old, new) = (world.github_key.token(&claims)?, next.token(&claims)?);
    is_served(&world.show(&old).await?)?;
    let told = world.show(&new).await?;
    assert_eq!(told.status, 401, "{told:?}");

    world.github.publish(vec![next.jwk()]);
    until("the new key is taken", async || {
        Ok(is_served(&world.show(&new).await?).ok())
    })
    .await?;
    let before = world.logged();
    assert_eq!(world.show(&old).await?, told);
    world
        .logs_twice(before, "its issuer has no such key")
        .await?;
    assert_unlogged(&world.end().await?, &[old, new]);
    Ok(())
}

/// Of a scan that was made a minute ago.
fn report() -> Value {
    let at = chrono::DateTime::from_timestamp(now() - 60, 0).map(|it| it.to_rfc3339());
    json!({
        "SchemaVersion": 2, "CreatedAt": at,
        "ArtifactName": "example.com/checkout-api:1.8.0", "ArtifactType": "container_image",
        "Results": [{ "Target": "alpine", "Class": "os-pkgs", "Type": "alpine", "Vulnerabilities": [
            { "VulnerabilityID": "CVE-2026-1", "PkgName": "zlib", "InstalledVersion": "1", "Severity": "CRITICAL" },
        ]}],
    })
}

#[tokio::test]
async fn a_job_uploads_as_itself_with_the_token_that_its_runner_gives() -> Result<()> {
    let world = World::start().await?;
    // A runner that is busy is asked again.
    let runner = Runner::start(&world, 2).await?;
    let before = world.logged();
    let (exit, said) = world
        .upload(&runner.environment(), AUDIENCE, &report())
        .await?;
    ensure!(exit == Some(0), "{said}");
    assert_eq!(runner.still_broken(), 0);
    let logged = world.logs(before, "github-release").await?;
    assert!(
        !logged.contains(SHOWN) && !said.contains(SHOWN),
        "{said} {logged}"
    );

    let claims = github_actions(world.github.url(), AUDIENCE, now());
    let told = world.show(&world.github_key.token(&claims)?).await?;
    let facts = told
        .body
        .pointer("/evidence/0/facts")
        .and_then(Value::as_array);
    let critical = facts
        .into_iter()
        .flatten()
        .find(|it| it["item"] == "critical");
    let value = critical.and_then(|it| it["value"].as_str());
    assert_eq!(value, Some("1"), "{told:?}");
    world.end().await?;
    Ok(())
}

#[tokio::test]
async fn a_job_whose_token_is_for_somebody_else_or_that_gets_none_uploads_nothing() -> Result<()> {
    let world = World::start().await?;
    let runner = Runner::start(&world, 0).await?;
    let (exit, said) = world
        .upload(&runner.environment(), "sigstore", &report())
        .await?;
    assert_eq!(exit, Some(3), "{said}");

    let [(url_key, url), (token_key, _)] = runner.environment();
    let stranger = [(url_key, url), (token_key, "of-another-runner")];
    let (exit, said) = world.upload(&stranger, AUDIENCE, &report()).await?;
    assert_eq!(exit, Some(3), "{said}");
    assert!(said.contains("the runner gave no token"), "{said}");
    assert!(!said.contains("of-another-runner"), "{said}");

    let (exit, said) = world.upload(&[(url_key, url)], AUDIENCE, &report()).await?;
    assert_eq!(exit, Some(2), "{said}");
    assert!(said.contains("id-token: write"), "{said}");

    let both = [
        (url_key, url),
        (token_key, SHOWN),
        ("PASSPORT_TOKEN", "pm_of_somebody"),
    ];
    let (exit, said) = world.upload(&both, AUDIENCE, &report()).await?;
    assert_eq!(exit, Some(2), "{said}");
    assert!(!said.contains("pm_of_somebody"), "{said}");
    world.end().await?;
    Ok(())
}
