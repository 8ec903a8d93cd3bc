//! The regular expressions, compiled once, and the order in which they are applied.

use std::sync::LazyLock;

use regex::Regex;

use super::hits::Hits;
use super::{PatternId, address, named, number, phone, userinfo};

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
    pub phone: Regex,
    pub phone_name: Regex,
    pub random: Regex,
    pub percent_encoded: Regex,
    pub json_escaped: Regex,
    pub base64: Regex,
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
    // An account's number may hold what is a card's number, too.
    (PatternId::Iban, number::ibans),
    (PatternId::Card, number::cards),
    (PatternId::Email, |p, text| whole(&p.email, text)),
    (PatternId::Ip, address::find),
    (PatternId::Phone, phone::find),
];

/// Between a name and its value: closing quotes and brackets, then `:`, `=`, `=>` or their URL-encoded form.
const SEPARATOR: &str = r#"(?:["'`\\\])}]|&quot;|&\#34;|%22|u0022)*\s*(?:[:=]{1,2}>?|%3[ad])\s*"#;

const AUTH_NAME: &str = "(?:authorization|x[-_]api[-_]key|dd[-_]api[-_]key\
    |dd[-_]application[-_]key|x[-_]vault[-_]token|private[-_]token)";

const SECRET_NAME: &str = "(?:password|passwd|pwd|passphrase|passcode|secret|token|_auth\
    |(?:api|app|access|private|secret|account|auth|signing|encryption|master|subscription|functions)\
    [-_ ]?key|session(?:[-_ ]?id)?|sessid|cookie|otp|cvv2?|cvc2?)";

/// Prefixes alone tell, wherever they stand; those that occur within words begin one here. What is beside a
/// letter of another script begins a word too.
const TOKEN: &str = r"(?x)
    gh[pousr]_ [A-Za-z0-9]{8,}
  | github_pat_ [A-Za-z0-9_]{8,}
  | gl(?:pat|dt|rt|cbt|ptt|ft|soat|imt|agent|oas|ffct)- [A-Za-z0-9_.-]{8,}
  | (?:xox[abeprs]|xapp)- [A-Za-z0-9-]{8,}
  | hooks\.slack\.com/(?:services|workflows|triggers)/ [A-Za-z0-9/_-]{8,}
  | discord(?:app)?\.com/api/webhooks/ [A-Za-z0-9/_-]{8,}
  | sk_(?:live|test)_ [A-Za-z0-9_]{8,}
  | whsec_ [A-Za-z0-9+/=_-]{8,}
  | (?:(?-u:\b)|[0-9_]) [rp]k_ [A-Za-z0-9_]{8,}
  | (?:(?-u:\b)|[0-9_]) sk- [A-Za-z0-9_-]{8,}
  | NRAK- [A-Za-z0-9]{8,}
  | glsa_ [A-Za-z0-9_]{8,}
  | glc_ [A-Za-z0-9+/=_-]{8,}
  | AIza [A-Za-z0-9_-]{8,}
  | GOCSPX- [A-Za-z0-9_-]{8,}
  | ya29\. [A-Za-z0-9_-]{8,}
  | npm_ [A-Za-z0-9]{8,}
  | (?:(?-u:\b)|[0-9_]) pypi- [A-Za-z0-9_-]{8,}
  | rubygems_ [a-f0-9]{8,}
  | dckr_[po]at_ [A-Za-z0-9_-]{8,}
  | (?:(?-u:\b)|[0-9_]) hf_ [A-Za-z0-9]{8,}
  | do[opr]_v1_ [a-f0-9]{8,}
  | shp(?:at|ca|pa|ss|tka)_ [A-Za-z0-9]{8,}
  | lin_(?:api|oauth)_ [A-Za-z0-9]{8,}
  | sntry[su]_ [A-Za-z0-9+/=_-]{8,}
  | sq0(?:atp|csp|idp)- [A-Za-z0-9_-]{8,}
  | PMAK- [A-Za-z0-9-]{8,}
  | ATATT3 [A-Za-z0-9+/=_-]{8,}
  | AGE-SECRET-KEY-1 [A-Z0-9]{8,}
  | (?:(?-u:\b)|[0-9_]) [0-9]{8,10}:AA [A-Za-z0-9_-]{8,}
  | hv[bs]\. [A-Za-z0-9_-]{8,}
  | (?:(?-u:\b)|[0-9_]) SG\. [A-Za-z0-9_-]{8,} (?: \. [A-Za-z0-9_-]* )?";

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
            space: Regex::new(r"\r\n|[\t\n\x0b\x0c\r\u{85}\p{Z}]")?,
            unseen: Regex::new(r"[\p{Cc}\p{Cf}]+")?,
            private_key: Regex::new(concat!(
                r"-{4,} ?BEGIN(?:[A-Z0-9 ]*PRIVATE KEY[A-Z ]*-{4,}.*?",
                r"(?:-{4,} ?END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-{4,}|\z)|[A-Z0-9 ]*-*\z)",
            ))?,
            // Slashes may be escaped, as in some writers' JSON.
            url_scheme: Regex::new(r"[A-Za-z][A-Za-z0-9+.-]*:(?:\\*/){2}")?,
            auth_name: Regex::new(&format!("(?i){AUTH_NAME}{SEPARATOR}"))?,
            auth_word: Regex::new(
                r"(?i)(?:bearer|basic|apikey|geniekey|negotiate)(?:\s|\+|%20)+([A-Za-z0-9._~+/=-]{8,})",
            )?,
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
            phone: Regex::new(concat!(
                r"(?:\+|(?-u:\b)00[ -]?)[1-9](?:[ .()/-]{0,2}[0-9]){7,14}",
                r"|\([0-9]{3}\)[ -]?[0-9]{3}[ .-][0-9]{4}",
                r"|(?-u:\b)[0-9]{3}[-.][0-9]{3}[-.][0-9]{4}",
            ))?,
            phone_name: Regex::new(&format!(
                r"(?i)(?:phone|mobile|msisdn|fax)(?:[-_ ]?(?:number|no|nr))?{SEPARATOR}\+?([0-9](?:[ .()/-]{{0,2}}[0-9]){{5,}})"
            ))?,
            random: Regex::new("[A-Za-z0-9+/_=-]{32,}")?,
            percent_encoded: Regex::new(r#"[^\s"'`<>&?;,]*%[0-9A-Fa-f]{2}[^\s"'`<>&?;,]*"#)?,
            json_escaped: Regex::new(r#"[^\s"'`<>]*\\(?:/|u[0-9A-Fa-f]{4})[^\s"'`<>]*"#)?,
            base64: Regex::new("[A-Za-z0-9+/_-]{12,}={0,2}")?,
            quoted: Regex::new(r#""(?:[^"\\]|\\.)*"?|`[^`]*`?|\B'[^']*'?"#)?,
            id: Regex::new(r"[\p{L}\p{N}_-]*\p{N}[\p{L}\p{N}_-]*|\b[0-9A-Fa-f]{8,}\b")?,
        })
    }
}

/// Hits of a pattern whose whole match is secret.
fn whole(regex: &Regex, text: &str) -> Hits {
    regex.find_iter(text).map(|hit| hit.range()).collect()
}
