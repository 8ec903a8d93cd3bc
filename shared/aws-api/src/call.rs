//! One call of an operation of the SDK.

use std::{borrow::Cow, future::Future};

use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::time::StaticTimeSource;
use aws_smithy_runtime::client::{identity::IdentityCache, retries::RetryPartition};
use aws_smithy_runtime_api::client::{
    behavior_version::BehaviorVersion, orchestrator::HttpResponse, result::SdkError,
    stalled_stream_protection::StalledStreamProtectionConfig,
};
use aws_smithy_types::{
    error::metadata::ProvideErrorMetadata, retry::RetryConfig, timeout::TimeoutConfig,
};
use aws_types::{SdkConfig, region::Region};
use passport_connector_sdk::{CollectRequest, Object, ReadError, Reply};
use serde::de::DeserializeOwned;
use tracing::{Dispatch, instrument::WithSubscriber as _};

use super::{
    client::{Answer, Api},
    exchange::Exchange,
    keys::Keys,
    refusal,
};

/// How often a call is sent that is throttled ("Retry behavior").
const ATTEMPTS: u32 = 3;

/// What one call of an operation is made with. Each call has its own: nothing of it serves another.
#[derive(Debug)]
pub struct Call<'a> {
    config: SdkConfig,
    exchange: Exchange,
    /// `None`: nothing is signed.
    keys: Option<&'a Keys>,
}

// === impl Call ===

impl<'a> Call<'a> {
    pub(crate) fn new(api: &Api, keys: Option<&'a Keys>, request: &CollectRequest) -> Self {
        let exchange = Exchange::new(&api.provider, &api.url, request);
        let retries = RetryConfig::standard()
            .with_max_attempts(ATTEMPTS)
            .with_initial_backoff(api.first_wait)
            .with_max_backoff(api.first_wait.saturating_mul(ATTEMPTS));
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(api.region.clone()))
            .endpoint_url(&*api.url)
            .http_client(exchange.clone())
            .sleep_impl(exchange.clone())
            .time_source(StaticTimeSource::new(request.now.into()))
            // The time of a signature is the collector's own, whatever an answer says of it.
            .disable_clock_skew_correction(true)
            .retry_config(retries)
            // Keys are kept, and given up, elsewhere.
            .identity_cache(IdentityCache::no_cache())
            // Whole answers come from the provider client, in the time that it allows.
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        let provider = keys.map(|it| SharedCredentialsProvider::new(it.credentials()));
        config.set_credentials_provider(provider);
        Self {
            config: config.build(),
            exchange,
            keys,
        }
    }

    /// What the client of a service is made of.
    pub fn config(&self) -> &SdkConfig {
        &self.config
    }

    /// By which the SDK counts what may be repeated. It is the call's own: otherwise all calls of this process share
    /// one, and one owner's throttled account would take the repetitions from another's.
    pub fn retries(&self) -> RetryPartition {
        RetryPartition::custom(Cow::Borrowed("call")).build()
    }

    /// Sends an operation, and reads what is wanted of the answer itself: the SDK's own output tells an absent count
    /// as 0, and drops what it does not know. The operation must be a read: it may be sent again.
    ///
    /// # Errors
    /// The call failed, was refused, or was answered in another shape.
    pub async fn read<T: DeserializeOwned, O, E: ProvideErrorMetadata>(
        &self,
        sent: impl Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    ) -> Result<Answer<T>, ReadError> {
        let (reply, _) = self.send(sent).await?;
        let Object(found) = reply.json()?;
        Ok(Answer {
            found,
            observed_at: reply.observed_at(),
        })
    }

    /// Sends an operation, and gives a good answer beside what the SDK makes of it.
    ///
    /// # Errors
    /// The call failed, or was refused.
    pub(crate) async fn send<O, E: ProvideErrorMetadata>(
        &self,
        sent: impl Future<Output = Result<O, SdkError<E, HttpResponse>>>,
    ) -> Result<(Reply, Option<O>), ReadError> {
        let sent = quietly(sent).await;
        let reply = self.learn(self.answered(sent.as_ref().err()))?;
        Ok((reply, sent.ok()))
    }

    /// The last answer, if it is a good one; otherwise why there is none.
    fn answered<E: ProvideErrorMetadata>(
        &self,
        error: Option<&SdkError<E, HttpResponse>>,
    ) -> Result<Reply, ReadError> {
        // What can't even be sent is what no header can hold: the keys.
        let reply = self.exchange.last().ok_or(ReadError::NotConfigured)??;
        let Some(refused) = reply.refused() else {
            return Ok(reply);
        };
        let meaning = error.and_then(|it| it.code()).and_then(refusal::meaning);
        Err(meaning.unwrap_or(refused))
    }

    fn learn<T>(&self, outcome: Result<T, ReadError>) -> Result<T, ReadError> {
        match self.keys {
            Some(keys) => keys.learn(outcome),
            None => outcome,
        }
    }
}

/// The SDK logs what it signs and sends, down to the key's id: nobody listens. The requests themselves are told of as
/// those of every provider.
fn quietly<F: Future>(sent: F) -> impl Future<Output = F::Output> {
    sent.with_subscriber(Dispatch::none())
}
