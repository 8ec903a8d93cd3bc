//! Bearer tokens, known by their hash.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::{gate::Actor, grants::Grants};

const PREFIX: &str = "pm_";

/// Of tokens that stand in the path of a hook. No token has both prefixes.
const HOOK_PREFIX: &str = "pmh_";

/// Characters of 32 random bytes in base64url without padding.
const RANDOM_CHARS: usize = 43;

/// A bearer token that is admitted.
#[derive(Debug, Clone)]
pub struct Token {
    /// Names the token in audit records.
    pub id: String,
    /// SHA-256 of the whole token as it is presented.
    pub sha256: [u8; 32],
    /// From this moment on it is not admitted. `None`: it does not end.
    pub expires: Option<DateTime<Utc>>,
    /// What its bearer may do.
    pub grants: Grants,
    /// The person who bears it. `None`: it stands for no person.
    pub person: Option<Actor>,
}

/// All tokens that are admitted.
#[derive(Debug, Clone, Default)]
pub struct Tokens(Vec<Token>);

/// Why a token is not admitted. Both read the same, so that a caller can't find out which tokens
/// there were; the record may tell them apart.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No such token.
    #[error("the token is not admitted")]
    Unknown,
    /// It was admitted once.
    #[error("the token is not admitted")]
    Expired {
        /// Names the token in audit records.
        id: String,
    },
}

/// A new token: the secret, which is shown once, and the hash, which is kept.
#[derive(Debug)]
pub struct Issued {
    /// `pm_<id>_<random>`, or `pmh_<id>_<random>` for a hook.
    pub secret: SecretString,
    /// What the presented token is compared with.
    pub sha256: [u8; 32],
}

// === impl Tokens ===

impl Tokens {
    /// The token that was presented. Every known hash is compared, each in constant time.
    pub fn find(&self, presented: &str, now: DateTime<Utc>) -> Result<&Token, Refusal> {
        let hash = hash(presented);
        let equal = |token: &&Token| bool::from(token.sha256.ct_eq(&hash));
        let found = self
            .0
            .iter()
            .filter(equal)
            .fold(None, |_, token| Some(token));
        let token = found.ok_or(Refusal::Unknown)?;
        match token.expires {
            Some(end) if end <= now => Err(Refusal::Expired {
                id: token.id.clone(),
            }),
            Some(_) | None => Ok(token),
        }
    }

    /// Whether none is admitted.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<Token> for Tokens {
    fn from_iter<I: IntoIterator<Item = Token>>(tokens: I) -> Self {
        Self(tokens.into_iter().collect())
    }
}

// === making and reading ===

/// Makes a token of 32 bytes, which have to come from a secure source of randomness.
pub fn issue(id: &str, random: [u8; 32]) -> Issued {
    issued(PREFIX, id, random)
}

/// Makes a token for the path of a hook, as [`issue`] does. Its letters need no escape in a URL.
pub fn issue_for_hook(id: &str, random: [u8; 32]) -> Issued {
    issued(HOOK_PREFIX, id, random)
}

/// Whether a text has the form of a token for the path of a hook. Proves nothing.
pub fn is_for_hook(presented: &str) -> bool {
    presented.starts_with(HOOK_PREFIX)
}

fn issued(prefix: &str, id: &str, random: [u8; 32]) -> Issued {
    let token = format!("{prefix}{id}_{}", URL_SAFE_NO_PAD.encode(random));
    Issued {
        sha256: hash(&token),
        secret: token.into(),
    }
}

/// The id within a token of our own form; `None` for any other text. It names the token to a
/// person and proves nothing.
pub fn id_of(presented: &str) -> Option<&str> {
    let body = presented.strip_prefix(PREFIX)?;
    let (id, random) = body.split_at_checked(body.len().checked_sub(RANDOM_CHARS)?)?;
    let is_random = URL_SAFE_NO_PAD.decode(random).is_ok();
    id.strip_suffix('_')
        .filter(|id| is_random && !id.is_empty())
}

/// SHA-256 of a token as it is presented.
pub fn hash(presented: &str) -> [u8; 32] {
    Sha256::digest(presented).into()
}

#[cfg(test)]
mod tests;
