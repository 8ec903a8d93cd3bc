//! Slack's signature: `v0=` and the HMAC-SHA256, in hexadecimal, of `v0:`, the time, `:` and the body.

use chrono::{DateTime, Utc};
use http::HeaderMap;
use passport_connector_sdk::{Delivery, signature::SigningSecrets};

const SIGNATURE: &str = "x-slack-signature";
const TIMESTAMP: &str = "x-slack-request-timestamp";
const PREFIX: &str = "v0=";
/// Digits of an HMAC-SHA256.
const DIGITS: usize = 64;
/// Most digits of a time.
const MAX_TIME: usize = 11;
/// Furthest that the time of a request may be from ours, in seconds.
const WINDOW: u64 = 300;

/// When a delivery was sent, if it was signed then with one of the secrets, and not long ago.
pub fn verified(secrets: &SigningSecrets, delivery: &Delivery) -> Option<DateTime<Utc>> {
    let shown = digest(one(&delivery.headers, SIGNATURE)?)?;
    let time = one(&delivery.headers, TIMESTAMP)?;
    let is_number =
        (1..=MAX_TIME).contains(&time.len()) && time.bytes().all(|it| it.is_ascii_digit());
    let seconds: i64 = is_number.then(|| time.parse().ok()).flatten()?;
    let now = delivery.received_at.timestamp();
    let is_near = now.abs_diff(seconds) <= WINDOW;
    let parts: [&[u8]; 4] = [b"v0:", time.as_bytes(), b":", &delivery.body];
    let is_signed = secrets.signed(&parts, &shown);
    (is_near && is_signed)
        .then(|| DateTime::from_timestamp(seconds, 0))
        .flatten()
}

/// A header that is there once.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value.to_str().ok()
}

fn digest(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix(PREFIX)?;
    let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
    let is_digest = digits.len() == DIGITS && digits.bytes().all(is_digit);
    is_digest.then(|| hex::decode(digits).ok()).flatten()
}
