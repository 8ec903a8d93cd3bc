//! Whether a reply is right.

use serde_json::Value;
use tokio::time::Instant;

use super::counts::Counts;
use super::provider::METRICS;
use super::situation::Situation;
use crate::mesh::GATEWAY;

/// Which values the first source may have: more than one while its query is swapped.
pub(super) type Allowed = Vec<&'static str>;

/// The sources that give a number each, with the value that stands for what they ask.
pub(super) const FIRST: &str = "first";
const SECOND: &str = "second";
/// The source that takes reports.
pub(super) const SCAN: &str = "scan";

/// Where reports are kept, as something that can be harmed.
pub(super) const DATABASE: &str = "database";

/// Codes of failures that say that a service can't be asked now.
const UNASKED: [&str; 3] = ["UNREACHABLE", "TIMED_OUT", "THROTTLED"];

/// Most characters of an answer that are shown.
const LONGEST: usize = 600;

/// A question, and since when its answer is awaited.
pub(super) struct Question<'a> {
    pub begun: Instant,
    /// Whether the scan was asked as well, for a report that was acknowledged.
    pub with_scan: bool,
    pub situation: &'a Situation,
    pub of_first: Allowed,
}

// === impl Question ===

impl Question<'_> {
    /// Holds a whole answer against what is known. Gives whether everything was in it.
    pub fn check(&self, answer: &Value, counts: &mut Counts) -> bool {
        let asked: &[_] = match self.with_scan {
            true => &[FIRST, SECOND, SCAN],
            false => &[FIRST, SECOND],
        };
        let mut all = true;
        for source in asked {
            match self.outcome(source, answer) {
                Ok(()) => {}
                Err(Missing::Said(code)) => {
                    all = false;
                    *counts.refused.entry(code).or_default() += 1;
                }
                Err(Missing::Wrong(what)) => {
                    all = false;
                    counts.wrong(format!("{source}: {what} in {}", short(source, answer)));
                }
            }
        }
        let outcomes = list(answer, "evidence").count() + list(answer, "failures").count();
        if outcomes != asked.len() {
            let said = short("", answer);
            counts.wrong(format!("{outcomes} outcomes, {said}"));
            return false;
        }
        all
    }

    fn outcome(&self, source: &str, answer: &Value) -> Result<(), Missing> {
        let of = |name| list(answer, name).find(|it| text(it, "source") == source);
        match (of("evidence"), of("failures")) {
            (Some(evidence), None) => self.evidence(source, evidence),
            (None, Some(failure)) => Err(self.failure(source, text(failure, "code"))),
            (_, _) => Err(Missing::Wrong("no outcome, or two".to_owned())),
        }
    }

    fn failure(&self, source: &str, code: &str) -> Missing {
        // A gateway that was stopped finds that the time is over.
        let services = [collector(source), GATEWAY];
        let mut services = services.into_iter();
        let is_harmed = services.any(|it| self.situation.is_harmed(it, self.begun));
        // What the mesh itself keeps can't be read: no fault of anybody who is asked.
        let is_unread =
            source == SCAN && code == "INTERNAL" && self.situation.is_harmed(DATABASE, self.begun);
        match is_unread || is_harmed && UNASKED.contains(&code) {
            true => Missing::Said(code.to_owned()),
            false => Missing::Wrong(format!("a failure {code}")),
        }
    }

    fn evidence(&self, source: &str, evidence: &Value) -> Result<(), Missing> {
        let fact = |name: &str| list(evidence, "facts").find(|it| text(it, "name") == name);
        let wrong = |what: &str| Err(Missing::Wrong(what.to_owned()));
        if source == SCAN {
            return match fact("artifact_digest") {
                Some(fact) if text(fact, "status") == "passed" => Ok(()),
                Some(_) | None => wrong("the report that was acknowledged is not there"),
            };
        }
        let wanted = match source {
            FIRST => self.of_first.clone(),
            _ => vec![value(1)],
        };
        match fact("error_rate") {
            Some(fact) if text(fact, "status") != "passed" => wrong("it did not pass"),
            Some(fact) if wanted.contains(&text(fact, "value")) => Ok(()),
            Some(_) => wrong("the value of another"),
            None => wrong("no fact"),
        }
    }
}

/// What an answer says of a source, and all failures, as much of it as can be looked at.
fn short(source: &str, answer: &Value) -> String {
    let evidence = list(answer, "evidence").find(|it| text(it, "source") == source);
    let facts = evidence.and_then(|it| it.get("facts"));
    let failures: Vec<_> = list(answer, "failures").collect();
    let said = serde_json::json!({ "failures": failures, "facts": facts });
    said.to_string().chars().take(LONGEST).collect()
}

/// Why a source gave nothing that is right.
enum Missing {
    /// Its service is harmed, and this code says so.
    Said(String),
    Wrong(String),
}

/// How evidence shows the number of a metric.
pub(super) fn value(metric: usize) -> &'static str {
    METRICS.get(metric).map_or("", |(_, _, value)| value)
}

fn collector(source: &str) -> &'static str {
    match source {
        SCAN => "quality",
        _ => "metrics",
    }
}

fn list<'a>(of: &'a Value, name: &str) -> impl Iterator<Item = &'a Value> {
    of.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests;
