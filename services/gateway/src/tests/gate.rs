//! Decisions, recorded and read again.

use axum::{Router, body::Body, response::Response};
use http::{Request, StatusCode};
use passport_evidence::{FailureCode, Subject};
use passport_policy::{
    attest::{self, Ed25519Signer, Expected, Purpose, TrustedKey, TrustedKeys},
    gate::{Decision, Mode},
    passport::Passport,
};
use passport_proto::gateway as api;
use passport_store::Location;
use serde_json::{Value, json};
use tonic::Code;

use super::world::{
    World, fails, good, json as body_of, now, observed_before, says, scope, send, text,
};
use crate::{Records, gate::wire};

const REVISION: &str = "0123456789abcdef0123456789abcdef01234567";

fn subject(revision: &str) -> Subject {
    Subject {
        revision: Some(revision.to_owned()),
        ..Subject::default()
    }
}

/// The metrics collector says this of the source that the policy requires.
fn world(errors: passport_proto::evidence::Outcome) -> World {
    let mut world = World::metrics_says(vec![errors, says(good("latency"))]);
    world.cicd.outcomes = vec![fails("pipeline", FailureCode::Denied)];
    world
}

/// Everything that is required has passed.
fn passing() -> World {
    world(says(good("errors")))
}

async fn post(router: &Router, body: Value) -> Response {
    let request = Request::post("/v1/gate/evaluate").header("content-type", "application/json");
    send(
        router.clone(),
        request.body(Body::from(body.to_string())).unwrap(),
    )
    .await
}

async fn get(router: &Router, path: &str) -> Response {
    let request = Request::get(path).body(Body::empty()).unwrap();
    send(router.clone(), request).await
}

async fn evaluated(router: &Router, revision: &str) -> Value {
    let response = post(
        router,
        json!({ "scope": scope(), "subject": subject(revision) }),
    )
    .await;
    assert_eq!(response.status(), StatusCode::OK);
    body_of(response).await
}

fn path(passport: &Value) -> String {
    let id = passport["passportId"].as_str().unwrap();
    format!("/v1/passports/{id}?workspaceId=acme")
}

#[tokio::test]
async fn what_is_required_has_passed_and_the_release_may_go() {
    let router = passing().router().await;
    let passport = evaluated(&router, REVISION).await;
    assert_eq!(passport["decision"], "allow");
    assert_eq!(passport["mode"], "advisory");
    assert_eq!(passport["askedBy"], "anybody-on-loopback");
    // Ten seconds of five minutes are over.
    assert_eq!(passport["validUntil"], "2026-05-03T09:34:50Z");
    assert_eq!(passport["evidence"].as_array().unwrap().len(), 2);
    assert_eq!(passport["failures"][0]["source"], "pipeline");
    assert_eq!(passport["requirements"][0]["state"], "satisfied");
}

#[tokio::test]
async fn what_is_stale_failing_or_away_holds() {
    let stale = says(observed_before(400, "errors", "gauge"));
    let away = fails("errors", FailureCode::Unreachable);
    for (errors, words) in [(stale, "STALE"), (away, "UNREACHABLE")] {
        let passport = evaluated(&world(errors).router().await, REVISION).await;
        assert_eq!(passport["decision"], "hold");
        let deciding = &passport["requirements"][0];
        assert!(
            deciding["explanation"].as_str().unwrap().contains(words),
            "{deciding}"
        );
        assert_eq!(passport["untilAllowed"][0], deciding["nextAction"]);
    }
}

#[tokio::test]
async fn a_scope_without_a_policy_holds_and_one_that_is_not_configured_is_told() {
    let router = passing().router().await;
    let empty = super::world::scope_of("acme", "checkout-api", "empty");
    let passport = body_of(post(&router, json!({ "scope": empty })).await).await;
    assert_eq!(passport["decision"], "hold");
    let nowhere = super::world::scope_of("acme", "no-such", "place");
    let response = post(&router, json!({ "scope": nowhere })).await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_callers_mode_is_only_ever_stricter() {
    let router = passing().router().await;
    for (asked, given) in [
        ("shadow", "advisory"),
        ("advisory", "advisory"),
        ("enforce", "enforce"),
    ] {
        let body = json!({ "scope": scope(), "mode": asked });
        assert_eq!(body_of(post(&router, body).await).await["mode"], given);
    }
    let body = json!({ "scope": scope(), "mode": "whisper" });
    let problem = body_of(post(&router, body).await).await;
    assert_eq!(problem["errors"][0]["field"], "mode");
}

#[tokio::test]
async fn what_was_decided_is_read_again_over_grpc_and_http_alike() {
    let world = passing();
    let router = world.router().await;
    let passport = evaluated(&router, REVISION).await;
    assert_eq!(
        body_of(get(&router, &path(&passport)).await).await,
        passport
    );
    let mut client = world.grpc().await;
    let request = api::GetPassportRequest {
        workspace_id: "acme".to_owned(),
        passport_id: passport["passportId"].as_str().unwrap().to_owned(),
    };
    let message = client.get_passport(request).await.unwrap().into_inner();
    let read = wire::read(message.passport.unwrap()).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), passport);
    let list = get(&router, "/v1/passports?workspaceId=acme").await;
    assert_eq!(body_of(list).await["passports"], json!([passport]));
}

