//! The public keys of an issuer, as it publishes them.

use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

/// Most keys that an issuer may publish.
const MOST: usize = 100;

/// A public key, and what it may verify.
#[derive(Clone)]
pub(super) struct Key {
    kid: String,
    algorithms: Vec<Algorithm>,
    decoding: DecodingKey,
}

/// All usable keys of an issuer.
#[derive(Debug, Clone, Default)]
pub(super) struct KeySet(Vec<Key>);

/// A document that holds no keys that could be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("its keys can't be read, are too many, or none of them can be used")]
pub(super) struct NoKeySet;

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

// === impl KeySet ===

impl KeySet {
    /// Keys of kinds that are not known are left out.
    pub fn read(document: &[u8]) -> Result<Self, NoKeySet> {
        let Document { keys } = serde_json::from_slice(document).map_err(|_| NoKeySet)?;
        if keys.len() > MOST {
            return Err(NoKeySet);
        }
        let keys: Vec<_> = keys.into_iter().filter_map(Key::read).collect();
        (!keys.is_empty()).then_some(Self(keys)).ok_or(NoKeySet)
    }

    /// The keys of this id; there should be one.
    pub fn find(&self, kid: &str) -> Vec<Key> {
        let found = self.0.iter().filter(|key| key.kid == kid);
        found.cloned().collect()
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }
}

// === impl Key ===

impl Key {
    /// Whether it may have signed by this algorithm.
    pub fn fits(&self, algorithm: Algorithm) -> bool {
        self.algorithms.contains(&algorithm)
    }

    pub fn decoding(&self) -> &DecodingKey {
        &self.decoding
    }

    /// `None`: it has no id, is of no use here, or is no public key.
    fn read(value: Value) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(value).ok()?;
        let algorithms = algorithms(&jwk);
        if algorithms.is_empty() || !is_to_verify(&jwk) {
            return None;
        }
        Some(Self {
            decoding: DecodingKey::from_jwk(&jwk).ok()?,
            kid: jwk.common.key_id?,
            algorithms,
        })
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Key")
            .field("kid", &self.kid)
            .finish_non_exhaustive()
    }
}

fn is_to_verify(jwk: &Jwk) -> bool {
    let to_sign = jwk.common.public_key_use.as_ref();
    let to_sign = to_sign.is_none_or(|it| *it == PublicKeyUse::Signature);
    let operations = jwk.common.key_operations.as_ref();
    to_sign && operations.is_none_or(|all| all.contains(&KeyOperations::Verify))
}

/// What a key of this type and curve can verify, and of that what the issuer says it is for. A
/// shared secret verifies nothing here: whoever can read it could sign.
fn algorithms(jwk: &Jwk) -> Vec<Algorithm> {
    let by_type = by_type(&jwk.algorithm).iter().copied();
    let is_meant = |algorithm: &Algorithm| {
        let said = jwk.common.key_algorithm;
        said.is_none_or(|said| said == (*algorithm).into())
    };
    by_type.filter(is_meant).collect()
}

#[allow(
    clippy::wildcard_enum_match_arm,
    reason = "kinds of keys of a library that may grow"
)]
fn by_type(parameters: &AlgorithmParameters) -> &'static [Algorithm] {
    match parameters {
        AlgorithmParameters::RSA(_) => AlgorithmFamily::Rsa.algorithms(),
        AlgorithmParameters::EllipticCurve(key) => match key.curve {
            EllipticCurve::P256 => &[Algorithm::ES256],
            EllipticCurve::P384 => &[Algorithm::ES384],
            _ => &[],
        },
        AlgorithmParameters::OctetKeyPair(key) => match key.curve {
            EllipticCurve::Ed25519 => &[Algorithm::EdDSA],
            _ => &[],
        },
        _ => &[],
    }
}
