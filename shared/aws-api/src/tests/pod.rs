//! The token that a cluster hands to a pod's service account: used only where the operator opened it, and then before
//! all else.

use std::io::Write as _;

use passport_connector_sdk::{Hub, provider::MachineCredentials};
use passport_evidence::FailureCode;
use passport_testkit::{
    capture,
    env::Env,
    provider::{Provider, Seen},
};
use serde_json::json;
use tempfile::NamedTempFile;

use super::chain::{ROLE, asked, built, count, env, hub, now, of_machine, opened, sts};

const ASSUMES: &str = "AssumeRoleWithWebIdentity";

/// A token's file, and the surroundings that name it.
fn pod(token: &str) -> (NamedTempFile, Env) {
    let mut file = NamedTempFile::new().unwrap();
    writeln!(file, "{token}").unwrap();
    let env = env();
    env.set("AWS_WEB_IDENTITY_TOKEN_FILE", file.path().to_str().unwrap());
    env.set("AWS_ROLE_ARN", ROLE);
    (file, env)
}

fn with_identity(machine: MachineCredentials) -> MachineCredentials {
    MachineCredentials {
        web_identity: true,
        ..machine
    }
}

fn text(seen: &Seen) -> String {
    String::from_utf8_lossy(&seen.body).into_owned()
}

async fn ends(hub: &Hub, sts: &Provider) -> Result<(), FailureCode> {
    let source = built(&json!({"ambient": true}), &sts.base(), hub).unwrap();
    asked(source.as_ref(), now()).await
}

#[tokio::test]
async fn the_role_of_a_pods_service_account_is_assumed_with_its_token() {
    let (_file, env) = pod("pods-own-token");
    env.set("AWS_ROLE_SESSION_NAME", "gate-1");
    let sts = sts(ASSUMES, 15).start().await.unwrap();
    let source = built(
        &json!({"ambient": true}),
        &sts.base(),
        &hub(&env, with_identity(opened(None, None))),
    );
    let source = source.unwrap();
    assert_eq!(asked(source.as_ref(), now()).await, Ok(()));
    assert_eq!(asked(source.as_ref(), now()).await, Ok(()));
    let seen = sts.requests();
    assert_eq!(count(&seen, ASSUMES), 1, "kept");
    let asked = text(&seen[0]);
    for part in [
        "RoleArn=arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Freader",
        "RoleSessionName=gate-1",
        "WebIdentityToken=pods-own-token",
    ] {
        assert!(asked.contains(part), "{part}");
    }
    assert_eq!(seen[0].header("authorization"), None);
}

#[tokio::test]
async fn it_comes_before_an_agent_that_is_opened_too() {
    let (_file, env) = pod("pods-own-token");
    let agent = Provider::script().any().reply(200, of_machine(None));
    let agent = agent.start().await.unwrap();
    let link = format!("{}/v1/credentials", agent.base());
    env.set("AWS_CONTAINER_CREDENTIALS_FULL_URI", &link);
    let sts = sts(ASSUMES, 15).start().await.unwrap();
    let hub = hub(&env, with_identity(opened(Some(&agent), None)));
    assert_eq!(ends(&hub, &sts).await, Ok(()));
    assert!(agent.requests().is_empty());
}

#[tokio::test]
async fn where_it_is_not_opened_it_is_shown_to_nobody_and_the_machine_below_gives_nothing_either() {
    let (_file, env) = pod("pods-own-token");
    let instance = Provider::script().any().reply(200, of_machine(None));
    let instance = instance.start().await.unwrap();
    let sts = sts(ASSUMES, 15).start().await.unwrap();
    let hub = hub(&env, opened(None, Some(&instance)));
    assert_eq!(ends(&hub, &sts).await, Err(FailureCode::NotConfigured));
    assert!(instance.requests().is_empty());
    assert!(sts.requests().is_empty());
}

#[tokio::test]
async fn surroundings_that_say_half_of_it_give_no_keys() {
    for (name, value) in [
        ("AWS_ROLE_ARN", "reader"),
        ("AWS_ROLE_ARN", ""),
        ("AWS_ROLE_SESSION_NAME", "a session"),
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nowhere/token"),
    ] {
        let (_file, env) = pod("pods-own-token");
        env.set(name, value);
        let sts = sts(ASSUMES, 15).start().await.unwrap();
        let hub = hub(&env, with_identity(opened(None, None)));
        assert_eq!(
            ends(&hub, &sts).await,
            Err(FailureCode::NotConfigured),
            "{name}={value}"
        );
        assert!(sts.requests().is_empty(), "{name}={value}");
    }
}

#[tokio::test]
async fn the_token_is_logged_nowhere() {
    let work = || async {
        let (_file, env) = pod("pods-own-token");
        let sts = sts(ASSUMES, 15).start().await.unwrap();
        ends(&hub(&env, with_identity(opened(None, None))), &sts).await
    };
    let (ended, log) = capture::logged(work).await.unwrap();
    assert_eq!(ended, Ok(()));
    for secret in ["pods-own-token", "ASIAROLE", "role-secret", "role-session"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
