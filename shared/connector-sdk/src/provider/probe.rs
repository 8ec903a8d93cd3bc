//! Asks a target about which how it fails to answer is an answer, too.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime},
};

use http::{HeaderName, HeaderValue};
pub use passport_http_guard::Reply as Probed;
use passport_http_guard::{
    AddressPolicy, ClientOptions, Endpoint, GuardedClient, Request, Resolve, SendError, TlsOptions,
};
use secrecy::ExposeSecret;
use tokio::time::timeout_at;
use tracing::Instrument as _;

use super::{ProviderClient, ReadError};
use crate::{kind::CollectRequest, secrets::Secret};

/// Longest wait for a connection.
const CONNECT: Duration = Duration::from_secs(2);

/// How a target is probed.
#[derive(Debug, Clone)]
pub struct ProbeOptions {
    /// Networks, of those that the operator allows, in which a target that is not public may lie.
    pub allow_addresses: Vec<String>,
    /// For the whole of a probe.
    pub timeout: Duration,
    /// Most bytes of an answer's body.
    pub body_limit: usize,
    /// Sent along, each the whole value of a header.
    pub headers: Vec<(HeaderName, Secret)>,
}

/// Probes one target: each time its name is resolved and connected to anew, nothing is sent twice, and
/// how it ends is not counted for or against it.
#[derive(Clone)]
pub struct ProbeClient {
    pub(crate) provider: ProviderClient,
    pub(crate) options: ProbeOptions,
    pub(crate) addresses: AddressPolicy,
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) tls: TlsOptions,
}

/// Why a probe says nothing, or how it failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProbeError {
    /// Nothing was sent, or nobody waits for the answer any more.
    #[error(transparent)]
    NotAsked(ReadError),
    /// It was sent, or there was nobody to send it to.
    #[error(transparent)]
    Failed(SendError),
}

// === impl ProbeClient ===

impl ProbeClient {
    /// What is probed.
    pub fn endpoint(&self) -> &Endpoint {
        self.provider.guarded.endpoint()
    }

    /// Sends one request, once, and gives the answer whatever its status. The target's certificate has
    /// to be valid at the moment of the collection.
    ///
    /// # Errors
    /// There is no whole answer within the time, the limit and the rules.
    pub async fn send(
        &self,
        request: Request,
        collect: &CollectRequest,
    ) -> Result<Probed, ProbeError> {
        let request = self.with_headers(request)?;
        let span = self.provider.span(&request);
        let client = self.client(collect)?;
        let probing = self.within(client.send(request), collect);
        probing.instrument(span).await
    }

    /// Opens a connection and closes it.
    ///
    /// # Errors
    /// There is none within the time and the rules.
    pub async fn connect(&self, collect: &CollectRequest) -> Result<(), ProbeError> {
        let client = self.client(collect)?;
        self.within(client.connect(), collect).await
    }

    async fn within<T>(
        &self,
        probing: impl Future<Output = Result<T, SendError>>,
        collect: &CollectRequest,
    ) -> Result<T, ProbeError> {
        let turn = self.provider.turn(collect).await;
        let _turn = turn.map_err(ProbeError::NotAsked)?;
        match timeout_at(collect.deadline, probing).await {
            Ok(outcome) => outcome.map_err(ProbeError::Failed),
            Err(_) => Err(ProbeError::NotAsked(ReadError::TimedOut)),
        }
    }

    fn client(&self, collect: &CollectRequest) -> Result<GuardedClient, ProbeError> {
        let client = GuardedClient::new(
            self.endpoint().clone(),
            ClientOptions {
                connect_timeout: CONNECT.min(self.options.timeout / 2),
                request_timeout: self.options.timeout,
                body_limit: self.options.body_limit,
                addresses: self.addresses.clone(),
                resolver: Arc::clone(&self.resolver),
                tls: TlsOptions {
                    at: Some(SystemTime::from(collect.now)),
                    ..self.tls.clone()
                },
                tells_certificate: true,
                ..ClientOptions::default()
            },
        );
        // It was built of the same parts when the source was.
        client.map_err(|_| ProbeError::NotAsked(ReadError::NotConfigured))
    }

    fn with_headers(&self, request: Request) -> Result<Request, ProbeError> {
        let mut headers = self.options.headers.iter();
        headers.try_fold(request, |request, (name, secret)| {
            let text = secret.read().ok();
            let value = text.and_then(|it| HeaderValue::from_str(it.expose_secret()).ok());
            let Some(mut value) = value else {
                tracing::warn!("the value of a header can't be read or sent");
                return Err(ProbeError::NotAsked(ReadError::NotConfigured));
            };
            value.set_sensitive(true);
            Ok(request.header(name.clone(), value))
        })
    }
}

impl fmt::Debug for ProbeClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProbeClient")
            .field("endpoint", self.endpoint())
            .finish_non_exhaustive()
    }
}
