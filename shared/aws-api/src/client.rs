//! A service of AWS in one region.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Auth, Builder, CollectRequest, ProviderClient, provider::Endpoint};

use super::{call::Call, credential::Credential, keys::Keys, region};

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

/// One service in one region, asked through the SDK.
#[derive(Debug, Clone)]
pub struct Api {
    pub(crate) provider: ProviderClient,
    /// Where it answers.
    pub(crate) url: Arc<str>,
    pub(crate) region: String,
    /// How long the first wait is of a call that was throttled, at most.
    pub(crate) first_wait: Duration,
}

// === impl Api ===

impl Api {
    /// A client of the service that has this name in addresses, or problems at `at` and below `tls`. Without an
    /// endpoint it asks the region's own.
    pub fn build(
        service: &str,
        region: &str,
        at: (&str, Option<&str>),
        credential: &Credential,
        builder: &mut Builder<'_>,
    ) -> Option<Self> {
        let (path, endpoint) = at;
        let of_region = region::endpoint(service, region);
        let endpoint = builder.endpoint(path, endpoint.unwrap_or(&of_region))?;
        let url = endpoint.url(&[]).ok()?;
        Some(Self {
            provider: provider(endpoint, credential, builder)?,
            url: String::from(url).into(),
            region: region.to_owned(),
            first_wait: builder.first_wait(),
        })
    }

    /// What one call of an operation is made with.
    pub fn call<'a>(&self, asking: Asking<'a>) -> Call<'a> {
        Call::new(self, Some(asking.keys), asking.request)
    }
}

/// The provider client of an endpoint. It is bound to its address when the configuration is read, so that the SDK is
/// told where a service answers and resolves nothing.
pub(crate) fn provider(
    endpoint: Endpoint,
    credential: &Credential,
    builder: &mut Builder<'_>,
) -> Option<ProviderClient> {
    builder.client_of(endpoint, Auth::InRequest(credential.secrets()))
}
