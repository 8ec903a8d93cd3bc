//! Names, checked once where they enter.

use std::{borrow::Cow, fmt, str::FromStr, sync::Arc};

/// A name that is not well formed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} must be {form}")]
pub struct NameError {
    what: &'static str,
    form: &'static str,
}

macro_rules! name {
    ($(#[$doc:meta])* $type:ident, $what:literal, $form:literal, $check:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $type(Arc<str>);

        impl $type {
            /// Checks the form of the name.
            pub fn new(text: &str) -> Result<Self, NameError> {
                let check: fn(&str) -> bool = $check;
                if check(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(NameError { what: $what, form: $form })
                }
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = NameError;
            fn from_str(text: &str) -> Result<Self, NameError> {
                Self::new(text)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }
    };
}

name!(
    /// A tenant.
    WorkspaceId,
    "a workspace",
    "1 to 63 of a-z, 0-9, dot, hyphen and underscore, the first a letter or digit",
    is_label
);
name!(
    /// A service that may be released.
    ServiceName,
    "a service",
    "1 to 63 of a-z, 0-9, dot, hyphen and underscore, the first a letter or digit",
    is_label
);
name!(
    /// An environment that a service is released to.
    EnvironmentName,
    "an environment",
    "1 to 63 of a-z, 0-9, dot, hyphen and underscore, the first a letter or digit",
    is_label
);
name!(
    /// A source, unique within its scope.
    SourceName,
    "a source",
    "1 to 40 of a-z, 0-9 and hyphen",
    is_source
);

fn is_label(text: &str) -> bool {
    let mut bytes = text.bytes();
    let alphanumeric = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    text.len() <= 63
        && bytes.next().is_some_and(alphanumeric)
        && bytes.all(|byte| alphanumeric(byte) || matches!(byte, b'.' | b'-' | b'_'))
}

fn is_source(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=40).contains(&text.len()) && text.bytes().all(allowed)
}

/// Name of a fact: snake_case, 1 to 64 characters, from a closed set of each connector.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FactName(Cow<'static, str>);

impl FactName {
    /// A name known when the program is built. Meant for constants: there, a name that is not well
    /// formed does not compile.
    pub const fn fixed(name: &'static str) -> Self {
        assert!(is_snake_case(name.as_bytes()), "a fact name is snake_case");
        Self(Cow::Borrowed(name))
    }

    /// Checks the form of a name that is known only at run time.
    pub fn new(name: &str) -> Result<Self, NameError> {
        if is_snake_case(name.as_bytes()) {
            Ok(Self(Cow::Owned(name.to_owned())))
        } else {
            Err(NameError {
                what: "a fact name",
                form: "1 to 64 characters of snake_case",
            })
        }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const fn is_snake_case(mut bytes: &[u8]) -> bool {
    if bytes.len() > 64 || !matches!(bytes, [b'a'..=b'z', ..]) {
        return false;
    }
    while let [first, rest @ ..] = bytes {
        if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'_') {
            return false;
        }
        bytes = rest;
    }
    true
}

impl fmt::Display for FactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for FactName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
