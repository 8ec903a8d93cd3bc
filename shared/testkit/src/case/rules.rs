//! Matching and surroundings that only some cases need. Absent rules change nothing.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::mail::Stages;

/// The special rules of a case.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub struct Rules {
    /// A POST with a form counts as the GET with the form's keys as query keys.
    pub form_as_query: bool,
    /// Query keys whose values are compared as JSON, the order within lists free.
    pub json_query: Vec<String>,
    /// How questions about the credential's rights are answered that no exchange lists.
    pub access_reviews: Option<AccessReviews>,
    /// What an operation gets that no exchange lists.
    pub undeclared_operation: Option<UndeclaredOperation>,
    /// How many requests the provider must have seen.
    pub requests: Option<usize>,
    /// Real milliseconds, least and most, between the answer 429 and the next same request.
    pub wait_ms: Option<(u64, u64)>,
    /// Whether requests must be signed in AWS's manner with the case's key.
    pub sigv4: bool,
    /// The caller's deadline.
    #[serde(deserialize_with = "super::time::duration")]
    pub deadline: Option<Duration>,
    /// The excerpts, if the implementation shows any.
    pub excerpts: Option<Vec<String>>,
    /// How often each redaction pattern hit over the lines that the facts show.
    pub redactions: Option<BTreeMap<String, u32>>,
    /// What the sender of each delivery gets; only listed keys are compared.
    pub responses: Option<Vec<Answer>>,
    /// The resolver's only answers, by host.
    pub dns: BTreeMap<String, HostAddresses>,
    /// What the mail server says at a stage (`RCPT TO`, `DATA`), exact bytes.
    pub smtp: Stages,
    /// The message that was sent for the subject before.
    pub sent: Option<SentMessage>,
    /// The approval request that was posted for the subject before.
    pub open_request: Option<OpenRequest>,
    /// The person who delivers.
    pub caller: Option<Person>,
    /// The person who has confirmed each record that names it.
    pub approver: Option<Person>,
    /// The certificate that the provider shows; plain HTTP without it.
    pub tls: Option<Tls>,
}

/// Answers about the credential's rights.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessReviews {
    /// The answer to what is not in `allowed`.
    pub default: bool,
    /// What is allowed.
    #[serde(default)]
    pub allowed: Vec<Attributes>,
}

/// What a question about rights is about. An absent part is empty; other parts do not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Attributes {
    /// What would be done.
    pub verb: String,
    /// The API group.
    pub group: String,
    /// The kind of resource.
    pub resource: String,
    /// The part of the resource.
    pub subresource: String,
    /// Where.
    pub namespace: String,
}

/// What an operation gets that no exchange lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UndeclaredOperation {
    /// The answer `unmatched`, without failing the case.
    Unmatched,
}

/// An answer to a sender.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Keys of the body.
    pub body: Option<Value>,
}

/// A host's addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HostAddresses {
    /// IPv4.
    #[serde(rename = "A")]
    pub v4: Vec<Ipv4Addr>,
    /// IPv6.
    #[serde(rename = "AAAA")]
    pub v6: Vec<Ipv6Addr>,
}

/// A message that was sent. Its connector keeps the same of what it sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SentMessage {
    /// Its `Message-ID`.
    pub message_id: String,
    /// When the server took it.
    pub accepted_at: DateTime<Utc>,
    /// The server's reply.
    pub reply: String,
}

/// An approval request that is open. Its connector keeps the same of what it posts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct OpenRequest {
    /// Its id.
    pub id: String,
    /// Who asked.
    pub requester: String,
    /// The provider's stamp of the message.
    pub posted_ts: String,
    /// Where it was posted.
    pub channel: String,
    /// Until when it may be answered.
    pub expires_at: DateTime<Utc>,
}

/// An authenticated person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The person's id.
    pub id: String,
    /// What the person may do.
    pub rights: Vec<String>,
}

/// A certificate.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Tls {
    /// The end of its validity.
    pub not_after: DateTime<Utc>,
    /// Whether the collector trusts its issuer.
    pub trusted: bool,
}
