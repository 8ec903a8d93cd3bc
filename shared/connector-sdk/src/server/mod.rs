//! The one implementation of the collector service.

mod answer;
mod asked;
mod cache;
mod collect;
mod deliver;
mod grpc;
mod notices;
mod requests;
mod state;
mod waiting;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use passport_evidence::{Clock, Scope, SourceId, SourceName};

use crate::{
    keep::{KeepError, Keeper, MeteredKeeper},
    meters::meters,
    registry::{Registry, Source},
};
use cache::Cache;
pub use deliver::Delivered;
pub use notices::Sent;
use state::SourceStatus;
use waiting::Waiting;

/// What a collector is made of.
pub struct ServerParts {
    /// Name of the collector, such as `metrics`.
    pub name: &'static str,
    /// Connectors that it is built with.
    pub registry: Registry,
    /// Sources that it answers for.
    pub sources: Vec<Source>,
    /// Digest of the configuration that the sources come from, `sha256:…`.
    pub configuration_digest: String,
    /// Where deliveries are kept.
    pub keeper: Arc<dyn Keeper>,
    /// Where "now" comes from.
    pub clock: Arc<dyn Clock>,
    /// Longest time that one source may take.
    pub source_timeout: Duration,
}

/// One category of providers, ready to be asked. Cheap to clone.
#[derive(Clone)]
pub struct CollectorServer(Arc<Inner>);

struct Inner {
    name: &'static str,
    registry: Registry,
    /// By scope first: a call concerns one, however many there are.
    sources: BTreeMap<Scope, BTreeMap<SourceName, Arc<Running>>>,
    configuration_digest: String,
    keeper: Arc<dyn Keeper>,
    clock: Arc<dyn Clock>,
    source_timeout: Duration,
    cache: Arc<Cache>,
    waiting: Waiting,
}

/// A source at work and how it is doing.
struct Running {
    source: Source,
    status: Arc<SourceStatus>,
}

impl CollectorServer {
    /// A collector that answers for these sources.
    pub fn new(parts: ServerParts) -> Self {
        Self::with(parts, Arc::default(), |_| Arc::default())
    }

    /// A collector in the place of this one, after the configuration was changed. A source of which
    /// the same is said as before keeps its answers and how it is doing.
    #[must_use]
    pub fn succeeded_by(&self, parts: ServerParts) -> Self {
        Self::with(parts, Arc::clone(&self.0.cache), |source| {
            let before = self.0.sources.get(&source.id.scope);
            let before = before.and_then(|of_scope| of_scope.get(&source.id.name));
            let same = before.filter(|it| it.source.digest == source.digest);
            same.map(|it| Arc::clone(&it.status)).unwrap_or_default()
        })
    }

    fn with(
        parts: ServerParts,
        cache: Arc<Cache>,
        status: impl Fn(&Source) -> Arc<SourceStatus>,
    ) -> Self {
        let mut sources = BTreeMap::<_, BTreeMap<_, _>>::new();
        for source in parts.sources {
            let SourceId { scope, name } = source.id.clone();
            meters().expect(source.descriptor.id);
            if source.takes_deliveries() {
                meters().expect_deliveries(source.descriptor.id);
            }
            let status = status(&source);
            let running = Arc::new(Running { source, status });
            sources.entry(scope).or_default().insert(name, running);
        }
        Self(Arc::new(Inner {
            name: parts.name,
            registry: parts.registry,
            sources,
            configuration_digest: parts.configuration_digest,
            keeper: Arc::new(MeteredKeeper::new(parts.name, parts.keeper)),
            clock: parts.clock,
            source_timeout: parts.source_timeout,
            cache,
            waiting: Waiting::default(),
        }))
    }

    /// Whether it can do what it is there for: keep deliveries, where any source takes them.
    ///
    /// # Errors
    /// Why it can't now.
    pub async fn check(&self) -> Result<(), KeepError> {
        match self.all().any(|running| running.source.keeps()) {
            true => self.0.keeper.check().await,
            false => Ok(()),
        }
    }

    fn find(&self, id: &SourceId) -> Option<&Arc<Running>> {
        self.0.sources.get(&id.scope)?.get(&id.name)
    }

    fn of_scope(&self, scope: &Scope) -> impl Iterator<Item = &Arc<Running>> {
        let sources = self.0.sources.get(scope);
        sources.into_iter().flat_map(BTreeMap::values)
    }

    fn of_connector(&self, connector: &str) -> impl Iterator<Item = &Arc<Running>> {
        self.all()
            .filter(move |running| running.source.descriptor.id == connector)
    }

    fn all(&self) -> impl Iterator<Item = &Arc<Running>> {
        self.0.sources.values().flat_map(BTreeMap::values)
    }
}

#[cfg(test)]
mod tests;
