//! Persons, by ids that tell nothing of them.

use hmac::{Hmac, KeyInit, Mac};
use passport_connector_sdk::{
    Builder,
    secrets::{Secret, SecretRef},
};
use passport_evidence::Person;
use secrecy::ExposeSecret;
use sha2::{Digest as _, Sha256};

/// Hexadecimal digits of an id.
const DIGITS: usize = 16;

/// Turns persons into ids: the same person has the same id, and without the key nobody can tell
/// whose it is.
#[derive(Debug)]
pub struct Actors(Option<Secret>);

// === impl Actors ===

impl Actors {
    /// With the key that this names; without one there are no ids.
    pub fn build(key: Option<&SecretRef>, builder: &mut Builder<'_>) -> Self {
        Self(key.map(|it| builder.secret(it)))
    }

    /// The id of a person; `None` where there is no key that can be read.
    pub fn id(&self, person: &Person) -> Option<String> {
        let key = self.0.as_ref()?;
        let mut digits = keyed(key, &[person.id().as_bytes()])?;
        digits.truncate(DIGITS);
        Some(format!("actor:{digits}"))
    }

    /// Tells what these parts are made of from all else. Persons are named in it: with a key nobody can try
    /// out who. `None` where the key can't be read.
    pub fn mark(&self, use_of_it: &str, parts: &[&[u8]]) -> Option<String> {
        let parts: Vec<_> = std::iter::once(use_of_it.as_bytes())
            .chain(parts.iter().copied())
            .collect();
        match &self.0 {
            Some(key) => keyed(key, &parts),
            None => {
                let hash = parts.iter().fold(Sha256::new(), |hash, part| {
                    hash.chain_update(length(part)).chain_update(part)
                });
                Some(hex::encode(hash.finalize()))
            }
        }
    }
}

/// A part alone is taken as it is; of several each has its length before it, so that none runs into the next.
fn keyed(key: &Secret, parts: &[&[u8]]) -> Option<String> {
    let key = key.read().ok()?;
    let mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).ok()?;
    let mac = match parts {
        [only] => mac.chain_update(only),
        several => several.iter().fold(mac, |mac, part| {
            mac.chain_update(length(part)).chain_update(part)
        }),
    };
    Some(hex::encode(mac.finalize().into_bytes()))
}

fn length(part: &[u8]) -> [u8; 8] {
    (part.len() as u64).to_be_bytes()
}
