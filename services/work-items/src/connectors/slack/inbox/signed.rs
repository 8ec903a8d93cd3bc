//! Slack's signature: `v0=` and the HMAC-SHA256, in hexadecimal, of `v0:`, the time, `:` and the body.

use chrono::{DateTime, Utc};
use http::HeaderName;
use passport_connector_sdk::{
    Delivery,
    signature::{HexSignature, SigningSecrets},
};

const SIGNATURE: HexSignature = HexSignature {
    header: HeaderName::from_static("x-slack-signature"),
    prefix: "v0=",
};
const TIMESTAMP: &str = "x-slack-request-timestamp";
/// Most digits of a time.
const MAX_TIME: usize = 11;
/// Furthest that the time of a request may be from ours, in seconds.
const WINDOW: u64 = 300;

/// When a delivery was sent, if it was signed then with one of the secrets, and not long ago.
pub fn verified(secrets: &SigningSecrets, delivery: &Delivery) -> Option<DateTime<Utc>> {
    let time = delivery.header(TIMESTAMP)?;
    let seconds = seconds(time)?;
    let is_near = delivery.received_at.timestamp().abs_diff(seconds) <= WINDOW;
    let parts: [&[u8]; 4] = [b"v0:", time.as_bytes(), b":", &delivery.body];
    let is_signed = secrets.signed_in(delivery, &SIGNATURE, &parts);
    (is_near && is_signed)
        .then(|| DateTime::from_timestamp(seconds, 0))
        .flatten()
}

/// Digits and nothing else: what is signed is the text.
fn seconds(time: &str) -> Option<i64> {
    let is_number =
        (1..=MAX_TIME).contains(&time.len()) && time.bytes().all(|it| it.is_ascii_digit());
    is_number.then(|| time.parse().ok()).flatten()
}
