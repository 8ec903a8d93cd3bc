//! What is counted. Labels are words of this crate, never names of callers or addresses.

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Meter, UpDownCounter},
};

use super::Why;

/// Instruments of a process's limits.
pub(super) struct LimitMeters {
    pub in_flight: UpDownCounter<i64>,
    pub connections: UpDownCounter<i64>,
    pub watches: UpDownCounter<i64>,
    refused: Counter<u64>,
}

// === impl LimitMeters ===

impl LimitMeters {
    pub fn new(meter: &Meter) -> Self {
        let open = |name: &'static str, what: &'static str| {
            let counter = meter.i64_up_down_counter(name).with_description(what);
            let counter = counter.build();
            counter.add(0, &[]);
            counter
        };
        let meters = Self {
            in_flight: open(
                "passport.limits.in_flight",
                "Calls that are being answered, of those that count against the limit.",
            ),
            connections: open("passport.limits.connections", "Connections that are open."),
            watches: open("passport.limits.watches", "Watches of gates that are open."),
            refused: meter
                .u64_counter("passport.limits.refused")
                .with_description("What was refused because of a limit, by the limit.")
                .build(),
        };
        let calls = [Why::InFlight, Why::PerCaller, Why::Unverified, Why::Watches].map(Why::as_str);
        for limit in calls.into_iter().chain(["connections"]) {
            meters.add(0, limit);
        }
        meters
    }

    pub fn refused(&self, limit: &'static str) {
        self.add(1, limit);
    }

    fn add(&self, many: u64, limit: &'static str) {
        self.refused.add(many, &[KeyValue::new("limit", limit)]);
    }
}
