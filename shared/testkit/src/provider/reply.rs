//! Answers, before they are sent.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{StatusCode, response};
use serde_json::Value;

use super::ProviderError;
use super::body::Content;
use crate::case::{Addresses, Exchange, Fault, Response};

/// One answer. `{{BASE}}` in its headers and in a JSON or text body is the provider's origin.
#[derive(Debug, Clone)]
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
    announced: bool,
    pub(super) fault: Option<Fault>,
}

#[derive(Debug, Clone)]
enum Body {
    Json(Value),
    Text(String),
    Base64(String),
    Bytes(Bytes),
    Big(u64),
}

// === impl Reply ===

impl Reply {
    /// A JSON body.
    pub fn json(status: u16, body: impl Into<Value>) -> Self {
        Self::new(status, Body::Json(body.into()))
    }

    /// A body as text, without a content type.
    pub fn text(status: u16, body: impl Into<String>) -> Self {
        Self::new(status, Body::Text(body.into()))
    }

    /// A body as bytes, without a content type.
    pub fn bytes(status: u16, body: impl Into<Bytes>) -> Self {
        Self::new(status, Body::Bytes(body.into()))
    }

    /// One JSON text of this many bytes, at least two, made while it is sent.
    pub fn big(bytes: u64) -> Self {
        Self::new(200, Body::Big(bytes))
    }

    /// Resets the connection instead of an answer.
    pub fn reset() -> Self {
        Self::faulty(Fault::Reset)
    }

    /// Never answers.
    pub fn hang() -> Self {
        Self::faulty(Fault::Hang)
    }

    /// With another status.
    #[must_use]
    pub fn status(mut self, status: u16) -> Self {
        self.status = status;
        self
    }

    /// With a further header.
    #[must_use]
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Without saying before how long the body is (chunked).
    #[must_use]
    pub fn chunked(mut self) -> Self {
        self.announced = false;
        self
    }

    /// Announced whole and cut in the middle.
    #[must_use]
    pub fn truncated(mut self) -> Self {
        self.fault = Some(Fault::Truncate);
        self
    }

    /// Headers at once, then the body byte by byte.
    #[must_use]
    pub fn slow(mut self) -> Self {
        self.fault = Some(Fault::Slow);
        self
    }

    /// The answer of a case's exchange.
    pub(super) fn of(exchange: &Exchange) -> Self {
        let reply = match &exchange.response {
            Some(response) => Self::of_response(response),
            None => Self::bytes(200, Bytes::new()),
        };
        Self {
            fault: exchange.fault,
            ..reply
        }
    }

    pub(super) fn of_response(response: &Response) -> Self {
        let body = match (&response.body, &response.body_text, &response.body_base64) {
            (Some(json), _, _) => Body::Json(json.clone()),
            (None, Some(text), _) => Body::Text(text.clone()),
            (None, None, Some(base64)) => Body::Base64(base64.clone()),
            (None, None, None) => Body::Bytes(Bytes::new()),
        };
        let headers = response.headers.clone().into_iter().collect();
        Self {
            headers,
            ..Self::new(response.status, body)
        }
    }

    /// Status, headers and content as they are sent.
    pub(super) fn render(
        &self,
        own: &Addresses,
    ) -> Result<(response::Parts, Content), ProviderError> {
        let content = self.content(own)?;
        let mut builder = http::Response::builder().status(self.status);
        for (name, value) in &self.headers {
            builder = builder.header(name, own.fill(value));
        }
        let (mut parts, ()) = builder.body(())?.into_parts();
        if matches!(self.body, Body::Json(_) | Body::Big(_)) {
            parts
                .headers
                .entry(CONTENT_TYPE)
                .or_insert(http::HeaderValue::from_static("application/json"));
        }
        if self.announced && has_body(parts.status) {
            let length = self.announced_length(&content);
            parts.headers.entry(CONTENT_LENGTH).or_insert(length.into());
        }
        Ok((parts, content))
    }

    fn new(status: u16, body: Body) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
            announced: true,
            fault: None,
        }
    }

    fn faulty(fault: Fault) -> Self {
        Self {
            fault: Some(fault),
            ..Self::bytes(200, Bytes::new())
        }
    }

    fn content(&self, own: &Addresses) -> Result<Content, ProviderError> {
        Ok(match &self.body {
            Body::Json(json) => Content::Bytes(own.fill_json(json).to_string().into()),
            Body::Text(text) => Content::Bytes(own.fill(text).into()),
            Body::Base64(text) => Content::Bytes(BASE64_STANDARD.decode(text)?.into()),
            Body::Bytes(bytes) => Content::Bytes(bytes.clone()),
            Body::Big(length) => Content::Big((*length).max(2)),
        })
    }

    /// A body that is cut must lack something, be it empty.
    fn announced_length(&self, content: &Content) -> u64 {
        match self.fault {
            Some(Fault::Truncate) => content.len().max(1),
            Some(Fault::Reset | Fault::Hang | Fault::Slow) | None => content.len(),
        }
    }
}

fn has_body(status: StatusCode) -> bool {
    !status.is_informational()
        && status != StatusCode::NO_CONTENT
        && status != StatusCode::NOT_MODIFIED
}
