//! Whatever a webhook says, nothing of it is kept, and only one of this project is taken.

use std::sync::OnceLock;

use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use passport_connector_sdk::{Connector, Delivery};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};
use sha2::Sha256;

use super::bench::{PROJECT, REVISION, SECRET, now, source};

const HEADER: HeaderName = HeaderName::from_static("x-sonar-webhook-hmac-sha256");

fn signature(body: &str, secret: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    hex::encode(mac.chain_update(body).finalize().into_bytes())
}

fn delivery(body: &str, signature: &str) -> Delivery {
    let value = HeaderValue::from_str(signature).unwrap();
    Delivery {
        headers: HeaderMap::from_iter([(HEADER, value)]),
        body: body.to_owned().into(),
        received_at: now(),
    }
}

fn connector() -> &'static dyn Connector {
    static SOURCE: OnceLock<Box<dyn Connector>> = OnceLock::new();
    SOURCE.get_or_init(|| source("http://127.0.0.1:9")).as_ref()
}

/// With which status a correctly signed webhook is refused.
fn refused(body: &str) -> Option<StatusCode> {
    let accepted = connector().accept(&delivery(body, &signature(body, SECRET)));
    match accepted {
        Ok(accepted) => {
            assert!(accepted.records.is_empty());
            None
        }
        Err(rejected) => Some(rejected.reply.status),
    }
}

fn payload() -> Value {
    json!({
        "taskId": "AZ-t-2", "status": "SUCCESS", "revision": REVISION,
        "project": {"key": PROJECT}, "branch": {"name": "main", "isMain": true},
        "qualityGate": {"status": "OK", "conditions": []},
    })
}

#[test]
fn the_same_bytes_are_the_same_delivery_and_others_are_another() {
    let key = |body: &str| {
        let accepted = connector().accept(&delivery(body, &signature(body, SECRET)));
        accepted.unwrap().idempotency_key
    };
    let body = payload().to_string();
    assert_eq!(key(&body), key(&body));
    assert_ne!(key(&body), key(&format!("{body} ")));
}

#[test]
fn what_is_not_signed_with_the_secret_is_not_read() {
    let body = payload().to_string();
    let good = signature(&body, SECRET);
    let forged = [
        signature(&body, "another-secret"),
        signature("", SECRET),
        good.to_uppercase(),
        format!("sha256={good}"),
        String::new(),
    ];
    for shown in forged {
        let refused = connector().accept(&delivery(&body, &shown)).err();
        let refused = refused.map(|it| it.reply.status);
        assert_eq!(refused, Some(StatusCode::UNAUTHORIZED), "{shown}");
    }
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        3 => select(vec![PROJECT, "acme:other", "", "ACME:checkout-api", "acme:checkout-api "])
            .prop_map(Value::from),
        1 => Just(Value::Null),
        1 => select(vec![json!({"key": PROJECT}), json!([]), json!(u64::MAX), json!(true)]),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn only_webhooks_of_the_project_are_taken(
        at in select(vec!["/project", "/project/key", "/branch", "/status", "/qualityGate/status"]),
        value in value(),
        cut in prop::option::weighted(0.1, 0_usize..60),
    ) {
        let mut told = payload();
        *told.pointer_mut(at).unwrap() = value;
        let mut body = told.to_string();
        if let Some(cut) = cut {
            body.truncate(cut);
        }
        let is_ours = cut.is_none() && told.pointer("/project/key") == Some(&json!(PROJECT));
        prop_assert_eq!(refused(&body).is_none(), is_ours, "{}", body);
    }
}
