use std::sync::Arc;

use chrono::{DateTime, Utc};
use http::HeaderValue;
use secrecy::SecretString;

use super::*;
use crate::secrets::{SecretError, SecretReader, SecretRef};

/// The vector that the Standard Webhooks libraries are tested with.
const SIGNING: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const MESSAGE: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
const SENT: &str = "1614265330";
const BODY: &str = r#"{"test": 2432232314}"#;
const SIGNED: &str = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
const TOKEN: HeaderName = HeaderName::from_static("x-token");

/// A secret named by its own text.
struct Spoken;

impl SecretReader for Spoken {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        match secret {
            SecretRef::Env(text) => Ok(text.clone().into()),
            SecretRef::File(_) => Err(SecretError::Absent(secret.to_string())),
        }
    }
}

fn secrets(texts: &[&str]) -> SigningSecrets {
    let secret = |it: &&str| Secret::new(SecretRef::Env((*it).to_owned()), Arc::new(Spoken));
    SigningSecrets(texts.iter().map(secret).collect())
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn delivery(headers: &[(&'static str, &str)]) -> Delivery {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).unwrap();
        map.append(HeaderName::from_static(name), value);
    }
    Delivery {
        headers: map,
        body: BODY.into(),
        received_at: at(1_614_265_330),
    }
}

fn signed(signature: &str) -> Delivery {
    delivery(&[
        ("webhook-id", MESSAGE),
        ("webhook-timestamp", SENT),
        ("webhook-signature", signature),
    ])
}

fn takes(texts: &[&str], delivery: &Delivery) -> bool {
    let verified = secrets(texts).verify_token_or_standard(delivery, &TOKEN);
    verified.is_ok()
}

#[test]
fn a_token_is_taken_only_where_it_is_one_of_the_secrets() {
    for (shown, is_taken) in [
        ("new", true),
        ("old", true),
        ("ne", false),
        ("newer", false),
    ] {
        let sent = delivery(&[("x-token", shown)]);
        assert_eq!(takes(&["old", "new"], &sent), is_taken, "{shown}");
    }
    assert!(!takes(&["old"], &delivery(&[])));
    let doubled = delivery(&[("x-token", "old"), ("x-token", "old")]);
    assert!(!takes(&["old"], &doubled));
}

#[test]
fn the_published_signature_holds_and_no_other() {
    assert!(takes(&["other", SIGNING], &signed(SIGNED)));
    assert!(takes(&[SIGNING], &signed(&format!("v1,AAAA {SIGNED}"))));
    let wrong = SIGNED.replace("g0hM", "g0hN");
    for signature in ["", "v1,", "v1a,AAAA", &wrong, &SIGNED.replace("v1", "v2")] {
        assert!(!takes(&[SIGNING], &signed(signature)), "{signature}");
    }
    assert!(!takes(&["whsec_AAAA"], &signed(SIGNED)));
}

#[test]
fn another_body_id_or_time_breaks_it() {
    let mut other = signed(SIGNED);
    other.body = "{}".into();
    assert!(!takes(&[SIGNING], &other));
    for header in [ID, TIMESTAMP, SIGNATURE] {
        let mut other = signed(SIGNED);
        other.headers.remove(&header);
        assert!(!takes(&[SIGNING], &other), "{header}");
        other
            .headers
            .insert(header, HeaderValue::from_static("1614265331"));
        assert!(!takes(&[SIGNING], &other));
    }
}

#[test]
fn an_old_delivery_is_a_replay() {
    for (seconds, is_taken) in [(300, true), (-300, true), (301, false), (-301, false)] {
        let mut sent = signed(SIGNED);
        sent.received_at = at(1_614_265_330 + seconds);
        assert_eq!(takes(&[SIGNING], &sent), is_taken, "{seconds}");
    }
}

#[test]
fn a_signing_key_is_no_token_and_an_empty_key_signs_nothing() {
    assert!(!takes(&[SIGNING], &delivery(&[("x-token", SIGNING)])));
    let mac = Hmac::<Sha256>::new_from_slice(&[]).unwrap();
    let mac = mac.chain_update(format!("{MESSAGE}.{SENT}.{BODY}"));
    let bytes = mac.finalize().into_bytes();
    let text = base64::engine::general_purpose::STANDARD.encode(bytes);
    for key in ["whsec_", "whsec_?"] {
        assert!(!takes(&[key], &signed(&format!("v1,{text}"))), "{key}");
    }
}

#[test]
fn where_only_signatures_count_a_token_is_none() {
    let verified = |texts: &[&str], delivery: &Delivery| secrets(texts).verify_standard(delivery);
    assert!(verified(&["other", SIGNING], &signed(SIGNED)).is_ok());
    assert!(verified(&["old"], &delivery(&[("x-token", "old")])).is_err());
    // A key of another length than the specification allows signs nothing.
    for key in ["whsec_AAAA", "whsec_", "plain"] {
        assert!(verified(&[key], &signed(SIGNED)).is_err(), "{key}");
    }
    for late in [-301, 301] {
        let mut delivery = signed(SIGNED);
        delivery.received_at = at(1_614_265_330 + late);
        assert!(verified(&[SIGNING], &delivery).is_err(), "{late}");
    }
}

#[test]
fn parts_are_signed_one_after_the_other() {
    let mac = Hmac::<Sha256>::new_from_slice(b"key").unwrap();
    let shown = mac.chain_update(b"1.body").finalize().into_bytes();
    let signs = |texts: &[&str], parts: &[&[u8]]| secrets(texts).signed(parts, &shown);
    assert!(signs(&["other", "key"], &[b"1", b".", b"body"]));
    assert!(!signs(&["other"], &[b"1.body"]));
    assert!(!signs(&["key"], &[b"body"]));
    assert!(!secrets(&["key"]).signed(&[b"1.body"], &shown[..16]));
}
