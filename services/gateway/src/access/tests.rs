use http::{HeaderValue, header::AUTHORIZATION};
use passport_evidence::Scope;
use passport_policy::{
    grants::{Grant, Grants, Selection, Verb},
    tokens::{Token, Tokens, hash},
};

use super::*;

const SECRET: &str = "pm_ci_0123456789";

fn settings(gateway: serde_json::Value) -> model::Settings {
    let file = serde_json::json!({ "gateway": gateway, "workspaces": {} });
    serde_json::from_value(file).unwrap()
}

fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

fn scope(workspace: &str) -> Scope {
    Scope {
        workspace: workspace.parse().unwrap(),
        service: "checkout-api".parse().unwrap(),
        environment: "production".parse().unwrap(),
    }
}

fn access() -> Access {
    let grant = Grant {
        workspace: "acme".parse().unwrap(),
        services: Selection::All,
        environments: Selection::All,
        verbs: [Verb::Collect].into(),
    };
    let token = Token {
        id: "ci".to_owned(),
        sha256: hash(SECRET),
        expires: None,
        grants: Grants::from_iter([grant]),
        person: None,
    };
    Access::tokens(Tokens::from_iter([token]))
}

async fn with(values: &[&str]) -> Result<Caller, CallError> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(AUTHORIZATION, HeaderValue::from_str(value).unwrap());
    }
    access().authenticate(&headers, None, now()).await
}

#[tokio::test]
async fn a_bearer_is_known_by_the_tokens_id() {
    let caller = with(&[&format!("Bearer {SECRET}")]).await.unwrap();
    assert_eq!(caller.name(), "ci");
    assert_eq!(caller.may(Verb::Collect, &scope("acme")), Ok(()));
}

#[tokio::test]
async fn the_scheme_is_read_in_any_case() {
    assert!(with(&[&format!("bEARER {SECRET}")]).await.is_ok());
}

#[tokio::test]
async fn whatever_is_not_one_admitted_bearer_token_is_refused_alike() {
    let bearer = format!("Bearer {SECRET}");
    let basic = format!("Basic {SECRET}");
    for values in [
        vec![],
        vec!["Bearer"],
        vec!["Bearer "],
        vec![SECRET],
        vec!["Bearer nonsense"],
        vec![basic.as_str()],
        vec![bearer.as_str(), bearer.as_str()],
    ] {
        let refused = with(&values).await.unwrap_err();
        assert_eq!(refused, CallError::Unauthenticated, "{values:?}");
    }
}

#[tokio::test]
async fn grants_of_one_workspace_give_nothing_in_another() {
    let caller = with(&[&format!("Bearer {SECRET}")]).await.unwrap();
    let denied = Err(CallError::Denied(Verb::Collect));
    assert_eq!(caller.may(Verb::Collect, &scope("globex")), denied);
    assert_eq!(caller.may_anywhere(Verb::Collect), Ok(()));
}

#[tokio::test]
async fn a_configured_token_is_admitted_for_what_its_grants_say() {
    let configured = serde_json::json!({ "tokens": [{
        "id": "ci",
        "sha256": hex::encode(hash(SECRET)),
        "expires": "2026-05-03T09:30:01Z",
        "grants": [{
            "workspace": "acme",
            "services": ["*"],
            "environments": ["production", "staging"],
            "verbs": ["collect", "read"],
        }],
    }]});
    let access = Access::configured(&settings(configured), &Keyring::default()).unwrap();
    let mut headers = HeaderMap::new();
    let value = format!("Bearer {SECRET}").parse().unwrap();
    headers.insert(AUTHORIZATION, value);
    let caller = access.authenticate(&headers, None, now()).await.unwrap();
    let mut elsewhere = scope("acme");
    assert!(caller.may(Verb::Collect, &elsewhere).is_ok());
    assert!(caller.may(Verb::Check, &elsewhere).is_err());
    elsewhere.environment = "development".parse().unwrap();
    assert!(caller.may(Verb::Collect, &elsewhere).is_err());
    let later = now() + chrono::TimeDelta::seconds(1);
    let refused = access
        .authenticate(&headers, None, later)
        .await
        .unwrap_err();
    assert_eq!(refused, CallError::Unauthenticated);
}

#[tokio::test]
async fn without_tokens_nobody_is_admitted() {
    let access = Access::configured(&settings(serde_json::json!({})), &Keyring::default()).unwrap();
    let refused = access.authenticate(&HeaderMap::new(), None, now()).await;
    assert_eq!(refused.unwrap_err(), CallError::Unauthenticated);
}

#[tokio::test]
async fn open_on_loopback_admits_everybody_to_everything_but_what_persons_do() {
    let access = Access::open_on_loopback();
    let caller = access
        .authenticate(&HeaderMap::new(), None, now())
        .await
        .unwrap();
    for verb in Verb::ALL {
        let may = match verb.wants_a_person() {
            true => Err(CallError::Denied(verb)),
            false => Ok(()),
        };
        assert_eq!(caller.may(verb, &scope("any")), may);
    }
}

