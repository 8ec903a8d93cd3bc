//! Workloads that call with a token of an issuer.

use std::sync::OnceLock;

use http::{HeaderMap, header::AUTHORIZATION};
use passport_evidence::Scope;
use passport_policy::grants::Verb;
use passport_service_kit::access::Clients;
use passport_test_issuer::{Issuer, Key, github_actions};
use serde_json::{Value, json};

use super::world::now;
use crate::{
    Access,
    access::oidc::{Issuers, Keyring},
};

const ISSUER: &str = "https://issuer.example";

const AUDIENCE: &str = "passport-mesh";

/// The issuer's only key.
fn key() -> &'static Key {
    static KEY: OnceLock<Key> = OnceLock::new();
    KEY.get_or_init(|| Key::ed25519("one").unwrap())
}

/// A token of the workload that a mapping of this name means, if there is one.
pub fn token(name: &str, is_expired: bool) -> String {
    let made = now().timestamp() - if is_expired { 3600 } else { 0 };
    let mut claims = github_actions(ISSUER, AUDIENCE, made);
    claims["environment"] = name.into();
    key().token(&claims).unwrap()
}

/// An issuer with a mapping for each name. Its keys were fetched already.
pub async fn issuers(named: impl IntoIterator<Item = (String, Scope, Vec<Verb>)>) -> Issuers {
    let server = Issuer::start(vec![key().jwk()]).await.unwrap();
    let issuers = asked_at(&format!("{}/keys", server.url()), named);
    fetch(issuers.clone()).await;
    issuers
}

/// The same, whose keys are to be had there and were not fetched yet.
pub fn asked_at(
    jwks: &str,
    named: impl IntoIterator<Item = (String, Scope, Vec<Verb>)>,
) -> Issuers {
    let mappings: Vec<_> = named.into_iter().map(mapping).collect();
    let file = json!({ "workspaces": {}, "gateway": { "oidc": [{
        "issuer": ISSUER,
        "jwks": jwks,
        "kind": "github_actions",
        "audience": AUDIENCE,
        "algorithms": ["EdDSA"],
        "mappings": mappings,
    }] } });
    let settings = serde_json::from_value(file).unwrap();
    Issuers::of(&settings, &Keyring::default()).unwrap()
}

fn mapping((name, scope, verbs): (String, Scope, Vec<Verb>)) -> Value {
    let verbs: Vec<_> = verbs.into_iter().map(Verb::as_str).collect();
    let [services, environments] = match name.as_str() {
        "everywhere" => ["*", "*"],
        _ => [scope.service.as_str(), scope.environment.as_str()],
    };
    json!({ "id": name, "claims": { "environment": name }, "grants": [{
        "workspace": scope.workspace.as_str(),
        "services": [services],
        "environments": [environments],
        "verbs": verbs,
    }] })
}

/// Whoever calls first makes the gateway fetch them.
async fn fetch(issuers: Issuers) {
    let access = Access::known(std::iter::empty().collect(), Clients::default(), issuers);
    let bearer = format!("Bearer {}", token("nobody", false));
    let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer.parse().unwrap())]);
    assert!(access.authenticate(&headers, None, now()).await.is_err());
}
