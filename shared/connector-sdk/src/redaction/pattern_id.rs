//! The names of the patterns, in the order in which they are applied.

use std::fmt;

/// How every replacement begins.
pub(super) const MARKER_START: &str = "[REDACTED:";

/// A kind of secret or personal detail that is taken out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PatternId {
    /// A PEM private key.
    PrivateKey,
    /// User and password in a URL.
    UrlUserinfo,
    /// The value of a header that authenticates, or what follows `bearer` or `basic`.
    Auth,
    /// A JSON web token.
    Jwt,
    /// A token with a known prefix.
    Token,
    /// An AWS access key id.
    AwsKey,
    /// The value of a name that says it is secret.
    SecretKv,
    /// A payment card number.
    Card,
    /// An international bank account number.
    Iban,
    /// A mail address.
    Email,
    /// An IPv4 or IPv6 address.
    Ip,
    /// A telephone number.
    Phone,
    /// A long random-looking run; excerpts only.
    Entropy,
}

// === impl PatternId ===

impl PatternId {
    /// Every pattern, in order.
    pub const ALL: [Self; 13] = [
        Self::PrivateKey,
        Self::UrlUserinfo,
        Self::Auth,
        Self::Jwt,
        Self::Token,
        Self::AwsKey,
        Self::SecretKv,
        Self::Card,
        Self::Iban,
        Self::Email,
        Self::Ip,
        Self::Phone,
        Self::Entropy,
    ];

    /// The id as it stands in replaced text and in counts.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKey => "private_key",
            Self::UrlUserinfo => "url_userinfo",
            Self::Auth => "auth",
            Self::Jwt => "jwt",
            Self::Token => "token",
            Self::AwsKey => "aws_key",
            Self::SecretKv => "secret_kv",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Email => "email",
            Self::Ip => "ip",
            Self::Phone => "phone",
            Self::Entropy => "entropy",
        }
    }

    /// What a hit becomes.
    pub(super) fn marker(self) -> String {
        format!("{MARKER_START}{self}]")
    }
}

impl fmt::Display for PatternId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether this piece, quoted or not, is a replacement and nothing else.
pub(super) fn is_marker(piece: &str) -> bool {
    let bare = piece.trim_matches(['"', '\'', '`', '\\']);
    bare.strip_prefix(MARKER_START)
        .and_then(|rest| rest.strip_suffix(']'))
        .is_some_and(|id| PatternId::ALL.iter().any(|known| known.as_str() == id))
}
