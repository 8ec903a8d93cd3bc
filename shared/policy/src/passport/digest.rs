//! Digests by which records are bound together.

use std::{fmt, str::FromStr};

use passport_evidence::{Scope, Subject};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use sha2::{Digest as _, Sha256};

/// SHA-256, written as `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// A text that is none of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a digest is sha256: and 64 hexadecimal digits")]
pub struct NoDigest;

/// Of a value by its JSON, which has the same keys in the same order for equal values.
///
/// # Errors
/// The value has no JSON.
pub fn of_json(value: &impl Serialize) -> Result<Digest, serde_json::Error> {
    Ok(Digest::of(&serde_json::to_vec(value)?))
}

/// Of a release: equal only for the same subject in the same scope. Its digests count in any order.
pub fn of_release(scope: &Scope, subject: &Subject) -> Digest {
    let mut sorted = subject.artifact_digests.clone();
    sorted.sort();
    sorted.dedup();
    let mut hash = Sha256::new();
    hash.update(b"passport-mesh release v1\0");
    let optional = [&subject.version, &subject.revision].map(|it| it.as_deref());
    let scope = [
        scope.workspace.as_str(),
        scope.service.as_str(),
        scope.environment.as_str(),
    ];
    let parts = scope.map(Some).into_iter().chain(optional);
    for part in parts.chain(sorted.iter().map(|it| Some(it.as_str()))) {
        match part {
            // No text has this length, so that an absent part differs from every one that is there.
            None => hash.update(u64::MAX.to_be_bytes()),
            Some(text) => {
                hash.update((text.len() as u64).to_be_bytes());
                hash.update(text);
            }
        }
    }
    Digest(hash.finalize().into())
}

// === impl Digest ===

impl Digest {
    /// Of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The digits alone.
    pub fn hex(&self) -> String {
        hex::encode(self.0)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", self.hex())
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = NoDigest;

    fn from_str(text: &str) -> Result<Self, NoDigest> {
        let digits = text.strip_prefix("sha256:").ok_or(NoDigest)?;
        let bytes = hex::decode(digits).map_err(|_| NoDigest)?;
        bytes.try_into().map(Self).map_err(|_| NoDigest)
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}
