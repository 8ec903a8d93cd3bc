//! Calls of a service that takes and gives JSON, after the page "AWS JSON 1.1 protocol".

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue};
use passport_connector_sdk::{
    Auth, Builder, CollectRequest, Object, ProviderClient, ReadError, Reply, provider::Endpoint,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{credential::Credential, keys::Keys, refusal, region, sign::Call};

/// How often a call is sent that is throttled, as AWS' own clients do ("Retry behavior").
const ATTEMPTS: usize = 3;
const TARGET: HeaderName = HeaderName::from_static("x-amz-target");

/// A service, as its API's model describes it.
#[derive(Debug, Clone, Copy)]
pub struct Service {
    /// Its name in addresses and signatures.
    pub name: &'static str,
    /// What stands before the operation in `X-Amz-Target`.
    pub target: &'static str,
    /// `application/x-amz-json-1.1`, or its elder.
    pub content_type: &'static str,
}

/// With which keys, and for which collection.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The keys.
    pub keys: &'a Keys,
    /// The collection.
    pub request: &'a CollectRequest,
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer<T> {
    /// It.
    pub found: T,
    /// How old it is.
    pub observed_at: DateTime<Utc>,
}

/// Talks to one service in one region.
#[derive(Debug, Clone)]
pub struct Api {
    provider: ProviderClient,
    url: String,
    region: String,
    service: Service,
    /// How long the first wait is of a call that was throttled.
    first_wait: Duration,
}

// === impl Api ===

impl Api {
    /// A client, or problems at `at` and below `tls`. Without an endpoint it asks the region's own.
    pub fn build(
        service: Service,
        region: &str,
        at: (&str, Option<&str>),
        credential: &Credential,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let (path, endpoint) = at;
        let of_region = region::endpoint(service.name, region);
        let endpoint = builder.endpoint(path, endpoint.unwrap_or(&of_region))?;
        let url = url(&endpoint)?;
        Some(Self {
            provider: provider(endpoint, credential, builder)?,
            url,
            region: region.to_owned(),
            service,
            first_wait: builder.first_wait(),
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
        let target = format!("{}.{operation}", self.service.target);
        let target = HeaderValue::from_str(&target).map_err(|_| ReadError::Rejected)?;
        let body = serde_json::to_vec(input).map_err(|_| ReadError::Rejected)?;
        let call = Call {
            url: &self.url,
            region: &self.region,
            service: self.service.name,
            content_type: self.service.content_type,
            headers: vec![(TARGET, target)],
            body: Bytes::from(body),
        };
        let reply = self.repeated(&call, asking).await;
        let reply = asking.keys.learn(reply)?;
        let Object(found) = reply.json()?;
        Ok(Answer {
            found,
            observed_at: reply.observed_at(),
        })
    }

    async fn repeated(&self, call: &Call<'_>, asking: Asking<'_>) -> Result<Reply, ReadError> {
        let mut wait = self.first_wait;
        let mut attempts = 1;
        loop {
            let signed = call.signed(asking.keys, asking.request.now)?;
            let reply = self.provider.send(signed, asking.request).await;
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

/// The provider client of an endpoint.
pub(super) fn provider(
    endpoint: Endpoint,
    credential: &Credential,
    builder: &mut Builder<'_>,
) -> Option<ProviderClient> {
    let auth = Auth::InRequest(credential.secrets());
    let provider = builder.client_of(endpoint, auth)?;
    Some(provider.refused_in(refusal::own))
}

/// What is signed as the address.
pub(super) fn url(endpoint: &Endpoint) -> Option<String> {
    endpoint.url(&[]).ok().map(String::from)
}
