//! Requests that are signed for AWS (Signature Version 4), with the keys that its connectors share.

use bytes::Bytes;
use passport_aws_api::{Credential, Signature, Sts, Unsigned};
use passport_connector_sdk::{Auth, CollectRequest, ReadError, provider::Endpoint};

use super::ask::{Ask, JSON};

/// What requests show of who asks.
#[derive(Debug)]
pub enum Shown {
    /// A header, the same in each.
    Header(Auth),
    /// A signature of the request itself.
    Signature(Box<Signing>),
}

/// What requests are signed with, and for whom.
#[derive(Debug)]
pub struct Signing {
    /// Where keys come from.
    pub credential: Credential,
    /// Who hands them out, where a role is assumed.
    pub sts: Sts,
    /// The region of the domain.
    pub region: String,
    /// The service's name in signatures.
    pub service: &'static str,
}

/// Signs requests to one endpoint.
#[derive(Debug)]
pub struct Signer {
    signing: Box<Signing>,
    endpoint: Endpoint,
}

impl Signer {
    /// Signs requests to this endpoint.
    pub fn new(signing: Box<Signing>, endpoint: Endpoint) -> Self {
        Self { signing, endpoint }
    }

    /// The headers that sign a request of this moment.
    pub async fn sign(&self, ask: &Ask, request: &CollectRequest) -> Result<Signature, ReadError> {
        let url = self.url(ask).ok_or(ReadError::Rejected)?;
        let signing = &self.signing;
        let keys = signing.credential.keys(&signing.sts, request).await?;
        let unsigned = Unsigned {
            method: &ask.method,
            url: &url,
            region: &signing.region,
            service: signing.service,
            content_type: (!ask.body.is_empty()).then_some(JSON),
            headers: Vec::new(),
            body: Bytes::copy_from_slice(&ask.body),
            // Serverless collections want it.
            shows_digest: true,
        };
        unsigned.signature(&keys, request.now)
    }

    /// Keys that the server does not take are asked for anew the next time.
    pub async fn refused(&self, request: &CollectRequest) {
        self.signing.credential.forget(request).await;
    }

    /// The address as it is sent.
    fn url(&self, ask: &Ask) -> Option<String> {
        let segments: Vec<_> = ask.path.iter().map(String::as_str).collect();
        let mut url = self.endpoint.url(&segments).ok()?;
        if !ask.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&ask.query);
        }
        Some(url.into())
    }
}
