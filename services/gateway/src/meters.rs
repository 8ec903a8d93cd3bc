//! What the gateway counts. Labels are names from the deployment, never from a workspace.

use opentelemetry::{
    KeyValue,
    metrics::{Counter, Gauge, Meter},
};
use passport_evidence::{FailureCode, Outcome};
use passport_policy::{
    gate::{Decision, Mode},
    grants::Verb,
};
use passport_proto::collector::Word;

use crate::call_error::CallError;

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
    answering: Gauge<u64>,
    denied: Counter<u64>,
    decisions: Counter<u64>,
    answers: Counter<u64>,
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
        let meters = Self {
            outcomes: meter
                .u64_counter("passport.gateway.outcomes")
                .with_description("Outcomes given to callers, by collector and result.")
                .build(),
            decisions: meter
                .u64_counter("passport.gateway.decisions")
                .with_description("Gates that were evaluated, by decision and mode.")
                .build(),
            answers: meter
                .u64_counter("passport.gateway.answers")
                .with_description("Answers to providers that asked, by word and result.")
                .build(),
            dropped: meter
                .u64_counter("passport.gateway.dropped")
                .with_description("What collectors sent and was not used, by collector and reason.")
                .build(),
            other_configurations: meter
                .u64_counter("passport.gateway.other_configurations")
                .with_description("Answers made with another configuration than the gateway's.")
                .build(),
            answering: meter
                .u64_gauge("passport.gateway.collector_answering")
                .with_description("1 where the collector answered when it was last asked.")
                .build(),
            denied: meter
                .u64_counter("passport.gateway.denied")
                .with_description("Calls that were not admitted, by the reason that was told.")
                .build(),
        };
        // Adding nothing makes the series exist, so that a rate over it is zero and not absent.
        for error in [CallError::Unauthenticated, CallError::Denied(Verb::Read)] {
            meters.denied.add(0, &[reason(&error)]);
        }
        for word in [Word::GoOn, Word::Stop, Word::Wait] {
            meters.answers.add(0, &answer(word, None));
        }
        meters
    }

    /// Notes whether a collector is there.
    pub fn answering(&self, collector: &str, answers: bool) {
        self.answering.record(u64::from(answers), &[of(collector)]);
    }

    /// Counts a call that is not admitted; hands on what was decided.
    pub fn admitted<T>(&self, decided: Result<T, CallError>) -> Result<T, CallError> {
        decided.inspect_err(|error| self.denied.add(1, &[reason(error)]))
    }

    pub fn decided(&self, decision: Decision, mode: Mode) {
        let labels = [
            KeyValue::new("decision", decision.as_str()),
            KeyValue::new("mode", mode.as_str()),
        ];
        self.decisions.add(1, &labels);
    }

    /// Counts an answer to a provider, and with which code it did not get there.
    pub fn answered(&self, word: Word, failure: Option<FailureCode>) {
        self.answers.add(1, &answer(word, failure));
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

fn answer(word: Word, failure: Option<FailureCode>) -> [KeyValue; 2] {
    let word = match word {
        Word::GoOn => "go_on",
        Word::Stop => "stop",
        Word::Wait | Word::Unspecified => "wait",
    };
    [
        KeyValue::new("word", word),
        KeyValue::new("result", failure.map_or("told", FailureCode::as_str)),
    ]
}

fn reason(error: &CallError) -> KeyValue {
    KeyValue::new("reason", error.reason())
}

fn of(collector: &str) -> KeyValue {
    KeyValue::new("collector", collector.to_owned())
}
