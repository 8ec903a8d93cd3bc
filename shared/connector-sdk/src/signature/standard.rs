//! Senders that show a secret itself, or sign as the Standard Webhooks specification says.

use base64::Engine as _;
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName};
use secrecy::ExposeSecret;
use sha2::Sha256;

use super::{SigningSecrets, TOLERANCE};
use crate::{
    kind::{Delivery, Rejected, only},
    secrets::Secret,
};

const ID: HeaderName = HeaderName::from_static("webhook-id");
const TIMESTAMP: HeaderName = HeaderName::from_static("webhook-timestamp");
const SIGNATURE: HeaderName = HeaderName::from_static("webhook-signature");
/// What stands before a key of this kind, in Base64.
const KEY: &str = "whsec_";
/// What stands before a signature of this kind, in Base64.
const VERSION: &str = "v1,";
/// Bytes of a key ("Signature scheme").
const KEY_BYTES: std::ops::RangeInclusive<usize> = 24..=64;
/// Most signatures that are tried.
const MAX_SIGNATURES: usize = 5;

/// What the headers say of a signature.
struct Shown<'a> {
    id: &'a str,
    timestamp: &'a str,
    signatures: Vec<Vec<u8>>,
}

impl SigningSecrets {
    /// Whether a delivery shows one of the secrets in `token_header`, or is signed with one that
    /// starts with `whsec_` (Standard Webhooks, "Signature scheme"). Such a key is never taken as a
    /// token. Whatever is missing, doubled or wrong gets one and the same answer.
    ///
    /// # Errors
    /// The answer of a sender that is not known.
    pub fn verify_token_or_standard(
        &self,
        delivery: &Delivery,
        token_header: &HeaderName,
    ) -> Result<(), Rejected> {
        let token = one(&delivery.headers, token_header);
        let shown = Shown::of(delivery);
        // All are tried, so that the time tells nothing of which one it was.
        let known = self.0.iter().fold(false, |known, secret| {
            let key = key(secret);
            let is_token = key.is_none() && token.is_some_and(|it| secret.matches(it));
            let signed = key.zip(shown.as_ref());
            let is_signed = signed.is_some_and(|(key, shown)| shown.is_of(&key, &delivery.body));
            is_token | is_signed | known
        });
        match known {
            true => Ok(()),
            false => Err(Rejected::unauthorized()),
        }
    }
}

impl SigningSecrets {
    /// Whether a delivery is signed as the Standard Webhooks specification says, with one of the
    /// secrets: `whsec_` and 24 to 64 bytes in Base64.
    ///
    /// # Errors
    /// The answer of a sender that is not known, whatever is missing, doubled, late or wrong.
    pub fn verify_standard(&self, delivery: &Delivery) -> Result<(), Rejected> {
        let shown = Shown::of(delivery).ok_or_else(Rejected::unauthorized)?;
        // All are tried, so that the time tells nothing of which one it was.
        let signed = self.0.iter().fold(false, |signed, secret| {
            let key = key(secret).filter(|it| KEY_BYTES.contains(&it.len()));
            key.is_some_and(|it| shown.is_of(&it, &delivery.body)) | signed
        });
        match signed {
            true => Ok(()),
            false => Err(Rejected::unauthorized()),
        }
    }
}

impl<'a> Shown<'a> {
    fn of(delivery: &'a Delivery) -> Option<Self> {
        let headers = &delivery.headers;
        let timestamp = one(headers, &TIMESTAMP)?;
        let sent_at = chrono::DateTime::from_timestamp(timestamp.parse().ok()?, 0)?;
        let distance = (delivery.received_at - sent_at).abs();
        let signatures = one(headers, &SIGNATURE)?.split(' ').take(MAX_SIGNATURES);
        let signatures = signatures.filter_map(|it| decoded(it.strip_prefix(VERSION)?));
        (distance <= TOLERANCE).then_some(Self {
            id: one(headers, &ID)?,
            timestamp,
            signatures: signatures.collect(),
        })
    }

    fn is_of(&self, key: &[u8], body: &[u8]) -> bool {
        let mac = match Hmac::<Sha256>::new_from_slice(key) {
            Ok(mac) if !key.is_empty() => mac,
            Ok(_) | Err(_) => return false,
        };
        let parts = [self.id, ".", self.timestamp, "."].map(str::as_bytes);
        let mac = parts.into_iter().fold(mac, Mac::chain_update);
        let mac = mac.chain_update(body);
        let signs = |it: &Vec<u8>| mac.clone().verify_slice(it).is_ok();
        self.signatures.iter().any(signs)
    }
}

/// The key of a secret of this kind; empty, which signs nothing, where it is not Base64.
fn key(secret: &Secret) -> Option<Vec<u8>> {
    let text = match secret.read() {
        Ok(text) => text,
        Err(error) => {
            tracing::warn!(%error, "signing secret can't be read");
            return None;
        }
    };
    let encoded = text.expose_secret().strip_prefix(KEY)?;
    Some(decoded(encoded).unwrap_or_default())
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    base64::engine::general_purpose::STANDARD.decode(text).ok()
}

fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    only(headers, name.as_str()).filter(|it| !it.is_empty())
}

#[cfg(test)]
mod tests;
