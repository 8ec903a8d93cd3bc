//! What a gateway, or any other service, holds of one collector.
//!
//! Between a call and a collector elsewhere lie, from the outside in: the deadline, errors that can
//! be read ([`readable`]), the circuit (`circuit`), one repetition (`once_more`), and the choice
//! among all addresses of the collector (`balance`), each with a connection of its own.

mod answered;
mod balance;
mod caller;
mod calls;
mod circuit;
mod lost;
mod meters;
mod once_more;
mod origin;
mod readable;
mod tls;
mod unanswered;
mod wire;

use std::sync::Arc;

use opentelemetry::metrics::Meter;
use passport_proto::collector::{
    collector_service_client::CollectorServiceClient, collector_service_server::CollectorService,
};
use secrecy::SecretString;

use crate::collector::CALL_LIMIT;

use balance::{Resolve, SystemNames};
pub use caller::CALLER;
pub use calls::CollectorCalls;
pub use circuit::CircuitState;
use circuit::Switch;

pub use readable::readable;
pub use tls::{Named, TlsFiles, TrustError};
pub use wire::FarError;
use wire::Wire;

/// One collector, near or far: nothing here tells which. A clone asks the same collector.
///
/// A collector elsewhere has one or more replicas, the addresses of its host's name. The name is
/// looked up every few seconds, and at once after a connection failed. A call goes to a replica
/// that is connected and has little to do; one that is lost is connected to anew, after ever longer
/// rests. A call that got no answer is made once more, on another replica or another connection,
/// if that does no harm and there is time. A collector that failed several times in a row is not
/// asked for a while: calls are `UNAVAILABLE` at once, with `RetryInfo`.
#[derive(Clone)]
pub struct CollectorClient {
    calls: CollectorServiceClient<Wire>,
    switch: Option<Switch>,
}

/// Where a collector is, and how it is spoken to.
#[derive(Debug, Clone, Default)]
pub struct Far {
    /// Its name in logs and metrics.
    pub name: String,
    /// Scheme, host and port, for example `https://metrics.mesh.svc:8443`.
    pub address: String,
    /// What every call shows.
    pub token: Option<SecretString>,
    /// What is trusted and shown over `https://`.
    pub tls: TlsFiles,
    /// Where it is counted how the collector does.
    pub meter: Option<Meter>,
}

// === impl CollectorClient ===

impl CollectorClient {
    /// A collector within this process: the generated client on the generated server, without a
    /// socket between. A panic of the collector is its answer, not the caller's end.
    pub fn in_process<S: CollectorService>(service: S) -> Self {
        Self::on(wire::near(service), None)
    }

    /// A collector elsewhere. Connects with the first call.
    ///
    /// # Errors
    /// The address, the token or the files of TLS can't be used.
    pub fn far(far: Far) -> Result<Self, FarError> {
        Self::found_by(Arc::new(SystemNames), far)
    }

    fn found_by(names: Arc<dyn Resolve>, far: Far) -> Result<Self, FarError> {
        let far = wire::far(far, names)?;
        Ok(Self::on(far.wire, Some(far.switch)))
    }

    fn on(wire: Wire, switch: Option<Switch>) -> Self {
        // What is sent is limited by the server, which says so in words.
        let calls = CollectorServiceClient::new(wire).max_decoding_message_size(CALL_LIMIT);
        Self { calls, switch }
    }

    /// Calls in the name of somebody: the collector writes that down, and grants nothing for it.
    /// Whatever a header can't carry of the name is replaced, and it is cut after 128 characters.
    pub fn for_caller(&self, name: &str) -> CollectorCalls {
        CollectorCalls::new(self.calls.clone(), caller::header(name))
    }

    /// Whether the collector is asked at all. One within this process always is.
    pub fn circuit(&self) -> CircuitState {
        let state = self.switch.as_ref().map(Switch::state);
        state.unwrap_or(CircuitState::Closed)
    }
}

#[cfg(test)]
mod tests;
