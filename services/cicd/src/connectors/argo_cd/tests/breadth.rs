//! What a check says of tokens, and on whose word.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use passport_evidence::{FailureCode, Status};
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use crate::connectors::argo_cd::ArgoCd;

const APPLICATION: &str = "/api/v1/applications/checkout-api-prod";
const OBJECT: &str = "/apis/argoproj.io/v1alpha1/namespaces/argocd/applications/checkout-api-prod";
const REVIEW: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";
/// What is asked of Argo CD of an application in its own namespace.
const QUESTIONS: [&str; 12] = [
    "applications/sync/shop/checkout-api-prod",
    "applications/update/shop/checkout-api-prod",
    "applications/delete/shop/checkout-api-prod",
    "applications/override/shop/checkout-api-prod",
    "clusters/get/*",
    "clusters/get/shop/*",
    "repositories/get/*",
    "repositories/get/shop/*",
    "applications/get/*/*",
    "applications/get/shop/*",
    "applications/get/shop/checkout-api-prod*",
    "applications/get/shop/*checkout-api-prod",
];
/// What is asked besides of one in a namespace of its own.
const OF_A_NAMESPACE: [&str; 7] = [
    "applications/sync/shop/team-a/checkout-api-prod",
    "applications/update/shop/team-a/checkout-api-prod",
    "applications/delete/shop/team-a/checkout-api-prod",
    "applications/override/shop/team-a/checkout-api-prod",
    "applications/get/shop/team-a/*",
    "applications/get/shop/team-a/checkout-api-prod*",
    "applications/get/shop/team-a/*checkout-api-prod",
];

/// What a check says where the server answers so.
async fn checked(script: Script, token: &str, source: Value) -> Result<String, FailureCode> {
    let provider = script.start().await.unwrap();
    let mut source = source;
    source["connector"] = json!("argo-cd");
    source["endpoint"] = json!(provider.base());
    source["credential"] = json!({"env": "TOKEN"});
    let hub = connector::hub(&[("TOKEN", token)]);
    let connector = connector::built::<ArgoCd>(&source, &hub).unwrap();
    let request = connector::request(DateTime::from_timestamp(1_777_800_600, 0).unwrap());
    let observed = connector.check(&request).await.map_err(|it| it.code)?;
    let [fact] = observed.facts.as_slice() else {
        panic!("{:?}", observed.facts);
    };
    let word = fact.value_text().unwrap();
    assert_eq!(fact.status() == Status::Passed, word == "narrow");
    Ok(word)
}

fn token(claims: Value) -> String {
    let part = |json: Value| URL_SAFE_NO_PAD.encode(json.to_string());
    format!(
        "{}.{}.{}",
        part(json!({"alg": "HS256"})),
        part(claims),
        part(json!("signed"))
    )
}

/// The token of a role that gets one application, for a year.
fn role() -> String {
    token(json!({"iss": "argocd", "sub": "proj:shop:passport", "exp": 1_800_000_000}))
}

fn application() -> Value {
    json!({
        "metadata": {"name": "checkout-api-prod", "namespace": "argocd"},
        "spec": {"project": "shop", "destination": {}},
    })
}

fn scope() -> Value {
    json!({"scope": {"project": "shop", "application": "checkout-api-prod"}})
}

/// An Argo CD that takes the token for this user and says yes to these questions.
fn argo_cd(user: Value, yes: &[&str]) -> Script {
    let script = Provider::script()
        .on("GET", APPLICATION)
        .reply(200, application());
    answering(script, user, yes)
}

/// The same, whatever application it has.
fn answering(script: Script, user: Value, yes: &[&str]) -> Script {
    let script = script
        .on("GET", "/api/v1/session/userinfo")
        .reply(200, user);
    let questions = QUESTIONS.iter().chain(&OF_A_NAMESPACE);
    questions.fold(script, |script, question| {
        let value = if yes.contains(question) { "yes" } else { "no" };
        let path = format!("/api/v1/account/can-i/{question}");
        script
            .on("GET", path.as_str())
            .reply(200, json!({"value": value}))
    })
}

fn user() -> Value {
    json!({"loggedIn": true, "username": "proj:shop:passport", "iss": "argocd"})
}

#[tokio::test]
async fn a_role_that_gets_one_application_until_some_day_is_narrow() {
    let said = checked(argo_cd(user(), &[]), &role(), scope()).await;
    assert_eq!(said.as_deref(), Ok("narrow"));
}

