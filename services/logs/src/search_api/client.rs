//! The reads that are ever sent.

use http::Method;
use passport_connector_sdk::{
    Auth, Builder, CollectRequest, Object, ProviderClient, ReadError, Reply,
};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{
    answer::{Opened, Search},
    ask::{Ask, Pair},
    body::KEPT,
    dialect::Dialect,
    signing::{Shown, Signer},
};

/// What is said beside every search: an answer that lacks a part is to be none, and so is one about no
/// index.
const WHOLE: [Pair; 4] = [
    ("allow_partial_search_results", "false"),
    ("ignore_unavailable", "false"),
    ("allow_no_indices", "false"),
    ("request_cache", "false"),
];
/// The same beside a page: which indices it is about was said when its point in time was opened.
const WHOLE_PAGE: [Pair; 2] = [
    ("allow_partial_search_results", "false"),
    ("request_cache", "false"),
];

/// Talks to one server about one index.
#[derive(Debug)]
pub struct Client {
    provider: ProviderClient,
    /// `None`: requests are not signed.
    signer: Option<Signer>,
    /// The index, alias, data stream or prefix.
    pub index: String,
    /// How it speaks.
    pub dialect: &'static Dialect,
}

impl Client {
    /// Checks the endpoint.
    pub fn build(
        endpoint: &str,
        shown: Shown,
        index: Option<String>,
        dialect: &'static Dialect,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let endpoint = builder.endpoint("endpoint", endpoint)?;
        let (auth, signer) = match shown {
            Shown::Header(auth) => (auth, None),
            Shown::Signature(signing) => (
                Auth::InRequest(signing.credential.secrets()),
                Some(Signer::new(signing, endpoint.clone())),
            ),
        };
        let provider = builder.client_of(endpoint, auth)?;
        Some(Self {
            provider: provider.refused_in(dialect.own_words),
            signer,
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
        let ask = Ask::post([index, "_search"]).with(&WHOLE).asking(body);
        self.read(ask, request).await
    }

    /// Opens a point in time.
    pub async fn open(&self, request: &CollectRequest) -> Result<Opened, ReadError> {
        let path = [self.index.as_str()].into_iter();
        let ask = Ask::post(path.chain(self.dialect.open.iter().copied()));
        let ask = ask.with(&[("keep_alive", KEPT)]).with(self.dialect.opening);
        self.read(ask, request).await
    }

    /// Reads a page of a point in time.
    pub async fn page(&self, body: &Value, request: &CollectRequest) -> Result<Search, ReadError> {
        let ask = Ask::post(["_search"]).with(&WHOLE_PAGE).asking(body);
        self.read(ask, request).await
    }

    /// Closes a point in time.
    pub async fn close(&self, id: &str, request: &CollectRequest) -> Result<(), ReadError> {
        let ask = Ask::new(Method::DELETE, self.dialect.close.iter().copied());
        let ask = ask.asking(&(self.dialect.closing)(id));
        self.send(ask, request).await.map(drop)
    }

    /// Reads a JSON object.
    pub async fn read<T: DeserializeOwned>(
        &self,
        ask: Ask,
        request: &CollectRequest,
    ) -> Result<T, ReadError> {
        let Object(found) = self.send(ask, request).await?.json()?;
        Ok(found)
    }

    async fn send(&self, ask: Ask, request: &CollectRequest) -> Result<Reply, ReadError> {
        let signature = match &self.signer {
            Some(signer) => signer.sign(&ask, request).await?,
            None => Vec::new(),
        };
        let headers = signature.into_iter();
        let read = headers.fold(ask.request(), |it, (name, value)| it.header(name, value));
        let reply = self.provider.send(read, request).await;
        if let (Some(signer), Err(ReadError::Unauthenticated)) = (&self.signer, &reply) {
            signer.refused(request).await;
        }
        let reply = reply?;
        if (self.dialect.is_foreign)(reply.headers()) {
            return Err(ReadError::Malformed);
        }
        Ok(reply)
    }
}
