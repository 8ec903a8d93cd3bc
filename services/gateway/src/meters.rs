//! What the gateway counts. Labels are names from the deployment, never from a workspace.

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Meter},
};
use passport_evidence::Outcome;

/// Why something that a collector sent was not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dropped {
    /// Nobody asked for it.
    Unexpected,
    /// The source had answered before.
    Doubled,
    /// It is about something else than was asked.
    OutOfScope,
    /// It can't be read.
    Unreadable,
}

/// The gateway's counters.
#[derive(Debug, Clone)]
pub(crate) struct Meters {
    outcomes: Counter<u64>,
    dropped: Counter<u64>,
    other_configurations: Counter<u64>,
}

// === impl Dropped ===

impl Dropped {
    fn as_str(self) -> &'static str {
        match self {
            Self::Unexpected => "unexpected",
            Self::Doubled => "doubled",
            Self::OutOfScope => "out_of_scope",
            Self::Unreadable => "unreadable",
        }
    }
}

// === impl Meters ===

impl Meters {
    pub fn new(meter: &Meter) -> Self {
        Self {
            outcomes: meter
                .u64_counter("passport.gateway.outcomes")
                .with_description("Outcomes given to callers, by collector and result.")
                .build(),
            dropped: meter
                .u64_counter("passport.gateway.dropped")
                .with_description("What collectors sent and was not used, by collector and reason.")
                .build(),
            other_configurations: meter
                .u64_counter("passport.gateway.other_configurations")
                .with_description("Answers made with another configuration than the gateway's.")
                .build(),
        }
    }

    pub fn outcome(&self, collector: &str, outcome: &Outcome) {
        let result = match outcome {
            Outcome::Evidence(_) => "evidence",
            Outcome::Failure(failure) => failure.code.as_str(),
        };
        let labels = [of(collector), KeyValue::new("result", result)];
        self.outcomes.add(1, &labels);
    }

    pub fn dropped(&self, collector: &str, why: Dropped) {
        let labels = [of(collector), KeyValue::new("reason", why.as_str())];
        self.dropped.add(1, &labels);
    }

    pub fn other_configuration(&self, collector: &str) {
        self.other_configurations.add(1, &[of(collector)]);
    }
}

fn of(collector: &str) -> KeyValue {
    KeyValue::new("collector", collector.to_owned())
}
