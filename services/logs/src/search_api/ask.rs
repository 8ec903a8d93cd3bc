//! A read before it is sent.

use std::borrow::Cow;

use http::{HeaderValue, Method};
use passport_connector_sdk::Request;
use serde_json::Value;

/// What is said in every query of a kind.
pub type Pair = (&'static str, &'static str);

/// A read before it is sent.
#[derive(Debug, Clone)]
pub struct Ask {
    /// Its method.
    pub method: Method,
    /// Its path, each part one segment.
    pub path: Vec<String>,
    /// Its query.
    pub query: Vec<(&'static str, Cow<'static, str>)>,
    /// Its body; empty: none.
    pub body: Vec<u8>,
}

impl Ask {
    /// A read with this method and path.
    pub fn new(method: Method, path: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            method,
            path: path.into_iter().map(Into::into).collect(),
            query: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A GET of a path.
    pub fn get(path: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::new(Method::GET, path)
    }

    /// A POST that reads: what is asked stands in its body.
    pub fn post(path: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self::new(Method::POST, path)
    }

    /// With these in its query.
    #[must_use]
    pub fn with(mut self, pairs: &[Pair]) -> Self {
        let pairs = pairs.iter().map(|(name, value)| (*name, Cow::from(*value)));
        self.query.extend(pairs);
        self
    }

    /// With names of fields in its query.
    #[must_use]
    pub fn naming(mut self, key: &'static str, names: String) -> Self {
        self.query.push((key, names.into()));
        self
    }

    /// With this body.
    #[must_use]
    pub fn asking(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self
    }

    /// As it is sent.
    pub fn request(self) -> Request {
        let request = Request::new(self.method, self.path);
        let pairs = self.query.into_iter();
        let request = pairs.fold(request, |it, (name, value)| it.query(name, value));
        match self.body.is_empty() {
            true => request,
            false => request.body(HeaderValue::from_static(JSON), self.body),
        }
    }
}

/// What bodies are.
pub const JSON: &str = "application/json";
