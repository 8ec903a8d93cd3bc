//! The object behind gRPC and HTTP: both hand it what a caller asks, neither decides anything.

mod check;
mod collect;
mod connectors;
mod ingest;
mod notify;
mod sources;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use futures::future::join_all;
use http::HeaderMap;
use opentelemetry::metrics::Meter;
use passport_evidence::{Clock, Scope, SourceName};
use passport_policy::grants::Verb;
use passport_service_kit::{
    client::{CollectorCalls, CollectorClient},
    config::Loaded,
    tls::Peer,
};
use tonic::Status;

use crate::{
    access::{Access, Caller, Hook},
    call_error::CallError,
    catalog::Catalog,
    configured::{ConfiguredSources, Sources, Unusable},
    fan_out::FanOut,
    gate::watch::Watches,
    ledger::Records,
    meters::Meters,
    plan::{Deployment, Plan},
    policies::{Effective, Policies},
    presence::Presences,
    question::Question,
    room::{self, Held, Room},
};

pub use check::Checked;
pub use collect::Collected;
pub(crate) use ingest::headers;
pub use ingest::{Delivery, MAX_BODY};
pub use notify::{NoticeQuestion, Noticed};

/// Who asks collectors where no caller does. No caller has such a name.
const ITSELF: &str = "(gateway)";

/// What a gateway is made of.
pub struct GatewayParts {
    /// Which collector serves a connector.
    pub catalog: Catalog,
    /// The gateway's own configuration: which sources must answer.
    pub config: Arc<Loaded>,
    /// Collectors by name, near or far.
    pub collectors: BTreeMap<String, CollectorClient>,
    /// Who may call.
    pub access: Access,
    /// What freshness is judged by.
    pub clock: Arc<dyn Clock>,
    /// What counts.
    pub meter: Meter,
    /// Where decisions are recorded.
    pub records: Records,
    /// What open watches hear of.
    pub watches: Watches,
}

/// What callers talk to. A clone is the same gateway.
#[derive(Clone)]
pub struct Gateway {
    pub(crate) catalog: Arc<Catalog>,
    sources: Arc<ConfiguredSources>,
    access: Arc<Access>,
    policies: Arc<Policies>,
    pub(crate) records: Records,
    pub(crate) watches: Watches,
    pub(crate) fan_out: FanOut,
    pub(crate) room: Room,
}

// === impl Gateway ===

impl Gateway {
    /// Puts a gateway together. Asks nobody yet.
    ///
    /// # Errors
    /// A configuration that can't be planned with.
    pub fn new(parts: GatewayParts) -> Result<Self, Unusable> {
        Ok(Self {
            catalog: Arc::new(parts.catalog),
            sources: Arc::new(ConfiguredSources::of(&parts.config)?),
            access: Arc::new(parts.access),
            policies: Arc::new(Policies::of(&parts.config)?),
            records: parts.records,
            watches: parts.watches,
            fan_out: FanOut {
                presences: Presences::default(),
                collectors: Arc::new(parts.collectors),
                clock: parts.clock,
                meters: Meters::new(&parts.meter),
                digest: parts.config.digest.as_str().into(),
            },
            room: Room::of(room::WHOLE),
        })
    }

    /// Finds out who calls, by the headers of HTTP or the metadata of gRPC, and by the certificate
    /// of the connection. May wait some seconds for the keys of an issuer.
    ///
    /// # Errors
    /// [`CallError::Unauthenticated`], the same for every reason.
    pub async fn authenticate(
        &self,
        headers: &HeaderMap,
        peer: Option<&Peer>,
    ) -> Result<Caller, CallError> {
        self.authenticate_as_of(headers, peer, self.now()).await
    }

    /// The same, of what was shown at another time.
    pub(crate) async fn authenticate_as_of(
        &self,
        headers: &HeaderMap,
        peer: Option<&Peer>,
        at: DateTime<Utc>,
    ) -> Result<Caller, CallError> {
        self.access.authenticate(headers, peer, at).await
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.fan_out.clock.now()
    }

