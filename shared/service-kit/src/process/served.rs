//! What a service serves, by port.

use axum::Router;

use crate::{
    server::{Health, observed},
    telemetry::Metrics,
};

/// What a service serves with one configuration.
pub struct Served {
    /// On its port.
    pub router: Router,
    /// Whether it takes calls there.
    pub health: Health,
    /// On the port of those who push, where they have one.
    pub senders: Option<(Router, Health)>,
}

/// A service with one port.
impl From<(Router, Health)> for Served {
    fn from((router, health): (Router, Health)) -> Self {
        Self {
            router,
            health,
            senders: None,
        }
    }
}

// === impl Served ===

impl Served {
    /// The same, where every request has an id, a span and its place in the metrics.
    pub(super) fn observed(self, metrics: &Metrics) -> Self {
        let senders = self.senders;
        Self {
            router: observed(self.router, metrics),
            health: self.health,
            senders: senders.map(|(router, health)| (observed(router, metrics), health)),
        }
    }

    /// Tells all who ask that no call is taken any more.
    pub(super) async fn leave(&self) {
        for health in self.healths() {
            health.set(false).await;
        }
    }

    /// Ends the streams of those who watch.
    pub(super) async fn end(&self) {
        for health in self.healths() {
            health.clone().end().await;
        }
    }

    fn healths(&self) -> impl Iterator<Item = &Health> {
        let of_senders = self.senders.iter().map(|(_, health)| health);
        std::iter::once(&self.health).chain(of_senders)
    }
}
