//! Uploads that are signed: nothing but what was signed is taken.

use bytes::Bytes;
use chrono::TimeDelta;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use passport_connector_sdk::{Connector, Delivery};
use proptest::{prelude::*, sample::Index};
use serde_json::json;
use sha2::Sha256;

use super::source::{NOW, good, now, settings};
use crate::connectors::log_upload::LogUpload;
use passport_testkit::connector;

const SECRET: &str = "upload-secret-1";
const TIMESTAMP: HeaderName = HeaderName::from_static("passport-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("passport-signature");

/// As the source of uploads with a token, but signed.
fn source() -> Box<dyn Connector> {
    let mut source = settings();
    source["signing_secrets"] = json!([{"env": "SECRET"}]);
    source.as_object_mut().unwrap().remove("credential");
    let hub = connector::hub(&[("SECRET", SECRET)]);
    connector::built::<LogUpload>(&source, &hub).unwrap()
}

/// What is sent of an upload.
#[derive(Debug, Clone)]
struct Sent {
    timestamp: String,
    signature: String,
    body: Vec<u8>,
}

fn signed(at: i64, body: &[u8]) -> Sent {
    let timestamp = at.to_string();
    let mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    let parts = [timestamp.as_bytes(), b".", body];
    let mac = parts.into_iter().fold(mac, Mac::chain_update);
    Sent {
        signature: format!("sha256={}", hex::encode(mac.finalize().into_bytes())),
        timestamp,
        body: body.to_vec(),
    }
}

/// What the sender gets; `None`: no header can carry it.
fn status(sent: &Sent) -> Option<StatusCode> {
    let value = |text: &str| HeaderValue::from_bytes(text.as_bytes()).ok();
    let headers = [
        (TIMESTAMP, value(&sent.timestamp)?),
        (SIGNATURE, value(&sent.signature)?),
    ];
    let delivery = Delivery {
        headers: HeaderMap::from_iter(headers),
        body: Bytes::from(sent.body.clone()),
        received_at: now(),
    };
    SOURCE.with(|it| match it.accept(&delivery) {
        Ok(accepted) => Some(accepted.reply.status),
        Err(rejected) => Some(rejected.reply.status),
    })
}

thread_local! {
    static SOURCE: Box<dyn Connector> = source();
}

/// The text with one of its bytes made another ASCII byte.
fn changed(text: &str, at: Index, by: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let at = at.index(bytes.len());
    bytes[at] = (bytes[at] ^ by) & 0x7f;
    String::from_utf8(bytes).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 20_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn whichever_byte_is_changed_it_is_not_taken(place in 0..3, at in any::<Index>(), by in 1_u8..128) {
        let mut sent = signed(NOW - 5, good().to_string().as_bytes());
        prop_assert_eq!(status(&sent), Some(StatusCode::ACCEPTED));
        match place {
            0 => {
                let at = at.index(sent.body.len());
                sent.body[at] ^= by;
            }
            1 => sent.timestamp = changed(&sent.timestamp, at, by),
            _ => sent.signature = changed(&sent.signature, at, by),
        }
        let refused = status(&sent);
        prop_assert!(matches!(refused, None | Some(StatusCode::UNAUTHORIZED)), "{:?}: {:?}", sent, refused);
    }

    #[test]
    fn whatever_is_cut_off_or_added_it_is_not_taken(at in any::<Index>(), more in prop::collection::vec(any::<u8>(), 1..9)) {
        let whole = signed(NOW, good().to_string().as_bytes());
        let mut cut = whole.clone();
        cut.body.truncate(at.index(whole.body.len()));
        let mut longer = whole;
        longer.body.extend(more);
        for sent in [cut, longer] {
            prop_assert_eq!(status(&sent), Some(StatusCode::UNAUTHORIZED), "{:?}", sent);
        }
    }

    #[test]
    fn it_is_taken_within_five_minutes_of_its_time_and_no_longer(distance in -600_i64..600) {
        let sent = signed(NOW + distance, good().to_string().as_bytes());
        let wanted = match distance.abs() <= 300 {
            true => StatusCode::ACCEPTED,
            false => StatusCode::UNAUTHORIZED,
        };
        prop_assert_eq!(status(&sent), Some(wanted));
    }
}

/// As long as it could be sent once more, it is known.
#[test]
fn an_upload_is_remembered_for_longer_than_it_can_be_replayed() {
    let mut settings = settings();
    settings["signing_secrets"] = json!([{"env": "SECRET"}]);
    settings["max_age"] = json!("10s");
    settings.as_object_mut().unwrap().remove("credential");
    let hub = connector::hub(&[("SECRET", SECRET)]);
    let source = connector::built::<LogUpload>(&settings, &hub).unwrap();
    let sent = signed(NOW + 300, good().to_string().as_bytes());
    let headers = [
        (TIMESTAMP, HeaderValue::from_str(&sent.timestamp).unwrap()),
        (SIGNATURE, HeaderValue::from_str(&sent.signature).unwrap()),
    ];
    let delivery = Delivery {
        headers: HeaderMap::from_iter(headers),
        body: sent.body.into(),
        received_at: now(),
    };
    let accepted = source.accept(&delivery).unwrap();
    assert!(accepted.keep_for >= TimeDelta::minutes(10));
}
