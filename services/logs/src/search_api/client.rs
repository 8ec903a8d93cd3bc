//! The reads that are ever sent.

use http::{HeaderValue, Method};
use passport_connector_sdk::{
    Auth, Builder, CollectRequest, ProviderClient, ReadError, Reply, Request,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    answer::{Opened, Search},
    body::KEPT,
    dialect::Dialect,
};

/// What is said beside every search: an answer that lacks a part is to be none, and so is one about no
/// index.
const WHOLE: [(&str, &str); 4] = [
    ("allow_partial_search_results", "false"),
    ("ignore_unavailable", "false"),
    ("allow_no_indices", "false"),
    ("request_cache", "false"),
];
/// The same beside a page: which indices it is about was said when its point in time was opened.
const WHOLE_PAGE: [(&str, &str); 2] = [
    ("allow_partial_search_results", "false"),
    ("request_cache", "false"),
];

/// Talks to one server about one index.
#[derive(Debug)]
pub struct Client {
    provider: ProviderClient,
    /// The index, alias, data stream or prefix.
    pub index: String,
    /// How it speaks.
    pub dialect: &'static Dialect,
}

impl Client {
    /// Checks the endpoint.
    pub fn build(
        endpoint: &str,
        auth: Auth,
        index: Option<String>,
        dialect: &'static Dialect,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let provider = builder.client(endpoint, auth)?;
        Some(Self {
            provider: provider.understanding(dialect.own_words),
            index: index?,
            dialect,
        })
    }

    /// Whether a credential is shown.
    pub fn has_credential(&self) -> bool {
        self.provider.has_credential()
    }

    /// Searches the index.
    pub async fn search(
        &self,
        body: &Value,
        request: &CollectRequest,
    ) -> Result<Search, ReadError> {
        self.search_in(&self.index, body, request).await
    }

    /// Searches any index.
    pub async fn search_in(
        &self,
        index: &str,
        body: &Value,
        request: &CollectRequest,
    ) -> Result<Search, ReadError> {
        let read = Request::post([index, "_search"]);
        self.read(with(read, &WHOLE), Some(body), request).await
    }

    /// Opens a point in time.
    pub async fn open(&self, request: &CollectRequest) -> Result<Opened, ReadError> {
        let path = [self.index.as_str()].into_iter();
        let path = path.chain(self.dialect.open.iter().copied());
        let read = Request::post(path).query("keep_alive", KEPT);
        self.read(with(read, self.dialect.opening), None, request)
            .await
    }

    /// Reads a page of a point in time.
    pub async fn page(&self, body: &Value, request: &CollectRequest) -> Result<Search, ReadError> {
        let read = with(Request::post(["_search"]), &WHOLE_PAGE);
        self.read(read, Some(body), request).await
    }

    /// Closes a point in time.
    pub async fn close(&self, id: &str, request: &CollectRequest) -> Result<(), ReadError> {
        let read = Request::new(Method::DELETE, self.dialect.close.iter().copied());
        let body = (self.dialect.closing)(id);
        self.send(read, Some(&body), request).await.map(drop)
    }

    /// Reads JSON, perhaps with a body that says what is asked.
    pub async fn read<T: DeserializeOwned>(
        &self,
        read: Request,
        body: Option<&Value>,
        request: &CollectRequest,
    ) -> Result<T, ReadError> {
        self.send(read, body, request).await?.json()
    }

    async fn send(
        &self,
        read: Request,
        body: Option<&Value>,
        request: &CollectRequest,
    ) -> Result<Reply, ReadError> {
        let json = HeaderValue::from_static("application/json");
        let read = match body {
            Some(body) => read.body(json, body.to_string()),
            None => read,
        };
        let reply = self.provider.send(read, request).await?;
        if (self.dialect.is_foreign)(reply.headers()) {
            return Err(ReadError::Malformed);
        }
        Ok(reply)
    }
}

fn with(read: Request, pairs: &[(&'static str, &'static str)]) -> Request {
    let pairs = pairs.iter();
    pairs.fold(read, |read, (name, value)| read.query(*name, *value))
}
