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
pub struct Actors(Option<Secret>);

// === impl Actors ===

impl Actors {
    /// With the key that this names; without one there are no ids.
    pub fn build(key: Option<&SecretRef>, builder: &mut Builder<'_>) -> Self {
        Self(key.map(|it| builder.secret(it)))
    }

    /// The id of a person; `None` where there is no key that can be read.
    pub fn id(&self, person: &Person) -> Option<String> {
        let key = self.0.as_ref()?.read().ok()?;
        let mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).ok()?;
        let mac = mac.chain_update(person.id().as_bytes()).finalize();
        let mut digits = hex::encode(mac.into_bytes());
        digits.truncate(DIGITS);
        Some(format!("actor:{digits}"))
    }
}
