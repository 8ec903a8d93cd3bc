//! Names, each with the form it must have, so that a value of the type has been checked.

use std::borrow::Borrow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;

/// A text that does not have the form of its type.
#[derive(Debug, thiserror::Error)]
#[error("not of the wanted form")]
pub struct Malformed;

macro_rules! checked_text {
    ($(#[$doc:meta])* $name:ident, $form:literal, $pattern:literal, $fits:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(String);

        impl $name {
            /// The text itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                let fits: fn(&str) -> bool = $fits;
                if fits(&text) { Ok(Self(text)) } else { Err(Malformed) }
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({ "type": "string", "pattern": $pattern, "description": $form })
            }
        }
    };
}

checked_text!(
    /// Names a workspace, a service, an environment or a token.
    Name,
    "1 to 63 lower-case letters, digits, `.`, `_` and `-`, the first a letter or digit.",
    r"^[a-z0-9][a-z0-9._-]{0,62}$",
    is_name
);

checked_text!(
    /// Names a source within its scope, or a connector.
    SourceName,
    "1 to 40 lower-case letters, digits and `-`.",
    r"^[a-z0-9-]{1,40}$",
    |text| (1..=40).contains(&text.len()) && text.bytes().all(|c| is_low(c) || c == b'-')
);

checked_text!(
    /// Names a fact, in snake case.
    FactName,
    "A fact's name: lower-case letters, digits and `_`, the first a letter, at most 64.",
    r"^[a-z][a-z0-9_]{0,63}$",
    |text| {
        text.len() <= 64
            && text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.bytes().all(|c| is_low(c) || c == b'_')
    }
);

checked_text!(
    /// A name, or `*` for every one.
    Selector,
    "A name, or `*` alone for all; no other wildcard.",
    r"^(\*|[a-z0-9][a-z0-9._-]{0,62})$",
    |text| text == "*" || is_name(text)
);

checked_text!(
    /// The SHA-256 of a token, in lower-case hex. The token itself is never written down.
    Sha256Hex,
    "The SHA-256 of the token as 64 lower-case hex digits, never the token itself.",
    r"^[0-9a-f]{64}$",
    |text| text.len() == 64 && text.bytes().all(|c| matches!(c, b'0'..=b'9' | b'a'..=b'f'))
);

checked_text!(
    /// What a certificate says of whom it belongs to. Compared byte by byte.
    PeerIdentity,
    "`spiffe://` with a trust domain and a path, or `dns:` with a name, all of it in the letters \
     that the certificate has; no wildcard.",
    r"^(spiffe://[a-z0-9._-]{1,255}(/[A-Za-z0-9._-]*[A-Za-z0-9_-][A-Za-z0-9._-]*)+|dns:[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*)$",
    |text| is_spiffe(text) || is_dns(text)
);

impl Selector {
    /// Whether `name` is selected.
    pub fn selects(&self, name: &str) -> bool {
        self.0 == "*" || self.0 == name
    }
}

fn is_name(text: &str) -> bool {
    let first = text.bytes().next().is_some_and(is_low);
    first
        && text.len() <= 63
        && text
            .bytes()
            .all(|c| is_low(c) || matches!(c, b'.' | b'_' | b'-'))
}

/// A SPIFFE ID. A step of dots would lead elsewhere for a reader who follows it.
fn is_spiffe(text: &str) -> bool {
    let id = text.strip_prefix("spiffe://").unwrap_or_default();
    let Some((domain, path)) = id.split_once('/') else {
        return false;
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let is_step = |step: &str| step.bytes().all(is_plain) && step.bytes().any(|byte| byte != b'.');
    let is_domain = |byte: u8| is_low(byte) || matches!(byte, b'.' | b'_' | b'-');
    (1..=255).contains(&domain.len())
        && domain.bytes().all(is_domain)
        && path.split('/').all(is_step)
}

fn is_dns(text: &str) -> bool {
    let Some(name) = text.strip_prefix("dns:") else {
        return false;
    };
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| is_low(byte) || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.split('.').all(is_label)
}

fn is_low(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}
