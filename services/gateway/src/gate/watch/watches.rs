//! What open watches hear of, over changes of the configuration.

use std::sync::{Arc, Weak};

use passport_evidence::Scope;
use passport_service_kit::server::Health;
use tokio::sync::{broadcast, watch};

use crate::{answers::Answering, gateway::Gateway};

/// Deliveries that a watch may be late by; of more it looks whether any was its own.
const DELIVERIES: usize = 64;

/// What open watches hear of: which gateway serves now, and what is delivered. It outlives a change of
/// the configuration; a clone is the same.
#[derive(Clone)]
pub struct Watches(Arc<Told>);

struct Told {
    serving: watch::Sender<Option<Served>>,
    delivered: broadcast::Sender<Scope>,
    answering: Answering,
}

/// Weak: what is served keeps itself.
#[derive(Clone)]
struct Served {
    gateway: Weak<Gateway>,
    health: Health,
}

/// Which gateway serves now.
#[derive(Clone)]
pub(super) struct Serving(watch::Receiver<Option<Served>>);

// === impl Watches ===

impl Default for Watches {
    fn default() -> Self {
        Self(Arc::new(Told {
            serving: watch::Sender::new(None),
            delivered: broadcast::Sender::new(DELIVERIES),
            answering: Answering::default(),
        }))
    }
}

impl Watches {
    /// From now on this gateway serves.
    pub(crate) fn serve(&self, gateway: &Arc<Gateway>, health: &Health) {
        self.0.serving.send_replace(Some(Served {
            gateway: Arc::downgrade(gateway),
            health: health.clone(),
        }));
    }

    /// Something new is known of a scope: a delivery, or what a person said.
    pub(crate) fn delivered(&self, scope: &Scope) {
        // Nobody watches, which is no error.
        let _ = self.0.delivered.send(scope.clone());
    }

    /// The questions of providers that are being answered.
    pub(crate) fn answering(&self) -> &Answering {
        &self.0.answering
    }

    /// The gateway that serves now; `None` where none was ever served.
    pub(crate) fn now(&self) -> Option<Gateway> {
        self.serving().now()
    }

    pub(super) fn serving(&self) -> Serving {
        Serving(self.0.serving.subscribe())
    }

    pub(super) fn deliveries(&self) -> broadcast::Receiver<Scope> {
        self.0.delivered.subscribe()
    }
}

// === impl Serving ===

impl Serving {
    /// The gateway that serves; `None` where none was ever served.
    pub fn now(&mut self) -> Option<Gateway> {
        let served = self.0.borrow_and_update();
        let gateway = served.as_ref()?.gateway.upgrade()?;
        Some(Gateway::clone(&gateway))
    }

    /// Ready when another gateway serves.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending().await
        }
    }

    /// Ready when the gateway that serves takes no calls any more.
    pub async fn ended(&mut self) {
        loop {
            let served = self.0.borrow_and_update().clone();
            match served {
                Some(served) => tokio::select! {
                    () = served.health.left() => return,
                    () = self.changed() => {}
                },
                None => self.changed().await,
            }
        }
    }
}
