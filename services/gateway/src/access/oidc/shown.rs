//! A token as it is shown: nothing that it says is believed yet.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, decode_header};
use serde::Deserialize;

use super::refused::{Refused, Why};

/// Longest token that is looked at; those of issuers have some two thousand bytes.
const LONGEST: usize = 16 * 1024;

/// What our own tokens begin with.
const OPAQUE: &str = "pm_";

/// What a token claims of itself, which only chooses by what it is judged.
pub(super) struct Shown<'a> {
    pub token: &'a str,
    pub algorithm: Algorithm,
    pub kid: String,
    pub issuer: String,
}

#[derive(Deserialize)]
struct Unverified {
    iss: String,
}

/// Whether a bearer token has the form of an issuer's: three parts in base64url.
pub(in crate::access) fn is_shaped(presented: &str) -> bool {
    let is_coded = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let is_part = |part: &str| part.bytes().all(is_coded);
    !presented.starts_with(OPAQUE)
        && presented.split('.').count() == 3
        && presented.split('.').all(is_part)
}

// === impl Shown ===

impl<'a> Shown<'a> {
    /// `None`: it is no token that could be verified. One without a key id is none: which key is
    /// meant is not guessed, nor is what a critical header means that is not known here.
    pub fn read(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let header = decode_header(token).ok()?;
        let is_jwt = header.typ.is_none_or(|typ| typ.eq_ignore_ascii_case("jwt"));
        if !is_jwt || header.crit.is_some() {
            return None;
        }
        let payload = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
        let Unverified { iss } = serde_json::from_slice(&payload).ok()?;
        Some(Self {
            token,
            algorithm: header.alg,
            kid: header.kid.filter(|kid| !kid.is_empty())?,
            issuer: iss,
        })
    }

    /// Refused before it is known who signed it.
    pub fn refused(&self, why: Why) -> Refused {
        Refused::of(why, None, &self.kid)
    }
}
