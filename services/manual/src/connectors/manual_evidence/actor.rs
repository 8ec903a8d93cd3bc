//! Persons, by ids that tell nothing of them.

use hmac::{Hmac, KeyInit, Mac};
use passport_connector_sdk::{
    Builder,
    secrets::{Secret, SecretRef},
};
use passport_evidence::Person;
use secrecy::ExposeSecret;
use sha2::Sha256;

/// Hexadecimal digits of an id.
const DIGITS: usize = 16;

/// Turns persons into ids: the same person has the same id, and without the key nobody can tell
/// whose it is.
#[derive(Debug)]
pub struct Actors(Secret);

// === impl Actors ===

impl Actors {
    /// With the source's own key, else with the process's; `None` is a problem, where there is neither.
    pub fn build(own: Option<&SecretRef>, builder: &mut Builder<'_>) -> Option<Self> {
        let key = builder.persons_key(own);
        if key.is_none() {
            builder.problem(
                "actor_key",
                "is missing, and the process has no key for persons: whoever reads the store could try out who they are",
                "write 32 random bytes into a file for the collector alone, and name it at the top of the \
                 configuration: `persons: { key: { file: … } }`",
            );
        }
        key.map(Self)
    }

    /// The id of a person; `None` where the key can't be read.
    pub fn id(&self, person: &Person) -> Option<String> {
        let mut digits = keyed(&self.0, &[person.id().as_bytes()])?;
        digits.truncate(DIGITS);
        Some(format!("actor:{digits}"))
    }

    /// Tells what these parts are made of from all else. Persons are named in it: without the key nobody can try
    /// out who. `None` where the key can't be read.
    pub fn mark(&self, use_of_it: &str, parts: &[&[u8]]) -> Option<String> {
        let parts: Vec<_> = std::iter::once(use_of_it.as_bytes())
            .chain(parts.iter().copied())
            .collect();
        keyed(&self.0, &parts)
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
