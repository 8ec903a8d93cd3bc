//! Telling series apart without keeping what tells them apart.

use hmac::{Hmac, KeyInit, Mac, digest::Key};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

use super::decode::{Attribute, InstrumentationScope, Value};

/// Bytes of an identity.
const BYTES: usize = 16;

/// Makes identities of series. Keyed, since attributes may be so few that a plain hash could be
/// tried out; by the token, so that all replicas and restarts agree.
pub struct Identities(Key<Hmac<Sha256>>);

// === impl Identities ===

impl Identities {
    /// Identities under a source's token.
    pub fn new(token: &SecretString) -> Self {
        let digest = Sha256::new()
            .chain_update(b"otlp series identity\0")
            .chain_update(token.expose_secret())
            .finalize();
        let mut key = Key::<Hmac<Sha256>>::default();
        key.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Self(key)
    }

    /// Identity of a series. The order of attributes does not matter.
    pub fn of(
        &self,
        resource: &[Attribute],
        scope: &InstrumentationScope,
        attributes: &[Attribute],
    ) -> Vec<u8> {
        let mut text = Vec::new();
        write_map(&mut text, resource);
        write_bytes(&mut text, scope.name.as_bytes());
        write_bytes(&mut text, scope.version.as_bytes());
        write_map(&mut text, &scope.attributes);
        write_map(&mut text, attributes);
        let mut id = Hmac::<Sha256>::new(&self.0)
            .chain_update(&text)
            .finalize()
            .into_bytes()
            .to_vec();
        id.truncate(BYTES);
        id
    }
}

fn write_map(text: &mut Vec<u8>, attributes: &[Attribute]) {
    let write = |attribute: &Attribute| {
        let mut one = Vec::new();
        write_bytes(&mut one, attribute.key.as_bytes());
        write_value(&mut one, &attribute.value);
        one
    };
    let mut written: Vec<_> = attributes.iter().map(write).collect();
    written.sort();
    write_bytes(text, &written.concat());
}

fn write_value(text: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Unset => text.push(0),
        Value::Text(it) => tagged(text, 1, it.as_bytes()),
        Value::Bool(it) => tagged(text, 2, &[u8::from(*it)]),
        Value::Int(it) => tagged(text, 3, &it.to_be_bytes()),
        Value::Double(it) => tagged(text, 4, &it.to_be_bytes()),
        Value::Bytes(it) => tagged(text, 5, it),
        Value::List(items) => {
            let mut list = Vec::new();
            items.iter().for_each(|item| write_value(&mut list, item));
            tagged(text, 6, &list);
        }
        Value::Map(attributes) => {
            text.push(7);
            write_map(text, attributes);
        }
    }
}

fn tagged(text: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    text.push(tag);
    write_bytes(text, bytes);
}

/// With their length before them, so that no two lists of parts are written the same.
fn write_bytes(text: &mut Vec<u8>, bytes: &[u8]) {
    text.extend((bytes.len() as u64).to_be_bytes());
    text.extend(bytes);
}
