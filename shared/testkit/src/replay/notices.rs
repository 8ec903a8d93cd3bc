//! Notices of a case: what was sent before it begins, and what is sent in it.

use chrono::TimeDelta;
use passport_connector_sdk::keep::answered_before;
use passport_evidence::Subject;
use serde_json::Value;

use crate::case::Case;
use crate::scenario::Trial;

/// How long it is of use, in a case.
const KEEP_FOR: TimeDelta = TimeDelta::days(30);

/// Lets the source have sent what the case says was sent before.
pub(super) async fn sent_before(case: &Case, trial: &Trial) -> Result<(), String> {
    let rules = &case.rules;
    let sent = rules.sent.as_ref().map(serde_json::to_value);
    let posted = rules.open_request.as_ref().map(serde_json::to_value);
    let Some(answer) = sent.or(posted) else {
        return Ok(());
    };
    let answer: Value = answer.map_err(|error| error.to_string())?;
    let of = case.subject.as_ref().map(Subject::from);
    let of = of.ok_or("what was sent before was sent about no subject")?;
    let kept = answered_before(&of, answer, KEEP_FOR);
    let kept = trial.keep(&kept, case.now).await;
    kept.map_err(|error| error.to_string())
}

/// Asks for the notice. What comes of it, a collection tells.
pub(super) async fn send(case: &Case, trial: &Trial) {
    trial.clock.set(case.now);
    let _told_by_the_collection = trial.notify().await;
}
