//! Whatever a webhook says, nothing breaks, nothing of it is kept, and only one of the project that
//! shows a secret is taken.

use std::sync::{Arc, Mutex, OnceLock};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use passport_connector_sdk::{
    Accepted, Builder, Connector, ConnectorKind, Delivery, Registry,
    provider::{Hub, HubOptions},
};
use passport_evidence::Descriptor;
use passport_testkit::{env::Env, scenario::source_id};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};
use sha2::Sha256;

use super::bench::now;
use crate::connectors::gitlab_ci::{GitlabCi, settings::Settings};

/// Webhooks of one set. With so many sets it is 100,000 webhooks.
const TOGETHER: usize = 50;
const SETS: u32 = 2_000;
const TOKEN: &str = "not-a-real-token";
/// The signing token of the third source; its key is 32 bytes of Base64.
const SIGNING: &str = "whsec_bm90LWEtcmVhbC1rZXktb2YtdGhpcnR5LXR3by1ieXQ=";
/// The third source.
const SIGNED: usize = 2;

static BUILT: Mutex<Option<Box<dyn Connector>>> = Mutex::new(None);

/// The kind under test, whose source is handed out.
struct Shown;

impl ConnectorKind for Shown {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = GitlabCi::DESCRIPTOR;
    const DETECT: Option<passport_connector_sdk::detect::Detect> = GitlabCi::DETECT;

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        *BUILT.lock().unwrap() = GitlabCi::build(settings, builder);
        None
    }
}

fn build((project, secret): (&str, &str)) -> Box<dyn Connector> {
    let source = json!({
        "connector": "gitlab-ci", "endpoint": "https://gitlab.example.com",
        "credential": {"env": "TOKEN"}, "scope": {"project": project},
        "signing_secrets": [{"env": "HOOK"}],
    });
    let env = Env::default();
    env.set("HOOK", secret);
    let hub = Hub::new(HubOptions::default(), Arc::new(env));
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "build").unwrap();
    let built = Registry::default().with::<Shown>().build(id, &source, &hub);
    let connector = BUILT.lock().unwrap().take();
    connector.unwrap_or_else(|| panic!("not built: {:?}", built.err()))
}

/// A source of a project by its id, one by its path, and one that wants signatures. Built together, so
/// that tests do not take each other's.
fn sources() -> &'static [Box<dyn Connector>; 3] {
    static SOURCES: OnceLock<[Box<dyn Connector>; 3]> = OnceLock::new();
    let projects = [("42", TOKEN), ("acme/checkout-api", TOKEN), ("42", SIGNING)];
    SOURCES.get_or_init(|| projects.map(build))
}

fn deliver(which: usize, token: &str, body: &str) -> Result<Accepted, StatusCode> {
    let token = HeaderValue::from_str(token).unwrap();
    let delivery = Delivery {
        headers: HeaderMap::from_iter([(HeaderName::from_static("x-gitlab-token"), token)]),
        body: body.to_owned().into(),
        received_at: now(),
    };
    let accepted = sources()[which].accept(&delivery);
    accepted.map_err(|rejected| rejected.reply.status)
}