// === certificates ===

const BOT: &str = "spiffe://acme.example/bot";

fn peer(uri: &str) -> Peer {
    let mut params = rcgen::CertificateParams::default();
    let name = rcgen::SanType::URI(uri.try_into().unwrap());
    params.subject_alt_names = vec![name];
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = params.self_signed(&key).unwrap();
    Peer::of(certificate.der()).unwrap()
}

fn with_clients() -> Access {
    let configured = serde_json::json!({
        "tokens": [{
            "id": "ci",
            "sha256": hex::encode(hash(SECRET)),
            "grants": [{ "workspace": "acme", "services": ["*"], "environments": ["*"],
                "verbs": ["collect"] }],
        }],
        "clients": [{
            "id": "bot",
            "identity": BOT,
            "grants": [{ "workspace": "globex", "services": ["*"], "environments": ["*"],
                "verbs": ["read"] }],
        }],
    });
    Access::of(&settings(configured), &Keyring::default()).unwrap()
}

#[tokio::test]
async fn a_caller_is_known_by_its_certificate_and_may_what_its_grants_say() {
    let access = with_clients();
    let shown = peer(BOT);
    let caller = access
        .authenticate(&HeaderMap::new(), Some(&shown), now())
        .await;
    let caller = caller.unwrap();
    assert_eq!(caller.name(), "bot");
    assert!(caller.may(Verb::Read, &scope("globex")).is_ok());
    assert!(caller.may(Verb::Collect, &scope("globex")).is_err());
    assert!(caller.may(Verb::Read, &scope("acme")).is_err());
}

#[tokio::test]
async fn a_certificate_of_somebody_else_admits_nobody() {
    let access = with_clients();
    for uri in ["spiffe://acme.example/bot/2", "spiffe://acme.example/BOT"] {
        let shown = peer(uri);
        let refused = access
            .authenticate(&HeaderMap::new(), Some(&shown), now())
            .await;
        assert_eq!(refused.unwrap_err(), CallError::Unauthenticated, "{uri}");
    }
    let refused = access.authenticate(&HeaderMap::new(), None, now()).await;
    assert_eq!(refused.unwrap_err(), CallError::Unauthenticated);
}

#[tokio::test]
async fn who_shows_both_is_the_bearer_of_the_token() {
    let (access, shown) = (with_clients(), peer(BOT));
    let ask = async |value: &str| {
        let mut headers = HeaderMap::new();
        headers.insert(AUTHORIZATION, value.parse().unwrap());
        access.authenticate(&headers, Some(&shown), now()).await
    };
    let caller = ask(&format!("Bearer {SECRET}")).await.unwrap();
    assert_eq!(caller.name(), "ci");
    assert!(caller.may(Verb::Read, &scope("globex")).is_err());
    for wrong in ["Bearer nonsense", "Basic abc", "Bearer"] {
        let refused = ask(wrong).await.unwrap_err();
        assert_eq!(refused, CallError::Unauthenticated, "{wrong}");
    }
}

#[tokio::test]
async fn with_clients_and_without_tokens_not_everybody_is_admitted() {
    let clients = serde_json::json!({ "clients": [{
        "id": "bot", "identity": BOT, "grants": [],
    }] });
    let access = Access::of(&settings(clients), &Keyring::default()).unwrap();
    assert!(!access.admits_everybody());
    let refused = access.authenticate(&HeaderMap::new(), None, now()).await;
    assert_eq!(refused.unwrap_err(), CallError::Unauthenticated);
}

#[tokio::test]
async fn with_a_hook_and_without_tokens_nobody_else_is_admitted() {
    let hooks = serde_json::json!({ "hooks": [{
        "id": "flagger", "sha256": hex::encode(hash("pmh_flagger_1")),
        "scope": { "workspace": "acme", "service": "checkout-api", "environment": "production" },
    }] });
    let access = Access::of(&settings(hooks), &Keyring::default()).unwrap();
    assert!(!access.admits_everybody());
    let nobody = access.authenticate(&HeaderMap::new(), None, now()).await;
    assert_eq!(nobody.unwrap_err(), CallError::Unauthenticated);
    let (caller, hook) = access.hook("pmh_flagger_1", now()).unwrap();
    assert_eq!((caller.name(), &hook.scope), ("flagger", &scope("acme")));
    for verb in Verb::ALL {
        let may = caller.may(verb, &scope("acme")).is_ok();
        assert_eq!(may, verb == Verb::Evaluate, "{}", verb.as_str());
        assert!(caller.may(verb, &scope("globex")).is_err());
    }
}