#[tokio::test]
async fn every_yes_is_too_much() {
    for question in QUESTIONS {
        let said = checked(argo_cd(user(), &[question]), &role(), scope()).await;
        let word = match question.starts_with("applications/get") {
            true => "broad",
            false => "write_capable",
        };
        assert_eq!(said.as_deref(), Ok(word), "{question}");
    }
}

#[tokio::test]
async fn every_yes_of_an_application_in_a_namespace_is_too_much() {
    let mut source = scope();
    source["scope"]["app_namespace"] = json!("team-a");
    let said = async |yes: &[&str]| {
        let mut application = application();
        application["metadata"]["namespace"] = json!("team-a");
        let script = Provider::script()
            .on("GET", APPLICATION)
            .reply(200, application);
        checked(answering(script, user(), yes), &role(), source.clone()).await
    };
    assert_eq!(said(&[]).await.as_deref(), Ok("narrow"));
    for question in QUESTIONS.iter().chain(&OF_A_NAMESPACE) {
        let word = match question.starts_with("applications/get") {
            true => "broad",
            false => "write_capable",
        };
        assert_eq!(said(&[question]).await.as_deref(), Ok(word), "{question}");
    }
}

#[tokio::test]
async fn another_user_or_no_end_is_broad() {
    let named = |name: &str| json!({"loggedIn": true, "username": name});
    let endless = token(json!({"sub": "proj:shop:passport"}));
    for (user, token) in [
        (named("ci:apiKey"), role()),
        (named("proj:other:passport"), role()),
        (named("proj:shop:"), role()),
        (named("proj:shop-2:passport"), role()),
        (user(), endless),
    ] {
        let what = format!("{user} {token}");
        let said = checked(argo_cd(user, &[]), &token, scope()).await;
        assert_eq!(said.as_deref(), Ok("broad"), "{what}");
    }
}

#[tokio::test]
async fn what_is_not_told_is_not_narrow() {
    let silent = Provider::script()
        .on("GET", APPLICATION)
        .reply(200, application());
    let said = checked(silent, &role(), scope()).await;
    assert_eq!(said.as_deref(), Ok("unverifiable"));
    for token in ["not-a-token", "a.b.c", "a.e30", &format!("{}.more", role())] {
        let said = checked(argo_cd(user(), &[]), token, scope()).await;
        assert_eq!(said.as_deref(), Ok("unverifiable"), "{token}");
    }
}

#[tokio::test]
async fn a_token_that_nobody_logs_in_with_or_an_absent_application_fails() {
    let said = checked(argo_cd(json!({"loggedIn": false}), &[]), &role(), scope()).await;
    assert_eq!(said, Err(FailureCode::Unauthenticated));
    let absent = Provider::script().any().reply(404, json!({"code": 5}));
    let said = checked(absent, &role(), scope()).await;
    assert_eq!(said, Err(FailureCode::NotFound));
    let mut other = application();
    other["spec"]["project"] = json!("default");
    let other = Provider::script().on("GET", APPLICATION).reply(200, other);
    assert_eq!(
        checked(other, &role(), scope()).await,
        Err(FailureCode::OutOfScope)
    );
}

#[tokio::test]
async fn of_the_object_kubernetes_is_asked() {
    let said = |allowed: bool| json!({"status": {"allowed": allowed}});
    let mut object = application();
    object["apiVersion"] = json!("argoproj.io/v1alpha1");
    object["kind"] = json!("Application");
    let mut source = scope();
    source["read_from"] = json!("kubernetes");
    source["scope"]["app_namespace"] = json!("argocd");
    let asks = |attributes: Value| json!({"spec": {"resourceAttributes": attributes}});
    let named = asks(json!({"verb": "patch", "name": "checkout-api-prod"}));
    let all = asks(json!({"verb": "get", "namespace": "argocd", "resource": "applications"}));
    let untold = json!({"status": {"allowed": false, "evaluationError": "example"}});
    for (action, answer, word) in [
        (json!({}), said(false), "narrow"),
        (named, said(true), "write_capable"),
        (all.clone(), said(true), "broad"),
        (all, untold, "unverifiable"),
    ] {
        let script = Provider::script()
            .on("GET", OBJECT)
            .reply(200, object.clone());
        let script = script.on("POST", REVIEW).body(action).reply(201, answer);
        let script = script.on("POST", REVIEW).reply(201, said(false));
        let found = checked(script, "a-token", source.clone()).await;
        assert_eq!(found.as_deref(), Ok(word));
    }
}
