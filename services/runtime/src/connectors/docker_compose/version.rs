//! Which version of the engine's API is spoken.

use std::fmt;

/// The newest version that this connector was written after.
const NEWEST: Version = Version(1, 52);
/// The oldest one whose answers hold all that is read.
const OLDEST: Version = Version(1, 41);

/// A version of the API: major and minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(u16, u16);

// === impl Version ===

impl Version {
    /// What an engine says of itself, such as `1.47`.
    pub fn parse(text: &str) -> Option<Self> {
        let (major, minor) = text.split_once('.')?;
        let number = |it: &str| {
            let is_plain = it.bytes().all(|byte| byte.is_ascii_digit());
            it.parse().ok().filter(|_| is_plain)
        };
        Some(Self(number(major)?, number(minor)?))
    }

    /// The version to speak with an engine of this one; `None`: it is too old.
    pub fn spoken(self) -> Option<Self> {
        (self >= OLDEST).then(|| self.min(NEWEST))
    }
}

impl fmt::Display for Version {
    /// As it begins a path.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v{}.{}", self.0, self.1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_spoken_to_in_the_newest_version_of_both() {
        for (said, spoken) in [
            ("1.41", Some("v1.41")),
            ("1.44", Some("v1.44")),
            ("1.52", Some("v1.52")),
            ("1.99", Some("v1.52")),
            ("2.0", Some("v1.52")),
            ("1.40", None),
            ("1.9", None),
            ("0.99", None),
        ] {
            let found = Version::parse(said).unwrap().spoken();
            let found = found.map(|it| it.to_string());
            assert_eq!(found.as_deref(), spoken, "{said}");
        }
    }

    #[test]
    fn what_is_no_version_is_none() {
        for text in [
            "",
            "1",
            "1.",
            ".41",
            "1.x",
            "v1.41",
            "1.41.0",
            "+1.41",
            "1.+41",
            "1.99999999",
        ] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
    }
}
