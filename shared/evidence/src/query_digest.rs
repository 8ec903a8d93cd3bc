//! Which question a fact is the answer to.

use std::{fmt, str::FromStr};

/// The algorithm before the digits.
const PREFIX: &str = "sha256:";
/// How many digits there are.
const DIGITS: usize = 64;

/// SHA-256 of the text of a configured query as it was sent, with the scope in it: `sha256:` and 64
/// hexadecimal digits, lower case. Two facts with the same digest answer the same question; whoever has
/// the text can tell that it is the one. It is no secret, and hides none: a text that can be guessed is
/// guessed from it too, so that nothing but such a text may be hashed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QueryDigest(String);

/// A text that is no such digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a query's digest is sha256: and 64 hexadecimal digits in lower case")]
pub struct NoQueryDigest;

// === impl QueryDigest ===

impl QueryDigest {
    /// Of a hash that was made already.
    pub fn sha256(hash: [u8; 32]) -> Self {
        use fmt::Write as _;
        let mut text = PREFIX.to_owned();
        for byte in hash {
            // Writing into a text can't fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// The algorithm and the digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for QueryDigest {
    type Err = NoQueryDigest;

    fn from_str(text: &str) -> Result<Self, NoQueryDigest> {
        let digits = text.strip_prefix(PREFIX).ok_or(NoQueryDigest)?;
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        match digits.len() == DIGITS && digits.bytes().all(is_digit) {
            true => Ok(Self(text.to_owned())),
            false => Err(NoQueryDigest),
        }
    }
}

impl fmt::Display for QueryDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_written_and_read_in_one_form() {
        let digest = QueryDigest::sha256([0xab; 32]);
        assert_eq!(digest.as_str(), format!("sha256:{}", "ab".repeat(32)));
        assert_eq!(digest.to_string().parse(), Ok(digest));
    }

    #[test]
    fn nothing_else_is_one() {
        let digits = "ab".repeat(32);
        for text in [
            String::new(),
            digits.clone(),
            format!("sha512:{digits}"),
            format!("sha256:{}", digits.to_uppercase()),
            format!("sha256:{digits}0"),
            format!("sha256: {}", &digits[1..]),
            "sha256:rate(errors[5m])".to_owned(),
        ] {
            assert_eq!(text.parse::<QueryDigest>(), Err(NoQueryDigest), "{text}");
        }
    }
}