/// A delivery with these headers to the source that wants signatures.
fn deliver_signed(headers: &[(&'static str, String)], body: &str) -> Result<Accepted, StatusCode> {
    let headers = headers.iter().map(|(name, value)| {
        let value = HeaderValue::from_str(value).unwrap();
        (HeaderName::from_static(name), value)
    });
    let delivery = Delivery {
        headers: headers.collect(),
        body: body.to_owned().into(),
        received_at: now(),
    };
    let accepted = sources()[SIGNED].accept(&delivery);
    accepted.map_err(|rejected| rejected.reply.status)
}

/// The headers of a body that was signed so many seconds ago.
fn signed(body: &str, seconds_ago: i64) -> [(&'static str, String); 3] {
    let at = (now().timestamp() - seconds_ago).to_string();
    let key = STANDARD.decode(&SIGNING["whsec_".len()..]).unwrap();
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
    let mac = mac.chain_update(format!("m-1.{at}.{body}")).finalize();
    let signature = STANDARD.encode(mac.into_bytes());
    [
        ("webhook-id", "m-1".to_owned()),
        ("webhook-timestamp", at),
        ("webhook-signature", format!("v1,{signature}")),
    ]
}

fn event(kind: &str) -> Value {
    json!({
        "object_kind": kind, "project_id": 42,
        "project": {"id": 42, "path_with_namespace": "acme/checkout-api"},
        "object_attributes": {"id": 7001, "status": "success"},
    })
}

fn is_ours(event: &Value, which: usize) -> bool {
    let project = event.get("project").filter(|it| !it.is_null());
    let path = project.and_then(|it| it["path_with_namespace"].as_str());
    let ids = [project.map(|it| &it["id"]), event.get("project_id")];
    let mut ids = ids.into_iter().flatten().filter(|it| !it.is_null());
    match which {
        0 | SIGNED => ids.all(|it| it == 42),
        _ => path.is_some_and(|it| it.eq_ignore_ascii_case("acme/checkout-api")),
    }
}

/// Whether it says at all whose it is.
fn is_told(event: &Value) -> bool {
    let is_there = |key: &str| event.get(key).is_some_and(|it| !it.is_null());
    is_there("project") || is_there("project_id")
}

fn changed() -> impl Strategy<Value = Value> {
    const POINTERS: [&str; 5] = [
        "/object_kind",
        "/project_id",
        "/project",
        "/project/id",
        "/project/path_with_namespace",
    ];
    let values = vec![
        json!(null),
        json!(42),
        json!(43),
        json!("42"),
        json!(-42),
        json!(42.0),
        json!("acme/checkout-api"),
        json!("ACME/Checkout-API"),
        json!("acme/checkout-api-2"),
        json!("push"),
        json!("pipeline"),
        json!({}),
        json!([]),
    ];
    let kind = select(vec!["pipeline", "build", "deployment", "push"]);
    let change = (select(&POINTERS[..]), select(values), any::<bool>());
    (kind, prop::collection::vec(change, 0..3)).prop_map(|(kind, changes)| {
        let mut event = event(kind);
        for (at, value, is_lost) in changes {
            let (parent, key) = at.rsplit_once('/').unwrap();
            let Some(parent) = event.pointer_mut(parent).and_then(Value::as_object_mut) else {
                continue;
            };
            match is_lost {
                true => parent.remove(key),
                false => parent.insert(key.to_owned(), value),
            };
        }
        event
    })
}

#[test]
fn events_of_the_project_are_taken_and_nothing_is_kept() {
    for which in [0, 1] {
        for kind in ["pipeline", "build", "deployment", "push"] {
            let accepted = deliver(which, TOKEN, &event(kind).to_string()).unwrap();
            assert!(accepted.records.is_empty());
        }
    }
}

#[test]
fn a_signed_event_of_the_project_is_taken_for_five_minutes() {
    let text = event("pipeline").to_string();
    for (seconds_ago, is_taken) in [(0, true), (300, true), (301, false), (-301, false)] {
        let taken = deliver_signed(&signed(&text, seconds_ago), &text);
        assert_eq!(taken.is_ok(), is_taken, "{seconds_ago}");
    }
}

#[test]
fn a_wrong_secret_and_another_project_are_told_alike() {
    let wrong = deliver(0, "another-token", &event("pipeline").to_string());
    let other = event("pipeline").to_string().replace("42", "43");
    assert_eq!(wrong.unwrap_err(), StatusCode::UNAUTHORIZED);
    let foreign = deliver(0, TOKEN, &other);
    assert_eq!(foreign.unwrap_err(), StatusCode::UNAUTHORIZED);
    let unread = deliver(0, TOKEN, "{\"object_kind\":\"pipeline\"}");
    assert_eq!(unread.unwrap_err(), StatusCode::BAD_REQUEST);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(SETS))]

    #[test]
    fn changed_events_are_taken_only_of_the_project(
        events in prop::collection::vec(changed(), TOGETHER),
        which in 0_usize..2,
    ) {
        for event in &events {
            let text = event.to_string();
            prop_assert!(deliver(which, "wrong", &text).is_err());
            if let Ok(accepted) = deliver(which, TOKEN, &text) {
                prop_assert!(accepted.records.is_empty());
                let may_be_anybodys = !is_told(event);
                prop_assert!(may_be_anybodys || is_ours(event, which), "{event}");
            }
        }
    }

    #[test]
    fn changed_events_are_taken_only_as_they_were_signed(
        events in prop::collection::vec((changed(), 0_i64..400), TOGETHER),
    ) {
        let mut before = "{}".to_owned();
        for (event, seconds_ago) in &events {
            let text = event.to_string();
            let headers = signed(&text, *seconds_ago);
            if let Ok(accepted) = deliver_signed(&headers, &text) {
                prop_assert!(accepted.records.is_empty() && *seconds_ago <= 300);
                prop_assert!(!is_told(event) || is_ours(event, SIGNED), "{event}");
            }
            // Neither another body under the same signature, nor the key in the place of a token.
            if before != text {
                prop_assert!(deliver_signed(&headers, &before).is_err());
            }
            prop_assert!(deliver(SIGNED, SIGNING, &text).is_err());
            before = text;
        }
    }

    #[test]
    fn arbitrary_texts_break_nothing(text in ".{0,200}", shown in "[ -~]{0,60}") {
        prop_assert!(deliver(0, TOKEN, &text).is_err());
        prop_assert!(deliver_signed(&signed(&text, 0), &text).is_err());
        let headers = ["webhook-id", "webhook-timestamp", "webhook-signature"];
        let headers = headers.map(|it| (it, shown.clone()));
        prop_assert!(deliver_signed(&headers, &event("pipeline").to_string()).is_err());
    }
}