#[tokio::test]
async fn an_approval_is_withdrawn_when_the_same_release_turns() {
    let mut world = passing();
    let before = evaluated(&world.router().await, REVISION).await;
    let other = evaluated(&world.router().await, &REVISION.replace('0', "f")).await;
    world.metrics.outcomes = vec![fails("errors", FailureCode::Unreachable)];
    let router = world.router().await;
    let turned = evaluated(&router, REVISION).await;
    assert_eq!(turned["decision"], "hold");
    let told = body_of(get(&router, &path(&before)).await).await;
    assert_eq!(told["revokedAt"], turned["decidedAt"]);
    assert_eq!(
        told["decision"], "allow",
        "what was decided stays as it was"
    );
    let untouched = body_of(get(&router, &path(&other)).await).await;
    assert_eq!(untouched["revokedAt"], Value::Null);
}

#[tokio::test]
async fn pages_hold_every_passport_once_newest_first() {
    let router = passing().router().await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        ids.push(evaluated(&router, REVISION).await["passportId"].clone());
    }
    ids.reverse();
    let mut listed = Vec::new();
    let mut token = String::new();
    loop {
        let path = format!("/v1/passports?workspaceId=acme&pageSize=2&pageToken={token}");
        let page = body_of(get(&router, &path).await).await;
        let passports = page["passports"].as_array().unwrap();
        listed.extend(passports.iter().map(|it| it["passportId"].clone()));
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(listed, ids);
    let nothing = get(&router, "/v1/passports?workspaceId=globex").await;
    assert_eq!(body_of(nothing).await["passports"], json!([]));
    let wrong = get(&router, "/v1/passports?workspaceId=acme&pageSize=900").await;
    assert_eq!(wrong.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn no_other_workspace_has_the_passport() {
    let router = passing().router().await;
    let passport = evaluated(&router, REVISION).await;
    let elsewhere = path(&passport).replace("acme", "globex");
    assert_eq!(
        get(&router, &elsewhere).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn an_attestation_is_what_its_verifier_demands() {
    let pem = include_str!("key.pem").to_owned().into();
    let signer = Ed25519Signer::from_pem(&pem).unwrap();
    let keys = TrustedKeys::of(vec![TrustedKey::always(signer.public_key().clone())]).unwrap();
    let mut world = passing();
    world.records = world.records.clone().signed_with(signer);
    let router = world.router().await;
    let passport = evaluated(&router, REVISION).await;
    let attestation = path(&passport).replace('?', "/attestation?");
    let response = get(&router, &attestation).await;
    assert_eq!(
        response.headers()["content-type"],
        "application/vnd.dsse.envelope.v1+json"
    );
    let envelope = text(response).await;
    let expected = |revision: &str, purpose| {
        let (workspace, subject) = (scope().workspace, subject(revision));
        let expected = Expected {
            keys: &keys,
            workspace: &workspace,
            scope: None,
            subject: &subject,
            policy_digest: None,
            purpose,
            now: now(),
        };
        attest::verify(envelope.as_bytes(), &expected)
    };
    let verified = expected(REVISION, Purpose::Approval).unwrap();
    assert_eq!(verified.passport.decision, Decision::Allow);
    assert_eq!(serde_json::to_value(&verified.passport).unwrap(), passport);
    assert_eq!(verified.ledger.unwrap().sequence, 1);
    assert!(expected(&"f".repeat(40), Purpose::Record).is_err());
}

#[tokio::test]
async fn without_a_key_or_a_digest_nothing_is_attested() {
    let world = passing();
    let router = world.router().await;
    let passport = evaluated(&router, REVISION).await;
    let attestation = path(&passport).replace('?', "/attestation?");
    let response = get(&router, &attestation).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(body_of(response).await["code"], "NO_SIGNING_KEY");
}

#[tokio::test]
async fn nothing_is_decided_that_is_not_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a-file");
    std::fs::write(&file, "in the way").unwrap();
    let mut world = passing();
    world.records = Records::at(Location::in_folder(&file, "gateway"));
    let response = post(&world.router().await, json!({ "scope": scope() })).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(body_of(response).await["code"], "LEDGER_UNAVAILABLE");
    let request = api::EvaluateGateRequest {
        scope: Some((&scope()).into()),
        ..api::EvaluateGateRequest::default()
    };
    let status = world.grpc().await.evaluate_gate(request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
}

#[test]
fn a_passport_comes_back_from_the_wire_as_it_was() {
    let message = api::Passport {
        passport_id: "019a0000-0000-7000-8000-000000000001".to_owned(),
        scope: Some((&scope()).into()),
        decision: 99,
        mode: 99,
        policy_digest: format!("sha256:{}", "0".repeat(64)),
        decided_at: Some(passport_evidence::wire::timestamp(now())),
        ..api::Passport::default()
    };
    let Passport { decision, mode, .. } = wire::read(message.clone()).unwrap();
    assert_eq!(
        (decision, mode),
        (Decision::Hold, Mode::Enforce),
        "a later version's words"
    );
    let unreadable = api::Passport {
        passport_id: "1".to_owned(),
        ..message
    };
    assert!(wire::read(unreadable).is_err());
}