    /// The shortest time that evidence of a scope's sources may be relied on; a day without sources.
    pub(crate) fn shortest_max_age(&self, scope: &Scope) -> Duration {
        let sources = self.sources.in_scope(scope).into_iter().flatten();
        let ages = sources.filter_map(|(_, source)| {
            let default = || Some(self.catalog.get(&source.connector)?.default_max_age);
            source.max_age.or_else(default)
        });
        let ages = ages.filter_map(|it| it.as_delta().to_std().ok());
        ages.min().unwrap_or(Duration::from_secs(24 * 3_600))
    }

    /// Finds out which hook calls, by the token in its path, and counts those that are none.
    ///
    /// # Errors
    /// [`CallError::Unauthenticated`], the same for every reason.
    pub(crate) fn hook(&self, presented: &str) -> Result<(Caller, Arc<Hook>), CallError> {
        let now = self.fan_out.clock.now();
        self.counted(self.access.hook(presented, now))
    }

    /// Counts a call that is not admitted; hands on what was decided.
    pub(crate) fn counted<T>(&self, decided: Result<T, CallError>) -> Result<T, CallError> {
        self.fan_out.meters.admitted(decided)
    }

    /// Whether a caller was granted something; counts those who were not.
    pub(crate) fn granted(
        &self,
        caller: &Caller,
        verb: Verb,
        scope: &Scope,
    ) -> Result<(), CallError> {
        self.counted(caller.may(verb, scope))
    }

    /// What the body of a delivery is read into.
    pub(crate) fn hold(&self) -> Held {
        self.room.hold()
    }

    /// Whether callers need to show nothing.
    pub(crate) fn admits_everybody(&self) -> bool {
        self.access.admits_everybody()
    }

    /// Names of the collectors of this deployment.
    pub fn collectors(&self) -> impl Iterator<Item = &str> {
        self.fan_out.collectors.keys().map(String::as_str)
    }

    pub(crate) fn plan(&self, question: &Question, sources: &Sources) -> Plan {
        let deployment = Deployment {
            catalog: &self.catalog,
            collectors: &self.fan_out.collectors,
        };
        deployment.plan(question, sources)
    }

    pub(crate) fn policy_of(&self, scope: &Scope) -> Result<Arc<Effective>, CallError> {
        let unknown = || CallError::NotFound(format!("the scope {scope} is not configured"));
        let policy = self.policies.of_scope(scope).cloned();
        policy.ok_or_else(unknown)
    }

    pub(crate) fn sources_of(&self, scope: &Scope) -> Result<&Sources, CallError> {
        let unknown = || CallError::NotFound(format!("the scope {scope} is not configured"));
        self.sources.in_scope(scope).ok_or_else(unknown)
    }

    /// The collector that has to answer for one source, and what is expected of it.
    pub(crate) fn one(&self, scope: &Scope, source: &SourceName) -> Result<One, CallError> {
        let question = Question::about(scope.clone(), [source.clone()]);
        let none = Sources::new();
        let plan = self.plan(&question, self.sources.in_scope(scope).unwrap_or(&none));
        if let Some(failure) = plan.settled.into_iter().next() {
            return Err(CallError::NotFound(failure.message));
        }
        let call = plan.calls.into_iter().next().and_then(|(collector, of)| {
            let client = self.fan_out.collectors.get(&collector)?.clone();
            let (_, expected) = of.into_iter().next()?;
            Some(One {
                collector,
                client,
                expected,
            })
        });
        call.ok_or(CallError::Collector)
    }

    /// Asks collectors the same thing at the same time; `None` stands for those that failed.
    async fn ask<T, F>(
        &self,
        caller: &str,
        names: impl IntoIterator<Item = String>,
        call: impl Fn(CollectorCalls) -> F,
    ) -> BTreeMap<String, Option<T>>
    where
        F: Future<Output = Result<T, Status>>,
    {
        let call = &call;
        let asked = names.into_iter().filter_map(|name| {
            let calls = self.fan_out.collectors.get(&name)?.for_caller(caller);
            Some(async move {
                let answer = call(calls).await;
                self.fan_out.saw(&name, answer.as_ref().map(|_| ()));
                (name, answer.ok())
            })
        });
        join_all(asked).await.into_iter().collect()
    }
}

/// A call that concerns one source.
pub(crate) struct One {
    collector: String,
    pub client: CollectorClient,
    expected: passport_policy::freshness::ExpectedSource,
}
