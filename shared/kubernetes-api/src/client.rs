//! The client of the crate `kube`, for one question or the pages of one list.

use std::future::Future;

use chrono::{DateTime, Utc};
use kube::{
    Api, Error, Resource,
    core::{ApiResource, DynamicResourceScope, Status},
};
use passport_connector_sdk::{CollectRequest, ProviderClient, ReadError};
use tracing::{instrument::WithSubscriber as _, subscriber::NoSubscriber};

use super::transport::{Age, Transport};

/// Asks an API server, and knows how old its answers are. It is made anew for each question, which costs no connection,
/// so that no answer's age is mixed up with another's.
pub(super) struct Client {
    pub(super) kube: kube::Client,
    age: Age,
    now: DateTime<Utc>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum Missed {
    /// What was asked for does not exist, as the server put it.
    Missing(Box<Status>),
    /// Anything else.
    Read(ReadError),
}

// === impl Client ===

impl Client {
    pub(super) fn new(provider: &ProviderClient, request: &CollectRequest) -> Self {
        let age = Age::default();
        let transport = Transport::new(provider, request, age.clone());
        Self {
            // No namespace stands for one that is not said.
            kube: kube::Client::new(transport, ""),
            age,
            now: request.now,
        }
    }

    /// The objects of one kind in one namespace. Objects of all namespaces are never asked for.
    pub(super) fn objects<K>(&self, kind: &ApiResource, namespace: &str) -> Api<K>
    where
        K: Resource<DynamicType = ApiResource, Scope = DynamicResourceScope>,
    {
        Api::namespaced_with(self.kube.clone(), namespace, kind)
    }

    /// How old the oldest answer is.
    pub(super) fn observed_at(&self) -> DateTime<Utc> {
        self.age.oldest().unwrap_or(self.now)
    }

    /// What an answer to `kube` comes to. It writes a text that it can't read into its log, where nothing of a cluster
    /// may stand; so it has none.
    pub(super) async fn ask<T>(
        &self,
        asking: impl Future<Output = kube::Result<T>>,
    ) -> Result<T, Missed> {
        let answer = asking.with_subscriber(NoSubscriber::default()).await;
        answer.map_err(Missed::from)
    }
}

// === impl Missed ===

impl From<Error> for Missed {
    fn from(error: Error) -> Self {
        Self::Read(match error {
            // Of all refusals only this one gets to `kube`.
            Error::Api(status) => return Self::Missing(status),
            Error::Service(error) => {
                let read = error.downcast_ref::<ReadError>();
                read.copied().unwrap_or(ReadError::Unreachable)
            }
            Error::SerdeError(_) => ReadError::Shape,
            Error::FromUtf8(_) => ReadError::Malformed,
            Error::BuildRequest(_) | Error::HttpError(_) => ReadError::Rejected,
            // Of connections, watches, log-ins and configurations that are not made here.
            Error::HyperError(_)
            | Error::ProxyProtocolUnsupported { .. }
            | Error::ProxyProtocolDisabled { .. }
            | Error::LinesCodecMaxLineLengthExceeded
            | Error::ReadEvents(_)
            | Error::InferConfig(_)
            | Error::Discovery(_)
            | Error::TlsRequired
            | Error::Auth(_)
            | Error::InferKubeconfig(_) => ReadError::Unreachable,
        })
    }
}

impl From<Missed> for ReadError {
    fn from(missed: Missed) -> Self {
        match missed {
            Missed::Missing(_) => Self::NotFound,
            Missed::Read(error) => error,
        }
    }
}
