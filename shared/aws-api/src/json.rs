//! Calls of a service that takes and gives JSON, after the page "AWS JSON 1.0 protocol": for the one service that the
//! SDK asks in another protocol, whose answers could not be read as strictly. CloudWatch takes JSON as well; the SDK
//! for Rust speaks the binary RPC v2 CBOR with it.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method};
use passport_connector_sdk::{Builder, Object, ProviderClient, ReadError, Reply, Request};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    client::{Answer, Api, Asking},
    credential::Credential,
    refusal,
    sign::Unsigned,
};

/// How often a call is sent that is throttled, as the SDK does.
const ATTEMPTS: usize = 3;
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");
const JSON: &str = "application/x-amz-json-1.0";

/// A service, as its API's model describes it.
#[derive(Debug, Clone, Copy)]
pub struct JsonService {
    /// Its name in addresses and signatures.
    pub name: &'static str,
    /// What stands before the operation in `X-Amz-Target`.
    pub target: &'static str,
}

/// Talks to one service in one region.
#[derive(Debug, Clone)]
pub struct JsonApi {
    provider: ProviderClient,
    url: Arc<str>,
    region: String,
    first_wait: Duration,
    service: JsonService,
}

// === impl JsonApi ===

impl JsonApi {
    /// A client, or problems at `at` and below `tls`. Without an endpoint it asks the region's own.
    pub fn build(
        service: JsonService,
        region: &str,
        at: (&str, Option<&str>),
        credential: &Credential,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let api = Api::build(service.name, region, at, credential, builder)?;
        Some(Self {
            provider: api.provider.refused_in(refusal::own),
            url: api.url,
            region: api.region,
            first_wait: api.first_wait,
            service,
        })
    }

    /// Calls an operation. It must be a read: it may be sent again, also where it is throttled. AWS names no time for
    /// that; each wait is twice the one before, and none goes beyond the deadline.
    ///
    /// # Errors
    /// The call failed, was refused, or was answered in another shape.
    pub async fn call<T: DeserializeOwned>(
        &self,
        operation: &str,
        input: &(impl Serialize + Sync),
        asking: Asking<'_>,
    ) -> Result<Answer<T>, ReadError> {
        let signed = self.signed(operation, input, asking)?;
        let reply = self.repeated(&signed, asking).await;
        let reply = asking.keys.learn(reply)?;
        let Object(found) = reply.json()?;
        Ok(Answer {
            found,
            observed_at: reply.observed_at(),
        })
    }

    fn signed(
        &self,
        operation: &str,
        input: &impl Serialize,
        asking: Asking<'_>,
    ) -> Result<Request, ReadError> {
        let target = format!("{}.{operation}", self.service.target);
        let target = HeaderValue::from_str(&target).map_err(|_| ReadError::Rejected)?;
        let body = serde_json::to_vec(input).map_err(|_| ReadError::Rejected)?;
        let unsigned = Unsigned {
            method: &Method::POST,
            url: &self.url,
            region: &self.region,
            service: self.service.name,
            content_type: Some(JSON),
            headers: vec![(TARGET, target.clone())],
            body: Bytes::from(body),
            shows_digest: false,
        };
        let signature = unsigned.signature(asking.keys, asking.request.now)?;
        let no_segments: [&str; 0] = [];
        let request = Request::post(no_segments)
            .body(HeaderValue::from_static(JSON), unsigned.body)
            .header(TARGET, target);
        Ok(signature
            .into_iter()
            .fold(request, |request, (name, value)| {
                request.header(name, value)
            }))
    }

    async fn repeated(&self, signed: &Request, asking: Asking<'_>) -> Result<Reply, ReadError> {
        let mut wait = self.first_wait;
        let mut attempts = 1;
        loop {
            let reply = self.provider.send(signed.clone(), asking.request).await;
            let is_throttled = matches!(reply, Err(ReadError::Throttled { retry_at: None }));
            let again = is_throttled && attempts < ATTEMPTS;
            if !again || !asking.request.pause(wait).await {
                return reply;
            }
            attempts += 1;
            wait = wait.saturating_mul(2);
        }
    }
}
