//! What is counted of TLS.

use chrono::{DateTime, Utc};
use opentelemetry::{
    KeyValue,
    metrics::{Counter, Gauge, Meter},
};

/// Instruments of one port, named by where its files are configured.
pub(super) struct Meters {
    at: KeyValue,
    handshakes: Counter<u64>,
    reads: Counter<u64>,
    expiry: Gauge<i64>,
}

// === impl Meters ===

impl Meters {
    pub fn new(meter: &Meter, at: &str) -> Self {
        Self {
            at: KeyValue::new("configured_at", at.to_owned()),
            handshakes: meter
                .u64_counter("passport.tls.handshakes")
                .with_description("Handshakes of callers, by what became of them.")
                .build(),
            reads: meter
                .u64_counter("passport.tls.reloads")
                .with_description("Times that changed files were read anew: used, or refused.")
                .build(),
            expiry: meter
                .i64_gauge("passport.tls.certificate.expiry.timestamp")
                .with_unit("s")
                .with_description("When the certificate in use ends, in seconds since 1970.")
                .build(),
        }
    }

    pub fn handshake(&self, outcome: &'static str) {
        self.handshakes.add(1, &[KeyValue::new("outcome", outcome)]);
    }

    /// Adding nothing makes the series exist, so that a rate over it is zero and not absent.
    pub fn reload(&self, used: u64, refused: u64) {
        for (count, outcome) in [(used, "used"), (refused, "refused")] {
            let labels = [self.at.clone(), KeyValue::new("outcome", outcome)];
            self.reads.add(count, &labels);
        }
    }

    pub fn ends(&self, not_after: DateTime<Utc>) {
        let labels = std::slice::from_ref(&self.at);
        self.expiry.record(not_after.timestamp(), labels);
    }
}
