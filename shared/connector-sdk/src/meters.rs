//! What is counted of sources, providers and deliveries. Labels are names of this program (connectors,
//! collectors, operations, codes), never of sources, workspaces or callers: the number of series stays
//! the same however many of those there are.

use std::{sync::LazyLock, time::Duration};

use opentelemetry::{
    KeyValue, global,
    metrics::{Counter, Histogram, UpDownCounter},
};

/// In seconds: from a number in memory to a scan of last week.
const AGES: [f64; 13] = [
    1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3_600.0, 21_600.0, 86_400.0, 259_200.0,
    604_800.0,
];

/// In seconds: from a turn at once to the longest that a caller waits.
const WAITS: [f64; 9] = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// In seconds: from a page in memory to a disk that hangs.
const OPERATIONS: [f64; 11] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0,
];

/// Made with the first use, and not before: whoever reads metrics is known by then.
static METERS: LazyLock<Meters> = LazyLock::new(Meters::new);

/// The instruments of this crate.
pub(crate) struct Meters {
    outcomes: Counter<u64>,
    evidence: Counter<u64>,
    ages: Histogram<f64>,
    cache: Counter<u64>,
    turns: Counter<u64>,
    waits: Histogram<f64>,
    circuits_open: UpDownCounter<i64>,
    circuit_openings: Counter<u64>,
    deliveries: Counter<u64>,
    store_waiting: UpDownCounter<i64>,
    store_operations: Histogram<f64>,
    store_failures: Counter<u64>,
}

/// The instruments of this process.
pub(crate) fn meters() -> &'static Meters {
    &METERS
}

fn of(connector: &'static str) -> KeyValue {
    KeyValue::new("connector", connector)
}

// === impl Meters ===

impl Meters {
    fn new() -> Self {
        let meter = global::meter("passport");
        let counter = |name: &'static str, what: &'static str| {
            meter.u64_counter(name).with_description(what).build()
        };
        let open = |name: &'static str, what: &'static str| {
            let counter = meter.i64_up_down_counter(name);
            counter.with_description(what).build()
        };
        let seconds = |name: &'static str, what: &'static str, bounds: &[f64]| {
            let histogram = meter.f64_histogram(name).with_unit("s");
            let histogram = histogram.with_boundaries(bounds.to_vec());
            histogram.with_description(what).build()
        };
        Self {
            outcomes: counter(
                "passport.collect.outcomes",
                "What became of the sources that were asked.",
            ),
            evidence: counter(
                "passport.collect.evidence",
                "Evidence that was given, by whether its facts could be relied on for their time.",
            ),
            ages: seconds(
                "passport.collect.evidence.age",
                "Age of evidence when it was given: of its oldest fact that counts.",
                &AGES,
            ),
            cache: counter(
                "passport.collect.answers",
                "Where answers came from: kept (hit), asked for (miss), or asked for by another \
                 caller already (joined).",
            ),
            turns: counter(
                "passport.provider.turns",
                "Requests to providers that were let go, or not, by the budget of the credential.",
            ),
            waits: seconds(
                "passport.provider.wait.duration",
                "Time that requests to providers waited for their turn.",
                &WAITS,
            ),
            circuits_open: open(
                "passport.provider.circuits_open",
                "Providers, by credential, that are left alone for a while.",
            ),
            circuit_openings: counter(
                "passport.provider.circuit_openings",
                "Times that a provider was left alone from then on.",
            ),
            deliveries: counter(
                "passport.ingest.deliveries",
                "Deliveries, by what became of them.",
            ),
            store_waiting: open(
                "passport.store.waiting",
                "Deliveries that are held until they are kept.",
            ),
            store_operations: seconds(
                "passport.store.operation.duration",
                "Time that the store took, by what it was asked to do.",
                &OPERATIONS,
            ),
            store_failures: counter(
                "passport.store.failures",
                "Times that the store could not do what it was asked to.",
            ),
        }
    }

    /// Makes the series of a connector exist, so that a rate over them is zero and not absent.
    pub fn expect(&self, connector: &'static str) {
        for result in ["hit", "miss", "joined"] {
            self.add(&self.cache, 0, connector, "result", result);
        }
        for freshness in ["fresh", "stale", "from_the_future", "timeless"] {
            self.add(&self.evidence, 0, connector, "freshness", freshness);
        }
        for result in ["given", "timed_out", "throttled", "left_alone"] {
            self.add(&self.turns, 0, connector, "result", result);
        }
        self.circuits_open.add(0, &[of(connector)]);
        self.circuit_openings.add(0, &[of(connector)]);
    }

    /// The same of a connector that takes deliveries.
    pub fn expect_deliveries(&self, connector: &'static str) {
        for result in ["accepted", "duplicate", "rejected"] {
            self.add(&self.deliveries, 0, connector, "result", result);
        }
    }

    /// The same of the store of a collector.
    pub fn expect_store(&self, collector: &'static str, operations: &[&'static str]) {
        self.store_waiting(collector, 0);
        for operation in operations {
            self.store_failed(0, collector, operation);
        }
    }

    pub fn outcome(&self, connector: &'static str, code: &'static str) {
        self.add(&self.outcomes, 1, connector, "code", code);
    }

    pub fn evidence(&self, connector: &'static str, freshness: &'static str) {
        self.add(&self.evidence, 1, connector, "freshness", freshness);
    }

    pub fn age(&self, connector: &'static str, age: Duration) {
        self.ages.record(age.as_secs_f64(), &[of(connector)]);
    }

    pub fn answer(&self, connector: &'static str, result: &'static str) {
        self.add(&self.cache, 1, connector, "result", result);
    }

    pub fn turn(&self, connector: &'static str, result: &'static str, waited: Duration) {
        self.add(&self.turns, 1, connector, "result", result);
        self.waits.record(waited.as_secs_f64(), &[of(connector)]);
    }

    pub fn circuit_opened(&self, connector: &'static str) {
        self.circuits_open.add(1, &[of(connector)]);
        self.circuit_openings.add(1, &[of(connector)]);
    }

    pub fn circuit_closed(&self, connector: &'static str) {
        self.circuits_open.add(-1, &[of(connector)]);
    }

    pub fn delivery(&self, connector: &'static str, result: &'static str) {
        self.add(&self.deliveries, 1, connector, "result", result);
    }

    pub fn store_waiting(&self, collector: &'static str, change: i64) {
        let labels = [KeyValue::new("collector", collector)];
        self.store_waiting.add(change, &labels);
    }

    pub fn store_took(&self, collector: &'static str, operation: &'static str, took: Duration) {
        let labels = of_store(collector, operation);
        self.store_operations.record(took.as_secs_f64(), &labels);
    }

    pub fn store_failed(&self, times: u64, collector: &'static str, operation: &'static str) {
        let labels = of_store(collector, operation);
        self.store_failures.add(times, &labels);
    }

    fn add(
        &self,
        counter: &Counter<u64>,
        times: u64,
        connector: &'static str,
        label: &'static str,
        value: &'static str,
    ) {
        let labels = [of(connector), KeyValue::new(label, value)];
        counter.add(times, &labels);
    }
}

fn of_store(collector: &'static str, operation: &'static str) -> [KeyValue; 2] {
    [
        KeyValue::new("collector", collector),
        KeyValue::new("operation", operation),
    ]
}
