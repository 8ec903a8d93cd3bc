//! Why a token was refused: for the log, and for nobody else.

use tracing::warn;

/// Most characters of a key's id, which its bearer chose, that are logged.
const KID: usize = 16;

/// Why a token was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Why {
    #[error("it can't be read")]
    Unread,
    #[error("its issuer is none that is configured")]
    Issuer,
    #[error("it is signed by an algorithm that is not configured")]
    Algorithm,
    #[error("no keys of its issuer could be had")]
    NoKeys,
    #[error("its issuer has no such key for its algorithm")]
    Key,
    #[error("its signature is wrong")]
    Signature,
    #[error("it was made for another audience, or for several")]
    Audience,
    #[error("it does not say when it was made and when it ends")]
    Times,
    #[error("it has expired")]
    Expired,
    #[error("it is not valid yet")]
    NotYet,
    #[error("it lives longer than is allowed")]
    Lifetime,
    #[error("it does not say of whom it is")]
    Nobody,
    #[error("it is of a program, and its issuer is one of people")]
    Program,
    #[error("no mapping fits it")]
    Mapping,
}

/// A token that was refused, without the token.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::access) struct Refused {
    pub(super) why: Why,
    /// A configured one, or empty.
    issuer: String,
    kid: String,
    /// What the issuer says of the workload, once that is verified, as it may be logged.
    who: String,
}

// === impl Refused ===

impl Refused {
    pub(super) fn unread() -> Self {
        Self::of(Why::Unread, None, "")
    }

    pub(super) fn of(why: Why, issuer: Option<&str>, kid: &str) -> Self {
        Self {
            why,
            issuer: issuer.unwrap_or_default().to_owned(),
            kid: plain(kid, KID),
            who: String::new(),
        }
    }

    pub(super) fn who(mut self, who: &str) -> Self {
        who.clone_into(&mut self.who);
        self
    }

    /// Tells the operator.
    pub(in crate::access) fn log(&self) {
        let (issuer, kid, who, reason) = (&self.issuer, &self.kid, &self.who, self.why);
        warn!(issuer, kid, who, %reason, "a token of an issuer was refused");
    }
}

/// Cut short, and without what could be taken for another line or field.
pub(super) fn plain(text: &str, most: usize) -> String {
    let shown = text.chars().take(most);
    shown
        .map(|c| if c.is_ascii_graphic() { c } else { '_' })
        .collect()
}
