//! What is counted of the calls to one collector.

use std::sync::Arc;

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Gauge, Meter, MeterProvider as _},
};
use opentelemetry_sdk::metrics::SdkMeterProvider;

/// Instruments of one collector's client. A clone counts into the same.
#[derive(Debug, Clone)]
pub(super) struct ClientMeters {
    name: Arc<str>,
    collector: KeyValue,
    circuit_open: Gauge<u64>,
    replicas: Gauge<u64>,
    connected: Gauge<u64>,
    repeated: Counter<u64>,
    tls_refused: Counter<u64>,
}

// === impl ClientMeters ===

impl ClientMeters {
    pub fn new(meter: &Meter, collector: &str) -> Self {
        let gauge = |name: &'static str, what: &'static str| {
            meter.u64_gauge(name).with_description(what).build()
        };
        let counter = |name: &'static str, what: &'static str| {
            meter.u64_counter(name).with_description(what).build()
        };
        let meters = Self {
            name: collector.into(),
            collector: KeyValue::new("collector", collector.to_owned()),
            circuit_open: gauge(
                "passport.client.circuit_open",
                "1 while calls to the collector are refused without asking it.",
            ),
            replicas: gauge(
                "passport.client.replicas",
                "Addresses that the collector has.",
            ),
            connected: gauge(
                "passport.client.replicas_connected",
                "Addresses of the collector that there is a connection to.",
            ),
            repeated: counter(
                "passport.client.repeated_calls",
                "Calls that were made once more, by the reason.",
            ),
            tls_refused: counter(
                "passport.client.certificates_refused",
                "Times that changed certificate files could not be used.",
            ),
        };
        meters.circuit_open(false);
        meters
    }

    /// For who counts nothing.
    pub fn unread(collector: &str) -> Self {
        let nowhere = SdkMeterProvider::builder().build();
        Self::new(&nowhere.meter("unread"), collector)
    }

    pub fn collector(&self) -> &str {
        &self.name
    }

    pub fn circuit_open(&self, is_open: bool) {
        self.circuit_open
            .record(u64::from(is_open), std::slice::from_ref(&self.collector));
    }

    pub fn replicas(&self, all: usize, connected: usize) {
        let labels = std::slice::from_ref(&self.collector);
        let count = |many: usize| u64::try_from(many).unwrap_or(u64::MAX);
        self.replicas.record(count(all), labels);
        self.connected.record(count(connected), labels);
    }

    pub fn repeated(&self, reason: &'static str) {
        let labels = [self.collector.clone(), KeyValue::new("reason", reason)];
        self.repeated.add(1, &labels);
    }

    pub fn tls_refused(&self) {
        self.tls_refused
            .add(1, std::slice::from_ref(&self.collector));
    }
}
