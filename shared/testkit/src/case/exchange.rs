//! What a provider is asked, and what it answers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One request that is known, and its answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// What the request must have.
    pub request: Request,
    /// The answer. Absent only beside a fault that has none.
    pub response: Option<Response>,
    /// What goes wrong with the answer.
    pub fault: Option<Fault>,
    /// How often this answer is given before the next one with the same match.
    pub times: Option<u32>,
}

/// What a request must have. What is not listed does not matter.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The method.
    pub method: Option<String>,
    /// The path, still percent-encoded, byte for byte.
    pub path: Option<String>,
    /// Query keys, decoded.
    #[serde(default)]
    pub query: BTreeMap<String, Values>,
    /// Headers, their names in any case.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// Keys of the body at any depth. A form's keys count as the body's.
    pub body: Option<Value>,
}

/// The value of a key, or the values of a repeated one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Values {
    /// The key stands there once.
    One(String),
    /// The key is repeated.
    Many(Vec<String>),
}

/// An answer. At most one of the bodies is set.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Headers; only these are sent, and a content type for `body` where none is listed.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// A JSON body.
    #[serde(default, deserialize_with = "present")]
    pub body: Option<Value>,
    /// A body as text.
    pub body_text: Option<String>,
    /// A body as bytes.
    pub body_base64: Option<String>,
}

/// What goes wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Fault {
    /// The connection is reset instead of an answer.
    Reset,
    /// No answer ever comes.
    Hang,
    /// The answer is announced whole and cut in the middle.
    Truncate,
    /// The answer's body comes byte by byte.
    Slow,
}

// === impl Exchange ===

impl Exchange {
    /// Whether it says what is answered; some faults stand for an answer.
    pub(super) fn has_answer(&self) -> bool {
        self.response.is_some() || matches!(self.fault, Some(Fault::Reset | Fault::Hang))
    }
}

// === impl Values ===

impl Values {
    /// All values of the key.
    pub fn as_slice(&self) -> &[String] {
        match self {
            Self::One(value) => std::slice::from_ref(value),
            Self::Many(values) => values,
        }
    }
}

/// A JSON `null` is a body too.
fn present<'de, D: serde::Deserializer<'de>>(body: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(body).map(Some)
}
