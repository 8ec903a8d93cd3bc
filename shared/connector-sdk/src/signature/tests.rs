use std::{collections::BTreeMap, sync::Arc};

use bytes::Bytes;
use http::HeaderValue;
use secrecy::SecretString;

use super::*;
use crate::secrets::{SecretError, SecretReader};

/// A vector that senders publish for those who check their signatures.
const KEY: &str = "It's a Secret to Everybody";
const BODY: &str = "Hello, World!";
const SIGNATURE: &str = "757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";

struct Known(BTreeMap<&'static str, &'static str>);

impl SecretReader for Known {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        let SecretRef::Env(name) = secret else {
            return Err(SecretError::Absent(secret.to_string()));
        };
        let found = self.0.get(name.as_str()).copied();
        found
            .map(SecretString::from)
            .ok_or_else(|| SecretError::Absent(secret.to_string()))
    }
}

fn secrets(names: &[&str]) -> SigningSecrets {
    let known = Known(BTreeMap::from([("OLD", "old"), ("NEW", KEY)]));
    let known: Arc<dyn SecretReader> = Arc::new(known);
    let secret = |name: &&str| Secret::new(SecretRef::Env((*name).to_owned()), Arc::clone(&known));
    SigningSecrets(names.iter().map(secret).collect())
}

fn form() -> HexSignature {
    HexSignature {
        header: HeaderName::from_static("x-signature"),
        prefix: "sha256=",
    }
}

fn delivery(body: &str, signatures: &[&str]) -> Delivery {
    let values = signatures.iter().map(|it| {
        let value = HeaderValue::from_str(it).unwrap();
        (HeaderName::from_static("x-signature"), value)
    });
    let mut headers = HeaderMap::new();
    for (name, value) in values {
        headers.append(name, value);
    }
    Delivery {
        headers,
        body: Bytes::from(body.to_owned()),
        received_at: chrono::DateTime::UNIX_EPOCH,
    }
}

fn verifies(names: &[&str], body: &str, signatures: &[&str]) -> bool {
    let verified = secrets(names).verify(&delivery(body, signatures), &form());
    if let Err(rejected) = &verified {
        assert_eq!(rejected.reply, Rejected::unauthorized().reply);
    }
    verified.is_ok()
}

#[test]
fn a_signature_of_any_secret_over_the_very_bytes_verifies() {
    let good = format!("sha256={SIGNATURE}");
    for names in [&["NEW"][..], &["OLD", "NEW"], &["NEW", "ABSENT"]] {
        assert!(verifies(names, BODY, &[&good]), "{names:?}");
    }
    for names in [&[][..], &["OLD"], &["ABSENT"]] {
        assert!(!verifies(names, BODY, &[&good]), "{names:?}");
    }
    for body in ["", "Hello, World", "Hello, World! ", "hello, World!"] {
        assert!(!verifies(&["NEW"], body, &[&good]), "{body}");
    }
}

#[test]
fn a_header_of_another_form_gets_the_same_answer() {
    let good = format!("sha256={SIGNATURE}");
    for header in [
        "",
        "sha256=",
        SIGNATURE,
        &format!("sha1={SIGNATURE}"),
        &format!("SHA256={SIGNATURE}"),
        &format!(" {good}x"),
        &good.to_uppercase(),
        &format!("sha256={}", SIGNATURE.to_uppercase()),
        &good[..good.len() - 2],
        &good[..good.len() - 1],
        &format!("{good},{good}"),
        &format!("sha256={}", "0".repeat(64)),
    ] {
        assert!(!verifies(&["NEW"], BODY, &[header]), "{header}");
    }
    assert!(!verifies(&["NEW"], BODY, &[]));
    assert!(!verifies(&["NEW"], BODY, &[&good, &good]));
}

#[test]
fn of_several_signatures_one_that_is_right_will_do() {
    let any = |names: &[&str], header: &str| {
        let verified = secrets(names).verify_any(&delivery(BODY, &[header]), &form());
        verified.is_ok()
    };
    let good = format!("sha256={SIGNATURE}");
    let other = format!("sha256={}", "0".repeat(64));
    for header in [
        good.clone(),
        format!("{other},{good}"),
        format!("{good}, {other}"),
        format!("sha512=abc,{good}"),
    ] {
        assert!(any(&["OLD", "NEW"], &header), "{header}");
        assert!(!any(&["OLD"], &header), "{header}");
    }
    let late = [other.as_str(); MAX_SHOWN].join(",") + "," + &good;
    for header in [
        "",
        ",",
        &other,
        SIGNATURE,
        &good.replace("sha", "SHA"),
        &late,
    ] {
        assert!(!any(&["NEW"], header), "{header}");
    }
    let twice = delivery(BODY, &[&good, &other]);
    assert!(secrets(&["NEW"]).verify_any(&twice, &form()).is_err());
}

/// HMAC-SHA256 over `1777800600.Hello, World!` with the vector's key, as `openssl dgst -sha256 -hmac` prints it.
const TIMED: &str = "ea6ab8851cc642a37e5fbad6d8af57724d5d2af8fed32d223dac305e6ba55054";
const SENT_AT: i64 = 1_777_800_600;

fn timed(seconds_later: i64, timestamps: &[&str], signature: &str, body: &str) -> bool {
    let mut delivery = delivery(body, &[signature]);
    let name = HeaderName::from_static("x-timestamp");
    for text in timestamps {
        let value = HeaderValue::from_str(text).unwrap();
        delivery.headers.append(name.clone(), value);
    }
    delivery.received_at = chrono::DateTime::from_timestamp(SENT_AT + seconds_later, 0).unwrap();
    let verified = secrets(&["OLD", "NEW"]).verify_timed_in(&delivery, &name, &form());
    match verified {
        Ok(at) => {
            assert_eq!(at.timestamp(), SENT_AT);
            true
        }
        Err(rejected) => {
            assert_eq!(rejected.reply, Rejected::unauthorized().reply);
            false
        }
    }
}

#[test]
fn a_signature_over_time_and_body_verifies_while_it_is_near() {
    let good = format!("sha256={TIMED}");
    let at = SENT_AT.to_string();
    let at = at.as_str();
    for (later, verifies) in [
        (0, true),
        (300, true),
        (-300, true),
        (301, false),
        (-301, false),
    ] {
        assert_eq!(timed(later, &[at], &good, BODY), verifies, "{later}");
    }
    for timestamps in [
        &[][..],
        &[""],
        &["0"],
        &["1777800601"],
        &["+1777800600"],
        &["01777800600"],
        &["1777800600.0"],
        &[at, at],
    ] {
        assert!(!timed(0, timestamps, &good, BODY), "{timestamps:?}");
    }
    assert!(!timed(0, &[at], &good, "Hello, World"));
    // The signature over the body alone is another one.
    assert!(!timed(0, &[at], &format!("sha256={SIGNATURE}"), BODY));
}
