//! A collector of one source, set up for a test.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use passport_connector_sdk::keep::{KeepError, Keeper, MemoryKeeper};
use passport_connector_sdk::provider::AddressPolicy;
use passport_connector_sdk::server::{Delivered, Sent};
use passport_connector_sdk::{
    Accepted, CollectorServer, Delivery, Hub, HubOptions, Registry, ServerParts,
};
use passport_evidence::{ClaimedEvidence, Failure, Outcome, Problem, Scope, SourceId, Subject};
use passport_proto::collector::{
    CollectRequest, collector_service_client::CollectorServiceClient,
    collector_service_server::CollectorServiceServer,
};
use passport_proto::evidence::outcome::Kind;
use serde_json::Value;
use tokio::time::Instant;

use crate::clock::ManualClock;
use crate::config;
use crate::connector;
use crate::env::Env;

/// One source of one connector, and what surrounds it. Only loopback may be reached, a retry does
/// not wait, and the clock stands still.
pub struct Bench {
    registry: Registry,
    id: SourceId,
    source: Value,
    subject: Option<Subject>,
    env: Env,
    clock: ManualClock,
    deadline: Duration,
    hub: HubOptions,
}

/// A source that runs.
pub struct Trial {
    /// The collector that answers for it.
    pub server: CollectorServer,
    /// Its clock.
    pub clock: ManualClock,
    /// Its environment.
    pub env: Env,
    keeper: Arc<dyn Keeper>,
    id: SourceId,
    subject: Option<Subject>,
    deadline: Duration,
}

/// Why a collection gave no outcome.
#[derive(Debug, thiserror::Error)]
pub enum NoOutcome {
    /// The call itself failed.
    #[error("the call failed: {0:?}")]
    Call(tonic::Code),
    /// There was not exactly one outcome.
    #[error("there were {0} outcomes for one source")]
    Count(usize),
    /// What came off the wire can't be read.
    #[error("the outcome can't be read: {0}")]
    Wire(String),
}

// === impl Bench ===

impl Bench {
    /// A bench for connectors of this registry, at the moment `now`.
    pub fn new(registry: &Registry, id: SourceId, now: DateTime<Utc>) -> Self {
        Self {
            registry: registry.clone(),
            id,
            source: Value::Null,
            subject: None,
            env: Env::default(),
            clock: ManualClock::at(now),
            deadline: Duration::from_secs(10),
            hub: HubOptions {
                addresses: AddressPolicy::with_loopback(),
                sockets: vec!["/".into()],
                retry_wait: Duration::ZERO,
                persons_key: Some(connector::persons_key("a fixed key of the tests")),
                ..HubOptions::default()
            },
        }
    }

    /// What stands under the source in the configuration.
    #[must_use]
    pub fn source(mut self, source: Value) -> Self {
        self.source = source;
        self
    }

    /// The collector's environment.
    #[must_use]
    pub fn env(mut self, env: Env) -> Self {
        self.env = env;
        self
    }

    /// What is being released.
    #[must_use]
    pub fn subject(mut self, subject: Option<Subject>) -> Self {
        self.subject = subject;
        self
    }

    /// The caller's deadline, in real time.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How a collector's clients behave, where it is not to be as above.
    #[must_use]
    pub fn hub(mut self, change: impl FnOnce(&mut HubOptions)) -> Self {
        change(&mut self.hub);
        self
    }

    /// All that is wrong with the source, as a configuration file would be told.
    pub fn problems(&self) -> Vec<Problem> {
        config::problems(&self.registry, &self.id, &self.source, &self.shared())
    }

    /// Builds the source and its collector, or gives all that is wrong with it.
    pub fn start(self) -> Result<Trial, Vec<Problem>> {
        let problems = self.problems();
        if problems.is_empty() {
            self.build()
        } else {
            Err(problems)
        }
    }

    /// Builds the source without the checks that are the file's and not the connector's.
    pub(crate) fn build(self) -> Result<Trial, Vec<Problem>> {
        let source = self
            .registry
            .build(self.id.clone(), &self.source, &self.shared())?;
        let keeper: Arc<dyn Keeper> = Arc::new(MemoryKeeper::default());
        let server = CollectorServer::new(ServerParts {
            name: "bench",
            registry: self.registry,
            sources: vec![source],
            configuration_digest: "sha256:bench".to_owned(),
            keeper: Arc::clone(&keeper),
            clock: Arc::new(self.clock.clone()),
            source_timeout: self.deadline,
        });
        Ok(Trial {
            server,
            keeper,
            clock: self.clock,
            env: self.env,
            id: self.id,
            subject: self.subject,
            deadline: self.deadline,
        })
    }

    fn shared(&self) -> Hub {
        let options = HubOptions {
            request_timeout: self.deadline,
            ..self.hub.clone()
        };
        Hub::new(options, Arc::new(self.env.clone()))
    }
}

// === impl Trial ===

impl Trial {
    /// Gives a delivery to the source.
    pub async fn deliver(&self, delivery: &Delivery) -> Delivered {
        self.server.deliver(&self.id, delivery).await
    }

    /// Sends the notice of the source about its subject, as where that is asked for.
    pub async fn notify(&self) -> Option<Sent> {
        let subject = self.subject.clone()?;
        let deadline = Instant::now() + self.deadline;
        self.server.notify(&self.id, subject, deadline).await
    }

    /// Keeps what a source that sent something before would have kept.
    pub async fn keep(&self, accepted: &Accepted, at: DateTime<Utc>) -> Result<(), KeepError> {
        self.keeper.keep(&self.id, accepted, at).await.map(|_| ())
    }

    /// Asks once, through the generated client and the wire form, as a gateway does; what comes
    /// back is admitted at the clock's present moment.
    pub async fn collect(&self) -> Result<Outcome, NoOutcome> {
        let service = CollectorServiceServer::new(self.server.clone());
        let mut request = tonic::Request::new(CollectRequest {
            scope: Some((&self.id.scope).into()),
            subject: self.subject.as_ref().map(Into::into),
            sources: vec![self.id.name.to_string()],
            categories: Vec::new(),
            max_age: None,
        });
        request.set_timeout(self.deadline);
        let answer = CollectorServiceClient::new(service).collect(request).await;
        let outcomes = answer
            .map_err(|status| NoOutcome::Call(status.code()))?
            .into_inner()
            .outcomes;
        let count = outcomes.len();
        let one: [_; 1] = outcomes.try_into().map_err(|_| NoOutcome::Count(count))?;
        let [outcome] = one;
        self.admit(outcome.kind)
    }

    fn admit(&self, kind: Option<Kind>) -> Result<Outcome, NoOutcome> {
        use passport_evidence::Clock as _;
        let unreadable =
            |error: passport_evidence::wire::WireError| NoOutcome::Wire(error.to_string());
        match kind {
            None => Err(NoOutcome::Count(0)),
            Some(Kind::Evidence(evidence)) => {
                let claimed = ClaimedEvidence::try_from(evidence).map_err(unreadable)?;
                Ok(Outcome::Evidence(claimed.admit(self.clock.now())))
            }
            Some(Kind::Failure(failure)) => {
                let failure = Failure::try_from(failure).map_err(unreadable)?;
                Ok(Outcome::Failure(failure))
            }
        }
    }
}

/// The id of a source in a scope.
pub fn source_id(
    workspace: &str,
    service: &str,
    environment: &str,
    name: &str,
) -> Result<SourceId, passport_evidence::NameError> {
    Ok(SourceId {
        scope: Scope {
            workspace: workspace.parse()?,
            service: service.parse()?,
            environment: environment.parse()?,
        },
        name: name.parse()?,
    })
}
