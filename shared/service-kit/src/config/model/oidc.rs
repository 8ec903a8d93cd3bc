//! Workloads and persons that are known by a token of an issuer that is trusted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::Deserialize;
use serde_json::Value;

use super::{Grant, Malformed, MaxAge, Name};

/// An issuer of OIDC tokens, and what those may do whom its tokens are of.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Issuer {
    /// The URL that stands in its tokens as `iss`, for example
    /// `https://token.actions.githubusercontent.com`. Compared byte by byte.
    #[schemars(length(min = 1, max = 512))]
    pub issuer: String,
    /// What kind of system it is, which decides what a mapping has to name.
    pub kind: IssuerKind,
    /// Whom a token has to be made for (its `aud`): this gateway, and nobody else beside it.
    #[schemars(length(min = 1, max = 255))]
    pub audience: String,
    /// How tokens may be signed, at least one. What a token says of itself chooses among these.
    #[schemars(length(min = 1))]
    pub algorithms: BTreeSet<Algorithm>,
    /// Where its keys are. Without it, where its discovery document says, which has to be on the
    /// issuer's own host.
    #[serde(default)]
    #[schemars(with = "String", length(min = 1, max = 512))]
    pub jwks: Option<String>,
    /// Absolute path of the authorities, as PEM, one of which signed its certificate, in place of
    /// those of the system. Read anew whenever keys are fetched.
    #[serde(default)]
    #[schemars(with = "String", regex(pattern = r"^/"))]
    pub ca: Option<PathBuf>,
    /// The longest that a token may live, from `iat` to `exp`; at most `24h`. Without it, `1h`.
    #[serde(default)]
    #[schemars(with = "MaxAge")]
    pub max_lifetime: Option<MaxAge>,
    /// Which workloads or persons may call, at least one. Who fits several has the grants of all of them.
    #[schemars(length(min = 1))]
    pub mappings: Vec<Mapping>,
}

/// What kind of system an issuer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssuerKind {
    /// GitHub Actions, whichever GitHub it is.
    GithubActions,
    /// ID tokens of GitLab CI, whichever GitLab it is.
    GitlabCi,
    /// Service accounts of a Kubernetes cluster.
    Kubernetes,
    /// A company's identity provider. Whom its tokens are of is a person: the issuer, and the `sub` of
    /// the token.
    People,
    /// Any other.
    Other,
}

/// A way to sign with a key whose other half is public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[allow(missing_docs, reason = "the names are those of RFC 7518 and RFC 8037")]
pub enum Algorithm {
    RS256,
    RS384,
    RS512,
    PS256,
    PS384,
    PS512,
    ES256,
    ES384,
    #[serde(rename = "EdDSA")]
    EdDsa,
}

/// Workloads or persons of one issuer, and what they may do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Names the caller in audit records; no other caller has the same.
    pub id: Name,
    /// What the claims of its tokens have to be, all of them, exactly. Of Kubernetes these are
    /// `namespace`, `service_account` and `service_account_uid`. Of people a claim that is a list, such
    /// as `groups`, has to hold the value.
    pub claims: BTreeMap<String, ClaimValue>,
    /// What it may do, at least one grant; `waive` and `approve` only of people.
    #[schemars(length(min = 1))]
    pub grants: Vec<Grant>,
}

/// What a claim has to be. Issuers write numbers and truths as text or as such, so that both are
/// compared as text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Value")]
pub struct ClaimValue(String);

// === impl ClaimValue ===

impl ClaimValue {
    /// The value as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A value of a file or of a token as text; `None` for what is no text, truth or whole number.
    pub fn text(value: &Value) -> Option<String> {
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Bool(truth) => Some(truth.to_string()),
            Value::Number(number) if !number.is_f64() => Some(number.to_string()),
            Value::Number(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }
}

impl TryFrom<Value> for ClaimValue {
    type Error = Malformed;

    fn try_from(value: Value) -> Result<Self, Malformed> {
        Self::text(&value).map(Self).ok_or(Malformed)
    }
}

impl JsonSchema for ClaimValue {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ClaimValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "boolean", "integer"],
            "minLength": 1,
            "maxLength": 512,
            "description": "The whole value of the claim; no pattern.",
        })
    }
}
