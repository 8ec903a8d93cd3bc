//! What is asked, and what comes back.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use sha2::{Digest as _, Sha256};
use url::Url;

use crate::endpoint::{Link, UnsafeSegment, path, path::Encoding};

/// One request to the endpoint of the client that sends it. Shown without path, query, header
/// values and body.
#[derive(Clone)]
pub struct Request {
    method: Method,
    target: Target,
    query: Vec<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
    timeout: Option<Duration>,
}

/// Tells a request from every other; nothing of the request can be read from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequestId([u8; 32]);

#[derive(Clone)]
enum Target {
    Segments {
        segments: Vec<String>,
        trailing_slash: bool,
        encoding: Encoding,
    },
    Link(Link),
}

/// A whole reply of any status; a redirect is one. Shown without headers and body.
#[derive(Clone)]
pub struct Reply {
    /// The status, whatever it is.
    pub status: StatusCode,
    /// The headers; those about a compression that was undone are gone.
    pub headers: HeaderMap,
    /// The body, decompressed, within the client's limit.
    pub body: Bytes,
    /// The certificate that the server showed first (DER), where the client tells it.
    pub certificate: Option<Bytes>,
}

/// A request taken apart for the client that sends it.
pub(crate) struct Parts {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
}

// === impl Request ===

impl Request {
    /// A request for `segments` under the endpoint's context path, each one path segment.
    pub fn new(method: Method, segments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let segments = segments.into_iter().map(Into::into).collect();
        Self::to(
            method,
            Target::Segments {
                segments,
                trailing_slash: false,
                encoding: Encoding::Reserved,
            },
        )
    }

    /// A GET of `segments`.
    pub fn get(segments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::new(Method::GET, segments)
    }

    /// A POST to `segments`.
    pub fn post(segments: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::new(Method::POST, segments)
    }

    /// A GET of a further page.
    pub fn follow(link: Link) -> Self {
        Self::to(Method::GET, Target::Link(link))
    }

    fn to(method: Method, target: Target) -> Self {
        Self {
            method,
            target,
            query: Vec::new(),
            headers: HeaderMap::new(),
            body: Bytes::new(),
            timeout: None,
        }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.method
    }

    /// Tells this request from every other by all that is sent of it.
    pub fn id(&self) -> RequestId {
        let mut digest = Sha256::new();
        // Lengths and counts in front, so that no parts ever read like others.
        let mut add = |part: &[u8]| {
            digest.update(part.len().to_le_bytes());
            digest.update(part);
        };
        add(self.method.as_str().as_bytes());
        match &self.target {
            Target::Segments {
                segments,
                trailing_slash,
                encoding,
            } => {
                add(&[
                    u8::from(*trailing_slash),
                    u8::from(*encoding == Encoding::Strict),
                ]);
                add(&segments.len().to_le_bytes());
                segments.iter().for_each(|it| add(it.as_bytes()));
            }
            Target::Link(link) => link.parts().into_iter().for_each(&mut add),
        }
        add(&self.query.len().to_le_bytes());
        for (key, value) in &self.query {
            add(key.as_bytes());
            add(value.as_bytes());
        }
        add(&self.headers.len().to_le_bytes());
        for (name, value) in &self.headers {
            add(name.as_str().as_bytes());
            add(value.as_bytes());
        }
        add(&self.body);
        RequestId(digest.finalize().into())
    }

    /// Ends the path with a slash, for servers that insist on one. A link stays as it is.
    #[must_use]
    pub fn with_trailing_slash(mut self) -> Self {
        match &mut self.target {
            Target::Segments { trailing_slash, .. } => *trailing_slash = true,
            Target::Link(_) => {}
        }
        self
    }

    /// Encodes all but letters, digits and `-._~` of the segments, for servers that want names with `@`
    /// or `+` in them so. A link stays as it is.
    #[must_use]
    pub fn with_strict_segments(mut self) -> Self {
        match &mut self.target {
            Target::Segments { encoding, .. } => *encoding = Encoding::Strict,
            Target::Link(_) => {}
        }
        self
    }

    /// Adds a query pair, after those that a link has.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Sets a header. `Authorization` and `Cookie` are marked as sensitive; mark others that are
    /// with [`HeaderValue::set_sensitive`]. Those that steer the connection belong to the client,
    /// which refuses them.
    #[must_use]
    pub fn header(mut self, name: HeaderName, mut value: HeaderValue) -> Self {
        if name == AUTHORIZATION || name == COOKIE {
            value.set_sensitive(true);
        }
        self.headers.insert(name, value);
        self
    }

    /// Sets the body and says what it is.
    #[must_use]
    pub fn body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self.header(CONTENT_TYPE, content_type)
    }

    /// Sets a form as the body.
    #[must_use]
    pub fn form(self, pairs: &[(&str, &str)]) -> Self {
        let form = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(pairs)
            .finish();
        self.body(
            HeaderValue::from_static("application/x-www-form-urlencoded"),
            form,
        )
    }

    /// How long the whole exchange may take; the client's own bound still holds.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    pub(crate) fn within(&self, bound: Duration) -> Duration {
        self.timeout.map_or(bound, |timeout| timeout.min(bound))
    }

    pub(crate) fn into_parts(self, base: &Url) -> Result<Parts, UnsafeSegment> {
        let mut url = match self.target {
            Target::Segments {
                segments,
                trailing_slash,
                encoding,
            } => path::below(base, &segments, trailing_slash, encoding)?,
            Target::Link(link) => link.below(base),
        };
        if !self.query.is_empty() {
            url.query_pairs_mut().extend_pairs(self.query);
        }
        Ok(Parts {
            method: self.method,
            url,
            headers: self.headers,
            body: self.body,
        })
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("query_pairs", &self.query.len())
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .field("timeout", &self.timeout)
            .finish()
    }
}

// === impl Reply ===

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body_bytes", &self.body.len())
            .finish()
    }
}
