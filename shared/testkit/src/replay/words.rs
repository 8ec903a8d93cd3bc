//! Outcomes in words, and texts that say the same.

use chrono::{DateTime, Utc};
use passport_evidence::json::time;
use passport_evidence::{Outcome, Problem, Value};

use crate::case::Outcome as Kind;

pub(super) fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Evidence => "evidence",
        Kind::Failure => "a failure",
        Kind::Refused => "a refused configuration",
    }
}

pub(super) fn outcome(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Failure(failure) => format!("failure {}", failure.code),
        Outcome::Evidence(evidence) => {
            let facts = evidence.facts().iter().map(|fact| {
                let reason = fact.reason().map_or("", |reason| reason.as_str());
                let name = name(fact.name().as_str(), fact.item());
                format!("{name} {} {reason}", fact.status())
                    .trim_end()
                    .to_owned()
            });
            format!("evidence ({})", facts.collect::<Vec<_>>().join(", "))
        }
    }
}

pub(super) fn problems(problems: &[Problem]) -> String {
    let problems = problems.iter().map(|it| match it.path.as_str() {
        "" => it.reason.clone(),
        path => format!("{path}: {}", it.reason),
    });
    problems.collect::<Vec<_>>().join(", ")
}

pub(super) fn name(name: &str, item: Option<&str>) -> String {
    match item {
        Some(item) => format!("{name} ({item})"),
        None => name.to_owned(),
    }
}

pub(super) fn optional_time(at: Option<DateTime<Utc>>) -> String {
    at.map_or("null".to_owned(), time)
}

/// Whether two texts are the same amount, or the same word.
pub(super) fn same_value(a: &str, b: &str) -> bool {
    a == b || Value::parse(a) == Value::parse(b)
}

/// Whether two texts want the same.
pub(super) fn same_threshold(a: &str, b: &str) -> bool {
    let (sign_a, operand_a) = split(a);
    let (sign_b, operand_b) = split(b);
    sign_a == sign_b && same_value(operand_a, operand_b)
}

fn split(threshold: &str) -> (&str, &str) {
    let text = threshold.trim();
    let operand = text.trim_start_matches(['<', '>', '=', '!']);
    let sign = text.get(..text.len() - operand.len()).unwrap_or_default();
    (sign, operand.trim())
}
