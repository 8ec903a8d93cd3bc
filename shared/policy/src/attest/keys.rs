//! The public keys that somebody trusts.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use passport_evidence::json::Time;
use rustls_pki_types::{SubjectPublicKeyInfoDer, pem::PemObject as _};
use serde::Deserialize;

use super::{Purpose, Refused};
use crate::passport::Digest;

/// Everything of an Ed25519 SubjectPublicKeyInfo but the key (RFC 8410).
const HEAD: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// A public Ed25519 key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey {
    key: [u8; 32],
    id: String,
}

/// A public key, and for how long its signatures are believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedKey {
    /// The key.
    pub key: PublicKey,
    /// No signature before this counts.
    pub not_before: Option<DateTime<Utc>>,
    /// No signature from this on counts. Leave some room after the change to a new key: an approval has
    /// to be verified before it, too.
    pub not_after: Option<DateTime<Utc>>,
    /// The key may be in other hands from this on. It approves nothing any more then, whatever time a
    /// signature states; an older record still counts as a record.
    pub revoked_from: Option<DateTime<Utc>>,
}

/// The keys that somebody trusts; several while one takes the place of another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedKeys(Vec<TrustedKey>);

/// Why a file holds no trusted keys.
#[derive(Debug, thiserror::Error)]
pub enum BadKeys {
    /// It begins like JSON and is not the documented one.
    #[error("could not read the trusted keys as JSON")]
    Json(#[source] serde_json::Error),
    /// A block is damaged.
    #[error("could not read a PUBLIC KEY block; make one with `openssl pkey -in key.pem -pubout`")]
    Pem,
    /// A key is of another algorithm.
    #[error("a public key is not one of Ed25519")]
    NotEd25519,
    /// There is none.
    #[error("there is no trusted key; name at least one PUBLIC KEY block")]
    Empty,
    /// It would never count.
    #[error("the trusted key {id} ends before it begins")]
    NeverValid {
        /// The key.
        id: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeysJson {
    keys: Vec<KeyJson>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyJson {
    public_key: String,
    not_before: Option<Time>,
    not_after: Option<Time>,
    revoked_from: Option<Time>,
}

// === impl PublicKey ===

impl PublicKey {
    /// Of the DER of a SubjectPublicKeyInfo; `None`: it is not one of Ed25519.
    pub fn from_der(der: &[u8]) -> Option<Self> {
        let key: [u8; 32] = der.strip_prefix(&HEAD)?.try_into().ok()?;
        let id = Digest::of(der).to_string();
        Some(Self { key, id })
    }

    /// `sha256:` and the digest of its SubjectPublicKeyInfo.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// As others read it: a PEM block `PUBLIC KEY`.
    pub fn to_pem(&self) -> String {
        // Sixty characters, so that it is one line.
        let text = BASE64_STANDARD.encode([&HEAD[..], &self.key].concat());
        format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
    }

    /// Whether the key has signed this.
    pub fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ED25519, self.key);
        key.verify(message, signature).is_ok()
    }
}

// === impl TrustedKey ===

impl TrustedKey {
    /// Without an end.
    pub fn always(key: PublicKey) -> Self {
        Self {
            key,
            not_before: None,
            not_after: None,
            revoked_from: None,
        }
    }

    /// Whether a signature made at a time still counts for this purpose.
    pub(super) fn counts(
        &self,
        made: DateTime<Utc>,
        now: DateTime<Utc>,
        purpose: Purpose,
    ) -> Result<(), Refused> {
        // Whoever has an old key can sign an old time.
        let last = match purpose {
            Purpose::Approval => made.max(now),
            Purpose::Record => made,
        };
        let key = || self.key.id.clone();
        if self.revoked_from.is_some_and(|from| last >= from) {
            return Err(Refused::KeyRevoked { key: key() });
        }
        if self.not_after.is_some_and(|end| last >= end) {
            return Err(Refused::KeyExpired { key: key() });
        }
        if self.not_before.is_some_and(|begin| made < begin) {
            return Err(Refused::KeyNotYetValid { key: key() });
        }
        Ok(())
    }
}

// === impl TrustedKeys ===

impl TrustedKeys {
    /// Reads a file: one or more PEM blocks `PUBLIC KEY`, which are trusted without an end, or
    ///
    /// ```json
    /// {"keys": [{"publicKey": "-----BEGIN PUBLIC KEY-----\n…\n-----END PUBLIC KEY-----\n",
    ///            "notBefore": "2026-01-01T00:00:00Z", "notAfter": "2027-02-01T00:00:00Z",
    ///            "revokedFrom": "2026-08-01T00:00:00Z"}]}
    /// ```
    ///
    /// where every time may be left out.
    ///
    /// # Errors
    /// It is neither, names no key, or names one that would never count.
    pub fn parse(text: &str) -> Result<Self, BadKeys> {
        let keys = match text.trim_start().starts_with('{') {
            true => of_json(text)?,
            false => keys_in(text)?.into_iter().map(TrustedKey::always).collect(),
        };
        Self::of(keys)
    }

    /// Of keys.
    ///
    /// # Errors
    /// There is none, or one that would never count.
    pub fn of(keys: Vec<TrustedKey>) -> Result<Self, BadKeys> {
        let ends_first = |key: &&TrustedKey| {
            let ends = [key.not_after, key.revoked_from].into_iter().flatten();
            let begin = key.not_before;
            ends.min()
                .zip(begin)
                .is_some_and(|(end, begin)| end <= begin)
        };
        if let Some(key) = keys.iter().find(ends_first) {
            let id = key.key.id.clone();
            return Err(BadKeys::NeverValid { id });
        }
        match keys.is_empty() {
            true => Err(BadKeys::Empty),
            false => Ok(Self(keys)),
        }
    }

    /// Whether the key with an id is one of these and signed a message at a time at which its records
    /// counted, such as the head of a ledger. Without an id nobody did.
    pub fn vouch(&self, id: &str, message: &[u8], signature: &[u8], made: DateTime<Utc>) -> bool {
        let mut keys = self.named(id).filter(|_| !id.is_empty());
        keys.any(|it| {
            let counts = it.counts(made, made, Purpose::Record);
            counts.is_ok() && it.key.has_signed(message, signature)
        })
    }

    /// Those that a signature may be of: the one that it names; all where it names none.
    pub(super) fn named<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a TrustedKey> {
        let is_named = move |key: &&TrustedKey| id.is_empty() || key.key.id == id;
        self.0.iter().filter(is_named)
    }
}

// === impl BadKeys ===

impl BadKeys {
    /// Stable, for machines.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Json(_) => "bad_json",
            Self::Pem => "bad_pem",
            Self::NotEd25519 => "not_ed25519",
            Self::Empty => "no_keys",
            Self::NeverValid { .. } => "never_valid",
        }
    }
}

fn of_json(text: &str) -> Result<Vec<TrustedKey>, BadKeys> {
    let read: KeysJson = serde_json::from_str(text).map_err(BadKeys::Json)?;
    let keys = read.keys.into_iter().map(|json| {
        let [key] = <[_; 1]>::try_from(keys_in(&json.public_key)?).map_err(|_| BadKeys::Pem)?;
        Ok(TrustedKey {
            key,
            not_before: json.not_before.map(|it| it.0),
            not_after: json.not_after.map(|it| it.0),
            revoked_from: json.revoked_from.map(|it| it.0),
        })
    });
    keys.collect()
}

fn keys_in(pem: &str) -> Result<Vec<PublicKey>, BadKeys> {
    let blocks = SubjectPublicKeyInfoDer::pem_slice_iter(pem.as_bytes());
    let keys = blocks.map(|block| {
        let der = block.map_err(|_| BadKeys::Pem)?;
        PublicKey::from_der(&der).ok_or(BadKeys::NotEd25519)
    });
    keys.collect()
}
