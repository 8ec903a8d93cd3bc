//! Who may call, and for what.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Client, Hook, Issuer, Limits, MaxAge, Name, OwnSecret, Selector, Sha256Hex, Tls};

/// Who may call.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// What the gateway shows to those who connect to it, and to collectors that it reaches over
    /// `https://`. Without it, it speaks plain HTTP.
    #[serde(default)]
    #[schemars(with = "Tls")]
    pub tls: Option<Tls>,
    /// Tokens that are admitted; ids and hashes each stand once.
    #[serde(default)]
    pub tokens: Vec<Token>,
    /// Callers that are admitted by their certificate, signed by an authority of `tls.client_ca`.
    /// Who shows a token as well is the bearer of that token, and nobody else.
    #[serde(default)]
    pub clients: Vec<Client>,
    /// Issuers of OIDC tokens, such as CI systems and clusters, whose workloads are admitted; each
    /// stands once.
    #[serde(default)]
    pub oidc: Vec<Issuer>,
    /// Callers that can send no header, such as Flagger, each with a token of its own in the path;
    /// ids and hashes each stand once. It evaluates the gate of one scope and is good for nothing else.
    #[serde(default)]
    pub hooks: Vec<Hook>,
    /// Where the key is to be found that passports and their ledger are signed with: Ed25519, as a
    /// PEM block `PRIVATE KEY`. Without it nothing is signed.
    #[serde(default)]
    #[schemars(with = "OwnSecret")]
    pub signing_key: Option<OwnSecret>,
    /// How long passports, waivers and approvals are kept in the ledger, at least `30d` and no less than any
    /// waiver may last, for example `400d`. Once a day what is older is cut off, which the ledger itself
    /// records. Without it, they are kept for ever.
    #[serde(default)]
    #[schemars(with = "MaxAge")]
    pub keep_records: Option<MaxAge>,
    /// How much callers may ask at once and in a second.
    #[serde(default)]
    pub limits: Limits,
}

/// A bearer token, known by its hash.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Token {
    /// Names the token in audit records.
    pub id: Name,
    /// What the presented token is compared with.
    pub sha256: Sha256Hex,
    /// When it ends, as RFC 3339, for example `2027-01-01T00:00:00Z`. Without it, it does not end.
    #[serde(default)]
    #[schemars(with = "DateTime<Utc>")]
    pub expires: Option<DateTime<Utc>>,
    /// The person who bears it. Without it, it stands for no person, and can't be granted `waive` or
    /// `approve`.
    #[serde(default)]
    #[schemars(with = "Person")]
    pub person: Option<Person>,
    /// What it may do, at least one grant.
    #[schemars(length(min = 1))]
    pub grants: Vec<Grant>,
}

/// A person. Two callers with the same issuer and subject are one person, who never counts twice.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Who vouches for the identity, such as the company's identity provider:
    /// `https://idp.example.com`. Where that is an issuer of `oidc`, write what stands there.
    #[schemars(length(min = 1, max = 512), regex(pattern = r"^\S(.*\S)?$"))]
    pub issuer: String,
    /// The identity, unique with that issuer. It is shown in passports, lists and every output: prefer
    /// the opaque id of the identity provider (`sub`) to a name or an address.
    #[schemars(length(min = 1, max = 255), regex(pattern = r"^\S(.*\S)?$"))]
    pub subject: String,
}

/// Permission for some verbs on some scopes of one workspace.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The one workspace; there is no wildcard.
    pub workspace: Name,
    /// Services, or `["*"]`.
    #[schemars(length(min = 1))]
    pub services: Vec<Selector>,
    /// Environments, or `["*"]`.
    #[schemars(length(min = 1))]
    pub environments: Vec<Selector>,
    /// What may be done there.
    #[schemars(length(min = 1))]
    pub verbs: BTreeSet<Verb>,
}

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Collect evidence.
    Collect,
    /// Read passports, connectors and sources.
    Read,
    /// Check a source: its credential, its breadth, when it was last good.
    Check,
    /// Push evidence.
    Ingest,
    /// Evaluate a gate.
    Evaluate,
    /// Create, confirm and end waivers. Only for persons.
    Waive,
    /// Approve releases, and take that back. Only for persons.
    Approve,
    /// Have a source tell people of a release; of a collector, also the answer to a provider's question.
    Notify,
    /// Say which person delivers what is pushed. A collector grants it to its gateway and to nobody else.
    Vouch,
}
