//! Requests as they arrived.

use std::time::Instant;

use bytes::Bytes;
use http::HeaderMap;

/// A request that arrived.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its method.
    pub method: String,
    /// Its path, still percent-encoded.
    pub path: String,
    /// Its query, still percent-encoded.
    pub query: Option<String>,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// When its body was complete.
    pub at: Instant,
    /// Whether the script knew it.
    pub listing: Listing,
}

/// Whether the script knew a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listing {
    /// It is listed, or a rule answers it.
    Listed,
    /// It is not, and changes nothing.
    Unlisted,
    /// It is not, and its method is neither GET nor HEAD: this fails a case.
    UnlistedWrite,
}

// === impl Seen ===

impl Seen {
    /// Path and query as they stood in the request line.
    pub fn target(&self) -> String {
        match &self.query {
            Some(query) => format!("{}?{query}", self.path),
            None => self.path.clone(),
        }
    }

    /// A header's value, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}
