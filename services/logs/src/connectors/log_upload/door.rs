//! Who may upload: who shows the source's token, or who signs with one of its secrets.

use chrono::TimeDelta;
use http::{HeaderMap, HeaderName, header::AUTHORIZATION};
use passport_connector_sdk::{
    Delivery, Rejected,
    secrets::Secret,
    signature::{HexSignature, SigningSecrets, TOLERANCE},
};

/// Shows the token where `Authorization` is the gateway's own.
const TOKEN: HeaderName = HeaderName::from_static("passport-source-token");
/// Unix seconds of the moment of sending, which are signed with the body.
const TIMESTAMP: HeaderName = HeaderName::from_static("passport-timestamp");
/// The signature over both.
const SIGNATURE: HexSignature = HexSignature {
    header: HeaderName::from_static("passport-signature"),
    prefix: "sha256=",
};

/// Lets uploads in, in one way only.
pub enum Door {
    /// Those that show this token.
    Token(Secret),
    /// Those that are signed with one of these.
    Signed(SigningSecrets),
}

// === impl Door ===

impl Door {
    /// Lets an upload in, or not.
    ///
    /// # Errors
    /// The answer of a sender that is not known, whatever is missing, late or wrong.
    pub fn open(&self, delivery: &Delivery) -> Result<(), Rejected> {
        match self {
            Self::Token(token) if shows(&delivery.headers, token) => Ok(()),
            Self::Token(_) => Err(Rejected::unauthorized()),
            Self::Signed(secrets) => secrets
                .verify_timed_in(delivery, &TIMESTAMP, &SIGNATURE)
                .map(drop),
        }
    }

    /// Whether headers can be believed: a signature is over the body and the moment of sending alone.
    pub const fn vouches_for_headers(&self) -> bool {
        match self {
            Self::Token(_) => true,
            Self::Signed(_) => false,
        }
    }

    /// How long an upload could be sent once more by somebody who saw it.
    pub fn replayable_for(&self) -> TimeDelta {
        match self {
            Self::Token(_) => TimeDelta::zero(),
            // The sender's clock may have been ahead, and ours behind.
            Self::Signed(_) => TOLERANCE * 2,
        }
    }
}

/// Whether the token is shown, in either header.
fn shows(headers: &HeaderMap, token: &Secret) -> bool {
    let bearer = one(headers, &AUTHORIZATION).and_then(|it| {
        let (scheme, token) = it.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(token)
    });
    let shown = [bearer, one(headers, &TOKEN)];
    // Both are tried, so that the time tells nothing of which one it was.
    let known = shown.into_iter().flatten().map(|it| token.matches(it));
    known.fold(false, |known, it| known | it)
}

fn one<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().filter(|_| values.next().is_none())?;
    value
        .to_str()
        .ok()
        .map(str::trim)
        .filter(|it| !it.is_empty())
}
