use passport_policy::grants::Verb;
use passport_test_issuer::{self as test, Key};
use serde_json::{Value, json};

use super::*;
use crate::access::{Access, Caller};

const AUDIENCE: &str = "passport-mesh";

fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

fn later(seconds: i64) -> DateTime<Utc> {
    now() + chrono::TimeDelta::seconds(seconds)
}

fn configured(issuer: &str, kind: &str, claims: Value) -> Value {
    json!({
        "issuer": issuer, "kind": kind, "audience": AUDIENCE,
        "algorithms": ["RS256", "ES256", "ES384", "EdDSA"],
        "mappings": [{ "id": "it", "claims": claims, "grants": [{
            "workspace": "acme", "services": ["*"], "environments": ["*"],
            "verbs": ["collect", "waive"],
        }] }],
    })
}

fn access(entry: Value, keyring: &Keyring) -> Access {
    let file = json!({ "gateway": { "oidc": [entry] }, "workspaces": {} });
    Access::of(&serde_json::from_value(file).unwrap(), keyring).unwrap()
}

async fn ask(access: &Access, token: &str, at: DateTime<Utc>) -> Option<Caller> {
    let mut headers = http::HeaderMap::new();
    let value = format!("Bearer {token}").parse().unwrap();
    headers.insert(http::header::AUTHORIZATION, value);
    access.authenticate(&headers, None, at).await.ok()
}

struct World {
    issuer: test::Issuer,
    key: Key,
    access: Access,
}

async fn github() -> World {
    let key = Key::rsa("one").unwrap();
    let issuer = test::Issuer::start(vec![key.jwk()]).await.unwrap();
    let claims = json!({ "repository_id": 74, "ref": "refs/heads/main" });
    let entry = configured(issuer.url(), "github_actions", claims);
    let access = access(entry, &Keyring::default());
    World {
        issuer,
        key,
        access,
    }
}

impl World {
    fn claims(&self) -> Value {
        test::github_actions(self.issuer.url(), AUDIENCE, now().timestamp())
    }

    async fn with(&self, claim: &str, value: Value) -> bool {
        let mut claims = self.claims();
        claims[claim] = value;
        let token = self.key.token(&claims).unwrap();
        ask(&self.access, &token, now()).await.is_some()
    }
}

#[tokio::test]
async fn workloads_of_each_kind_are_known_by_what_their_issuer_says() {
    let keys = [
        Key::rsa("r").unwrap(),
        Key::p256("e").unwrap(),
        Key::p384("e3").unwrap(),
        Key::ed25519("d").unwrap(),
    ];
    let published = keys.iter().map(Key::jwk).collect();
    let issuer = test::Issuer::start(published).await.unwrap();
    let url = issuer.url();
    let at = now().timestamp();
    for (kind, claims, token) in [
        (
            "github_actions",
            json!({ "repository_id": "74", "environment": "production" }),
            test::github_actions(url, AUDIENCE, at),
        ),
        (
            "gitlab_ci",
            json!({ "project_id": 22, "ref_protected": true }),
            test::gitlab_ci(url, AUDIENCE, at),
        ),
        (
            "kubernetes",
            json!({ "namespace": "shop", "service_account": "checkout-api" }),
            test::kubernetes(url, AUDIENCE, at),
        ),
    ] {
        let access = access(configured(url, kind, claims), &Keyring::default());
        for key in &keys {
            let caller = ask(&access, &key.token(&token).unwrap(), now()).await;
            let caller = caller.unwrap_or_else(|| panic!("{kind}"));
            assert_eq!(caller.name(), "it");
            assert!(caller.may_anywhere(Verb::Collect).is_ok());
            assert!(caller.may_anywhere(Verb::Waive).is_err());
            assert!(caller.may_anywhere(Verb::Read).is_err());
        }
    }
}

#[tokio::test]
async fn what_is_not_exactly_as_it_should_be_is_refused() {
    let world = github().await;
    let at = now().timestamp();
    assert!(world.with("jti", json!("another")).await);
    for (claim, value) in [
        ("aud", json!("another")),
        ("aud", json!([AUDIENCE, "another"])),
        ("iss", json!("https://elsewhere.example")),
        ("exp", json!(at - 31)),
        ("exp", json!(at + 4000)),
        ("exp", Value::Null),
        ("nbf", json!(at + 31)),
        ("iat", json!(at + 31)),
        ("iat", Value::Null),
        ("repository_id", json!("75")),
        ("ref", json!("refs/heads/other")),
        ("event_name", json!("pull_request")),
        ("event_name", json!("pull_request_target")),
        ("event_name", Value::Null),
    ] {
        assert!(!world.with(claim, value.clone()).await, "{claim} {value}");
    }
}

#[tokio::test]
async fn a_header_chooses_no_algorithm_that_is_not_configured_and_no_other_key() {
    let world = github().await;
    let claims = world.claims();
    let header = |alg: &str| json!({ "alg": alg, "kid": "one", "typ": "JWT" });
    let public = world.key.jwk();
    let modulus = public["n"].as_str().unwrap().as_bytes().to_vec();
    let stranger = Key::rsa("one").unwrap();
    for token in [
        test::unsigned(&header("none"), &claims),
        test::with_secret(&header("HS256"), &claims, &modulus).unwrap(),
        test::with_secret(&header("HS256"), &claims, public.to_string().as_bytes()).unwrap(),
        stranger.token(&claims).unwrap(),
        world.key.token_with(&header("RS512"), &claims).unwrap(),
        world.key.token_with(&header("ES256"), &claims).unwrap(),
        world
            .key
            .token_with(&json!({ "alg": "RS256" }), &claims)
            .unwrap(),
    ] {
        assert!(ask(&world.access, &token, now()).await.is_none());
    }
}

