//! Signatures of deliveries: HMAC-SHA256 over the bytes as they came.

mod standard;
mod timed;

use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderMap, HeaderName};
use secrecy::ExposeSecret;
use sha2::Sha256;

use crate::{
    kind::{Builder, Delivery, Rejected, only},
    secrets::{Secret, SecretRef},
};

pub use timed::{TOLERANCE, time};

/// Most secrets of one source: the one in use, and those that it replaces.
const MAX_SECRETS: usize = 5;
/// Most signatures that are looked at in one header.
const MAX_SHOWN: usize = 10;
/// Digits of an HMAC-SHA256 in hexadecimal.
const DIGITS: usize = 64;

/// The secrets that a source's deliveries may be signed with: any one of them will do, so that one
/// can be replaced while deliveries come in.
#[derive(Debug, Clone)]
pub struct SigningSecrets(Vec<Secret>);

/// Where a signature stands, and in which form.
#[derive(Debug, Clone)]
pub struct HexSignature {
    /// The header that holds it, alone and once.
    pub header: HeaderName,
    /// What stands before the 64 lowercase hexadecimal digits, such as `sha256=`.
    pub prefix: &'static str,
}

// === impl SigningSecrets ===

impl SigningSecrets {
    /// The secrets that these name, 1 to 5, or a problem at `signing_secrets`.
    pub fn build(references: &[SecretRef], builder: &mut Builder<'_>) -> Option<Self> {
        if !(1..=MAX_SECRETS).contains(&references.len()) {
            let fix = "name 1 to 5: the secret in use, and another one while it is replaced";
            builder.problem("signing_secrets", "holds no secret, or too many", fix);
            return None;
        }
        let secrets = references.iter().map(|it| builder.secret(it));
        Some(Self(secrets.collect()))
    }

    /// Whether one of the secrets signs these parts, one after the other, so.
    pub fn signed(&self, parts: &[&[u8]], shown: &[u8]) -> bool {
        // All are tried, so that the time tells nothing of which one it was.
        self.0
            .iter()
            .fold(false, |signed, secret| signs(secret, parts, shown) | signed)
    }

    /// Whether a delivery shows a signature of this form over these parts, one after the other: for senders
    /// who sign more than the body.
    pub fn signed_in(&self, delivery: &Delivery, form: &HexSignature, parts: &[&[u8]]) -> bool {
        let shown = form.read(&delivery.headers);
        shown.is_some_and(|it| self.signed(parts, &it))
    }

    /// As [`Self::verify`], where the header may hold several signatures with commas between them, one
    /// for each secret of the sender: one that is right will do. Those of another form are passed over.
    ///
    /// # Errors
    /// The answer of a sender that is not known.
    pub fn verify_any(&self, delivery: &Delivery, form: &HexSignature) -> Result<(), Rejected> {
        let shown = form.read_all(&delivery.headers);
        let signed = shown.iter().fold(false, |signed, shown| {
            self.signed(&[&delivery.body], shown) | signed
        });
        match signed {
            true => Ok(()),
            false => Err(Rejected::unauthorized()),
        }
    }

    /// Whether a delivery is signed with one of the secrets. A signature that is missing, doubled,
    /// of another form or wrong gets one and the same answer.
    ///
    /// # Errors
    /// The answer of a sender that is not known.
    pub fn verify(&self, delivery: &Delivery, form: &HexSignature) -> Result<(), Rejected> {
        match self.signed_in(delivery, form, &[&delivery.body]) {
            true => Ok(()),
            false => Err(Rejected::unauthorized()),
        }
    }
}

fn signs(secret: &Secret, parts: &[&[u8]], shown: &[u8]) -> bool {
    let key = match secret.read() {
        Ok(key) => key,
        Err(error) => {
            tracing::warn!(%error, "signing secret can't be read");
            return false;
        }
    };
    let mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes());
    mac.is_ok_and(|mac| {
        let mac = parts.iter().fold(mac, Mac::chain_update);
        mac.verify_slice(shown).is_ok()
    })
}

// === impl HexSignature ===

impl HexSignature {
    fn read(&self, headers: &HeaderMap) -> Option<Vec<u8>> {
        self.digits(self.value(headers)?)
    }

    fn read_all(&self, headers: &HeaderMap) -> Vec<Vec<u8>> {
        let shown = self.value(headers).unwrap_or_default().split(',');
        let shown = shown.take(MAX_SHOWN).map(str::trim);
        shown.filter_map(|it| self.digits(it)).collect()
    }

    fn value<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        only(headers, self.header.as_str())
    }

    fn digits(&self, text: &str) -> Option<Vec<u8>> {
        let digits = text.strip_prefix(self.prefix)?;
        let is_digit = |it: u8| it.is_ascii_digit() || (b'a'..=b'f').contains(&it);
        let formed = digits.len() == DIGITS && digits.bytes().all(is_digit);
        formed.then(|| hex::decode(digits).ok()).flatten()
    }
}

#[cfg(test)]
mod tests;
