//! Whether the service takes calls, as gRPC health checks and `/readyz` tell it.

use std::sync::Arc;

use tokio::sync::watch;
use tonic_health::{ServingStatus, server::HealthReporter};

/// Whether the service takes calls. Serving from the start; a clone speaks of the same service.
#[derive(Debug, Clone)]
pub struct Health {
    reporter: HealthReporter,
    names: Vec<&'static str>,
    is_serving: Arc<watch::Sender<bool>>,
}

// === impl Health ===

impl Health {
    pub(super) async fn of(reporter: HealthReporter, names: Vec<&'static str>) -> Self {
        let health = Self {
            reporter,
            names,
            is_serving: Arc::new(watch::Sender::new(true)),
        };
        health.set(true).await;
        health
    }

    /// Whether the service takes calls.
    pub fn is_serving(&self) -> bool {
        *self.is_serving.borrow()
    }

    /// Ready once the service takes calls no more: for answers that would end at no time otherwise.
    pub async fn left(&self) {
        let mut told = self.is_serving.subscribe();
        let _ = told.wait_for(|is_serving| !is_serving).await;
    }

    /// Tells all who ask whether the service takes calls.
    pub async fn set(&self, is_serving: bool) {
        self.is_serving.send_replace(is_serving);
        let status = match is_serving {
            true => ServingStatus::Serving,
            false => ServingStatus::NotServing,
        };
        // The empty name stands for the whole server.
        for name in self.names.iter().chain([&""]) {
            self.reporter.set_service_status(name, status).await;
        }
    }

    /// Ready when `shutdown` is, after all who ask were told and the streams of those who watch
    /// were ended. Meant for [`serve`](super::serve).
    pub async fn until(self, shutdown: impl Future) {
        shutdown.await;
        self.set(false).await;
        self.end().await;
    }

    /// Ends the streams of those who watch: they would end at no time otherwise.
    pub(crate) async fn end(mut self) {
        for name in self.names.iter().chain([&""]) {
            self.reporter.clear_service_status(name).await;
        }
    }
}