#[tokio::test]
async fn a_new_key_is_fetched_once_and_a_flood_of_unknown_ones_costs_one_request() {
    let world = github().await;
    assert!(world.with("jti", json!("first")).await);
    assert_eq!(world.issuer.asked(), 1);
    let next = Key::rsa("two").unwrap();
    world.issuer.publish(vec![next.jwk()]);
    let token = next.token(&world.claims()).unwrap();
    assert!(ask(&world.access, &token, later(1)).await.is_none());
    assert_eq!(world.issuer.asked(), 1);
    let unknown = Key::rsa("made-up").unwrap().token(&world.claims()).unwrap();
    let flood = (0..50).map(|_| ask(&world.access, &unknown, later(10)));
    assert!(
        futures::future::join_all(flood)
            .await
            .iter()
            .all(Option::is_none)
    );
    assert_eq!(world.issuer.asked(), 2);
    assert!(ask(&world.access, &token, later(11)).await.is_some());
    assert_eq!(world.issuer.asked(), 2);
}

#[tokio::test]
async fn keys_outlive_their_issuer_for_a_while_and_a_reload() {
    let keyring = Keyring::default();
    let key = Key::rsa("one").unwrap();
    let issuer = test::Issuer::start(vec![key.jwk()]).await.unwrap();
    let claims = json!({ "namespace": "shop", "service_account": "checkout-api" });
    let entry = configured(issuer.url(), "kubernetes", claims);
    let before = access(entry.clone(), &keyring);
    let at = |seconds: i64| {
        let made = later(seconds).timestamp();
        key.token(&test::kubernetes(issuer.url(), AUDIENCE, made))
            .unwrap()
    };
    assert!(ask(&before, &at(0), now()).await.is_some());
    issuer.answers(Some(500));
    let after = access(entry, &keyring);
    drop(before);
    assert!(ask(&after, &at(3600), later(3600)).await.is_some());
    assert!(ask(&after, &at(6 * 3600), later(6 * 3600)).await.is_none());
}

#[tokio::test]
async fn keys_are_fetched_anew_once_the_clock_was_set_back() {
    let world = github().await;
    let made_at = |seconds: i64| {
        let at = later(seconds).timestamp();
        let claims = test::github_actions(world.issuer.url(), AUDIENCE, at);
        world.key.token(&claims).unwrap()
    };
    assert!(ask(&world.access, &made_at(0), now()).await.is_some());
    assert!(ask(&world.access, &made_at(-9), later(-9)).await.is_some());
    assert_eq!(world.issuer.asked(), 1);
    let before = -3600;
    let token = made_at(before);
    assert!(ask(&world.access, &token, later(before)).await.is_some());
    assert_eq!(world.issuer.asked(), 2);
    world.issuer.publish(Vec::new());
    let further = 2 * before;
    let token = made_at(further);
    assert!(ask(&world.access, &token, later(further)).await.is_none());
    assert_eq!(world.issuer.asked(), 3);
}

// === people ===

/// What an identity provider says of somebody who signed in.
fn signed_in(issuer: &str) -> Value {
    let at = now().timestamp();
    json!({
        "iss": issuer, "aud": AUDIENCE, "iat": at, "exp": at + 600, "sub": "7f3a", "azp": "portal",
        "groups": ["staff", "release-managers"], "email": "ada@example.com",
    })
}

#[tokio::test]
async fn whom_an_issuer_of_people_knows_is_a_person_and_may_waive() {
    let key = Key::rsa("one").unwrap();
    let issuer = test::Issuer::start(vec![key.jwk()]).await.unwrap();
    let url = issuer.url();
    let of = |claims| access(configured(url, "people", claims), &Keyring::default());
    for claims in [
        json!({ "groups": "release-managers" }),
        json!({ "sub": "7f3a" }),
        json!({ "sub": "7f3a", "groups": "staff" }),
    ] {
        let token = key.token(&signed_in(url)).unwrap();
        let caller = ask(&of(claims), &token, now()).await.unwrap();
        let person = caller.person().unwrap();
        assert_eq!(
            (person.issuer.as_str(), person.subject.as_str()),
            (url, "7f3a")
        );
        assert!(caller.may_anywhere(Verb::Waive).is_ok());
        assert!(caller.may_anywhere(Verb::Approve).is_err(), "not granted");
        assert_eq!(caller.name(), "it", "records name the mapping");
    }
}

#[tokio::test]
async fn who_is_in_no_group_of_a_mapping_or_no_person_is_not_admitted() {
    let key = Key::rsa("one").unwrap();
    let issuer = test::Issuer::start(vec![key.jwk()]).await.unwrap();
    let url = issuer.url();
    let entry = configured(url, "people", json!({ "groups": "release-managers" }));
    let access = access(entry, &Keyring::default());
    let changes: [(&str, Value); 8] = [
        ("groups", json!(["staff"])),
        ("groups", json!([["release-managers"]])),
        ("groups", json!("release-managers,staff")),
        ("groups", Value::Null),
        ("sub", json!("portal")),
        ("sub", json!(" ")),
        ("idtyp", json!("app")),
        ("gty", json!("client-credentials")),
    ];
    for (claim, value) in changes {
        let mut claims = signed_in(url);
        claims[claim] = value.clone();
        let token = key.token(&claims).unwrap();
        assert!(
            ask(&access, &token, now()).await.is_none(),
            "{claim} {value}"
        );
    }
}
