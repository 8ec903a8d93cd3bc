//! Telling messages apart without keeping them.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Redactor;
use super::patterns::Patterns;

/// Hex digits of a fingerprint.
const DIGITS: usize = 12;

/// A keyed hash of what the line has in common with others of its kind: what is secret is redacted,
/// and quoted parts, ids and digits are removed. Twelve hex digits; equal only under one key.
pub fn fingerprint(key: &[u8; 32], line: &str) -> String {
    let mut mac = Hmac::<Sha256>::new(&block(key));
    mac.update(kind_of(line).as_bytes());
    let mut hex = hex::encode(mac.finalize().into_bytes());
    hex.truncate(DIGITS);
    hex
}

/// HMAC fills a short key up with zeros.
fn block(key: &[u8; 32]) -> hmac::digest::Key<Hmac<Sha256>> {
    let mut block = hmac::digest::Key::<Hmac<Sha256>>::default();
    block.iter_mut().zip(key).for_each(|(to, from)| *to = *from);
    block
}

fn kind_of(line: &str) -> String {
    let redacted = Redactor::new(false).redact(line).text;
    let Some(patterns) = Patterns::get() else {
        return redacted;
    };
    let unquoted = patterns.quoted.replace_all(&redacted, " ");
    let general = patterns.id.replace_all(&unquoted, " ");
    general.split_whitespace().collect::<Vec<_>>().join(" ")
}
