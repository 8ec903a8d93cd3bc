//! The regular expressions, compiled once, and the order in which they are applied.

use std::sync::LazyLock;

use regex::Regex;

use super::hits::Hits;
use super::{PatternId, address, named, number, userinfo};

/// Every regular expression that redaction uses. None needs its closing part.
pub(super) struct Patterns {
    pub ansi: Regex,
    pub ansi_as_text: Regex,
    pub space: Regex,
    pub unseen: Regex,
    pub private_key: Regex,
    pub url_scheme: Regex,
    pub auth_name: Regex,
    pub auth_word: Regex,
    pub jwt: Regex,
    pub token: Regex,
    pub aws_key: Regex,
    pub secret_name: Regex,
    pub any_name: Regex,
    pub digits: Regex,
    pub iban_start: Regex,
    pub email: Regex,
    pub ipv4: Regex,
    pub ipv6: Regex,
    pub random: Regex,
    pub quoted: Regex,
    pub id: Regex,
}

type Find = fn(&Patterns, &str) -> Hits;

/// The patterns that always apply, in order.
pub(super) const PASSES: &[(PatternId, Find)] = &[
    (PatternId::PrivateKey, |p, text| whole(&p.private_key, text)),
    (PatternId::UrlUserinfo, userinfo::find),
    (PatternId::Auth, named::auth_values),
    (PatternId::Auth, named::auth_words),
    (PatternId::Jwt, |p, text| whole(&p.jwt, text)),
    (PatternId::Token, |p, text| whole(&p.token, text)),
    (PatternId::AwsKey, |p, text| whole(&p.aws_key, text)),
    (PatternId::SecretKv, named::secret_values),
    (PatternId::Card, number::cards),
    (PatternId::Iban, number::ibans),
    (PatternId::Email, |p, text| whole(&p.email, text)),
    (PatternId::Ip, address::find),
];

/// Between a name and its value: closing quotes and brackets, then `:`, `=`, `=>` or their URL-encoded form.
const SEPARATOR: &str = r#"(?:["'`\\\])}]|&quot;|&\#34;|%22|u0022)*\s*(?:[:=]{1,2}>?|%3[ad])\s*"#;

const AUTH_NAME: &str = "(?:authorization|x[-_]api[-_]key|dd[-_]api[-_]key\
    |dd[-_]application[-_]key|x[-_]vault[-_]token|private[-_]token)";

const SECRET_NAME: &str = "(?:password|passwd|pwd|passphrase|secret|token\
    |(?:api|app|access|private|secret)[-_ ]?key|session(?:[-_ ]?id)?|cookie|otp|cvv2?|cvc2?)";

const TOKEN: &str = r"(?x)
    gh[pousr]_ [A-Za-z0-9]{8,}
  | github_pat_ [A-Za-z0-9_]{8,}
  | glpat- [A-Za-z0-9_.-]{8,}
  | xox[abeprs]- [A-Za-z0-9-]{8,}
  | sk_(?:live|test)_ [A-Za-z0-9_]{8,}
  | (?:\b|[0-9_]) [rp]k_ [A-Za-z0-9_]{8,}
  | NRAK- [A-Za-z0-9]{8,}
  | glsa_ [A-Za-z0-9_]{8,}
  | glc_ [A-Za-z0-9+/=_-]{8,}
  | AIza [A-Za-z0-9_-]{8,}
  | npm_ [A-Za-z0-9]{8,}
  | hvs\. [A-Za-z0-9_-]{8,}
  | (?:\b|[0-9_]) SG\. [A-Za-z0-9_-]{8,} (?: \. [A-Za-z0-9_-]* )?";

// === impl Patterns ===

impl Patterns {
    /// The patterns, or nothing when one of them did not compile.
    pub(super) fn get() -> Option<&'static Self> {
        static PATTERNS: LazyLock<Option<Patterns>> = LazyLock::new(|| Patterns::compile().ok());
        PATTERNS.as_ref()
    }

    pub(super) fn compile() -> Result<Self, regex::Error> {
        Ok(Self {
            // A lone letter could be the first of a secret's name, so few are taken for an escape.
            ansi: Regex::new(concat!(
                r"(?:\x1b\[|\u{9b})(?:[0-9;:?=>]+[@-~]?|[mKJH])",
                r"|(?:\x1b\]|\u{9d})[^\x07\x1b\u{9c}]*(?:\x07|\x1b\\|\u{9c})",
                r"|\x1b(?:[()#%][0-9AB]|[=>78])",
            ))?,
            ansi_as_text: Regex::new(r"\\(?:u001[bB]|x1[bB]|033|e)\[(?:[0-9;]+[A-Za-z]?|[mKJH])")?,
            space: Regex::new(r"\r\n|[\t\n\x0b\x0c\r\u{85}\u{2028}\u{2029}]")?,
            unseen: Regex::new(r"[\p{Cc}\p{Cf}]+")?,
            private_key: Regex::new(concat!(
                r"-{4,} ?BEGIN(?:[A-Z0-9 ]*PRIVATE KEY[A-Z ]*-{4,}.*?",
                r"(?:-{4,} ?END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-{4,}|\z)|[A-Z0-9 ]*-*\z)",
            ))?,
            url_scheme: Regex::new(r"[A-Za-z][A-Za-z0-9+.-]*://")?,
            auth_name: Regex::new(&format!("(?i){AUTH_NAME}{SEPARATOR}"))?,
            auth_word: Regex::new(r"(?i)(?:bearer|basic)\s+([A-Za-z0-9._~+/=-]{8,})")?,
            jwt: Regex::new(
                r"eyJ[A-Za-z0-9_-]{8,}(?:\.[A-Za-z0-9_-]*){0,2}(?:\.[A-Za-z0-9_-]+){0,2}",
            )?,
            token: Regex::new(TOKEN)?,
            aws_key: Regex::new("(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16,}")?,
            secret_name: Regex::new(&format!("(?i){SECRET_NAME}{SEPARATOR}"))?,
            any_name: Regex::new(&format!(
                r"(?i)(?:{AUTH_NAME}|{SECRET_NAME}){SEPARATOR}|(?:bearer|basic)\s+"
            ))?,
            digits: Regex::new(r"[0-9](?:[ -]?[0-9]){12,}")?,
            iban_start: Regex::new("[A-Za-z]{2}[0-9]{2}")?,
            email: Regex::new(concat!(
                r"[\p{L}\p{N}._%+'-]+(?:@|%40)",
                r"(?:[\p{L}\p{N}.-]+\.\p{L}{2,}|[\p{L}\p{N}.-]*\z)",
            ))?,
            ipv4: Regex::new(r"[0-9]+(?:\.[0-9]+){3,}")?,
            ipv6: Regex::new(r"[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:]*(?:\.[0-9]{1,3}){0,3}")?,
            random: Regex::new("[A-Za-z0-9+/_=-]{32,}")?,
            quoted: Regex::new(r#""(?:[^"\\]|\\.)*"?|`[^`]*`?|\B'[^']*'?"#)?,
            id: Regex::new(r"[\p{L}\p{N}_-]*\p{N}[\p{L}\p{N}_-]*|\b[0-9A-Fa-f]{8,}\b")?,
        })
    }
}

/// Hits of a pattern whose whole match is secret.
fn whole(regex: &Regex, text: &str) -> Hits {
    regex.find_iter(text).map(|hit| hit.range()).collect()
}
