//! Persons, by ids that tell nothing of them.

use hmac::{Hmac, KeyInit, Mac};
use passport_connector_sdk::secrets::Secret;
use secrecy::ExposeSecret;
use sha2::Sha256;

/// Hexadecimal digits of an id.
const DIGITS: usize = 16;
/// Set before what is hashed, so that no id is ever a signature: those are over texts with `v0:` in front.
const PURPOSE: &str = "passport slack actor:";

/// Turns persons into ids: the same person has the same id under one key, and without the keys nobody can
/// tell whose it is. The first key is the process's own for persons, where it has one; the others are the
/// signing secrets of the app, which may be replaced while a request is open: a person is looked for under each.
#[derive(Debug, Clone)]
pub struct Actors(Vec<Secret>);

// === impl Actors ===

impl Actors {
    /// With these keys.
    pub fn new(keys: Vec<Secret>) -> Self {
        Self(keys)
    }

    /// The id of a person under the first key; `None` where there is none that can be read.
    pub fn id(&self, team: &str, person: &str) -> Option<String> {
        self.ids(team, person).next()
    }

    /// Whether an id is this person's, under any of the keys.
    pub fn is(&self, id: &str, team: &str, person: &str) -> bool {
        self.ids(team, person).any(|it| it == id)
    }

    fn ids(&self, team: &str, person: &str) -> impl Iterator<Item = String> {
        let text = format!("{PURPOSE}{team}:{person}");
        self.0.iter().filter_map(move |key| id(key, &text))
    }
}

fn id(key: &Secret, text: &str) -> Option<String> {
    let key = key.read().ok()?;
    let mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).ok()?;
    let mac = mac.chain_update(text.as_bytes()).finalize();
    let mut digits = hex::encode(mac.into_bytes());
    digits.truncate(DIGITS);
    Some(format!("actor:{digits}"))
}

#[cfg(test)]
mod tests {
    use passport_testkit::connector::persons_key as key;

    use super::*;

    #[test]
    fn a_person_stays_the_same_when_a_signing_secret_is_replaced_under_a_key_for_persons() {
        let id = |keys: &[&str]| {
            let keys = keys.iter().map(|it| key(it));
            Actors::new(keys.collect()).id("T0ACME", "U0APPR").unwrap()
        };
        let under = |signing| id(&["key of persons", signing]);
        assert_eq!(under("the old secret"), under("the new secret"));
        assert_ne!(id(&["the old secret"]), id(&["the new secret"]));
        assert_ne!(under("the old secret"), id(&["another key of persons"]));
        // What was kept under a signing secret alone is still known.
        let actors = Actors::new(vec![key("key of persons"), key("the old secret")]);
        assert!(actors.is(&id(&["the old secret"]), "T0ACME", "U0APPR"));
        assert!(!actors.is(&id(&["the old secret"]), "T0ACME", "U0ELSE"));
    }
}
