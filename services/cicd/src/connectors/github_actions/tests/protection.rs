//! A deployment that waits for the gate: asked by a signed webhook, answered with a call.

use std::sync::Arc;

use http::StatusCode;
use passport_connector_sdk::{Connector, Hub, HubOptions, Question, provider::AddressPolicy};
use passport_testkit::{env::Env, scenario::source_id};
use serde_json::{Value, json};

use super::bench::{REPOSITORY, REVISION, build, scope, signed, with};
use crate::connectors::{github_actions::protection::EVENT, registry};

const API: &str = "https://api.github.com";

fn source() -> Value {
    json!({
        "connector": "github-actions", "mode": "ingest", "scope": scope(),
        "signing_secrets": [{"env": "HOOK"}],
        "answers": {"environment": "production", "credential": {"env": "APP"}, "wait": "5m"},
    })
}

fn hub() -> Hub {
    let env = Env::default();
    env.set("HOOK", "not-a-real-secret");
    env.set("APP", "token-of-the-app");
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        ..HubOptions::default()
    };
    Hub::new(options, Arc::new(env))
}

fn gate() -> Box<dyn Connector> {
    build(&source(), &hub())
}

fn payload() -> Value {
    let callback = format!("{API}/repos/{REPOSITORY}/actions/runs/42/deployment_protection_rule");
    json!({
        "action": "requested", "environment": "production", "event": "push",
        "deployment_callback_url": callback,
        "deployment": {"id": 7, "sha": REVISION, "ref": "main", "environment": "production"},
        "repository": {"full_name": REPOSITORY},
    })
}

/// What a webhook asks, or how it is refused.
fn asks(event: &str, payload: &Value) -> Result<Option<Question>, StatusCode> {
    let (gate, delivery) = (gate(), signed(event, &payload.to_string()));
    let accepted = gate.accept(&delivery).map_err(|it| it.reply.status)?;
    assert!(accepted.records.is_empty(), "nothing of it is kept");
    Ok(gate.question(&delivery))
}

#[test]
fn a_deployment_that_waits_asks_about_its_commit() {
    let question = asks(EVENT, &payload()).unwrap().unwrap();
    assert_eq!(question.subject.revision.as_deref(), Some(REVISION));
    assert_eq!(&*question.handle, b"42");
    assert_eq!(question.patience.as_secs(), 300);
}

#[test]
fn what_concerns_another_environment_or_is_no_request_asks_nothing() {
    let elsewhere = with(payload(), "/environment", json!("staging"));
    let ended = with(payload(), "/action", json!("completed"));
    for payload in [elsewhere, ended] {
        assert_eq!(asks(EVENT, &payload), Ok(None));
    }
    assert_eq!(asks("ping", &payload()), Ok(None));
}

#[test]
fn what_would_be_answered_elsewhere_is_refused() {
    let foreign = json!("https://evil.example/actions/runs/42/deployment_protection_rule");
    for (pointer, value, status) in [
        (
            "/repository/full_name",
            json!("acme/other"),
            StatusCode::UNAUTHORIZED,
        ),
        (
            "/deployment_callback_url",
            foreign,
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
        ("/deployment/sha", json!("main"), StatusCode::BAD_REQUEST),
        ("/deployment", Value::Null, StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(
            asks(EVENT, &with(payload(), pointer, value)),
            Err(status),
            "{pointer}"
        );
    }
}

#[test]
fn a_source_that_answers_nothing_is_asked_nothing() {
    let mut source = source();
    source.as_object_mut().unwrap().remove("answers");
    let (gate, delivery) = (
        build(&source, &hub()),
        signed(EVENT, &payload().to_string()),
    );
    assert!(gate.accept(&delivery).is_ok());
    assert_eq!(gate.question(&delivery), None);
}

/// Where a source that stands so is wrong.
fn wrong(change: impl FnOnce(&mut Value)) -> Vec<String> {
    let mut source = source();
    change(&mut source);
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "build").unwrap();
    let problems = registry()
        .build(id, &source, &hub())
        .err()
        .unwrap_or_default();
    problems.into_iter().map(|it| it.path).collect()
}

#[test]
fn a_gate_is_one_environment_of_a_repository_whose_webhooks_are_signed() {
    assert_eq!(wrong(|_| {}), [""; 0]);
    assert_eq!(
        wrong(|it| it["answers"]["environment"] = json!("prod*")),
        ["answers.environment"]
    );
    assert_eq!(
        wrong(|it| it["answers"]["wait"] = json!("2h")),
        ["answers.wait"]
    );
    let unsigned = wrong(|it| {
        it["mode"] = json!("pull");
        it.as_object_mut().unwrap().remove("signing_secrets");
    });
    assert_eq!(unsigned, ["answers"]);
    let own_server = wrong(|it| it["endpoint"] = json!("https://github.acme.example/api/v3"));
    assert_eq!(own_server, [""; 0]);
}
