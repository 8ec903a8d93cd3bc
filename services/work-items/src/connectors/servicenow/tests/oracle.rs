//! What may pass, read from the same JSON in a way of its own.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use passport_evidence::Fact;
use serde_json::Value;

use super::bench::NUMBER;

/// States of approvers that are known.
const KNOWN: [&str; 8] = [
    "rejected",
    "approved",
    "requested",
    "more_info",
    "not requested",
    "cancelled",
    "not_required",
    "duplicate",
];

/// What the database holds.
fn code<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row[field].as_object()?.get("value")?.as_str()
}

fn text<'a>(row: &'a Value, field: &str) -> Option<&'a str> {
    row[field].as_str().or_else(|| code(row, field))
}

/// The rows of a list that is surely whole.
fn rows<'a>(answers: &'a Value, of: &str) -> Option<&'a Vec<Value>> {
    let list = answers[of].as_object()?;
    let rows = list.get("result")?.as_array()?;
    let is_said = |key: &str| list.get(key).is_some_and(|it| !it.is_null());
    let ids: BTreeSet<_> = rows.iter().filter_map(|it| text(it, "sys_id")).collect();
    let total = list.get("total").and_then(Value::as_u64);
    let is_whole = !is_said("error") && !is_said("status") && rows.iter().all(Value::is_object);
    let is_counted = match of {
        "change" => rows.len() == 1 && total.is_none_or(|it| it == 1),
        _ => ids.len() == rows.len() && total == Some(rows.len() as u64),
    };
    (is_whole && is_counted).then_some(rows)
}

/// The change, if it is surely the one.
fn the_change(answers: &Value) -> Option<&Value> {
    let change = rows(answers, "change")?.first()?;
    (text(change, "number") == Some(NUMBER)).then_some(change)
}

/// Who was asked, if that is surely known.
fn asked(answers: &Value) -> Option<&Vec<Value>> {
    let id = text(the_change(answers)?, "sys_id")?;
    let rows = rows(answers, "approvers")?;
    let is_known = |it: &Value| {
        let state = code(it, "state");
        text(it, "sysapproval") == Some(id) && state.is_some_and(|it| KNOWN.contains(&it))
    };
    let is_id = !id.is_empty() && !id.contains([' ', '^']);
    (is_id && rows.iter().all(is_known)).then_some(rows)
}

/// The same, if nobody refused.
fn harmless(answers: &Value) -> Option<&Vec<Value>> {
    asked(answers).filter(|all| with(all, "rejected").is_empty())
}

fn with<'a>(rows: &'a [Value], state: &str) -> Vec<&'a Value> {
    let rows = rows.iter();
    rows.filter(|it| code(it, "state") == Some(state)).collect()
}

/// Times of this form are ordered as texts are.
fn is_time(text: &str) -> bool {
    let digits: String = text
        .chars()
        .map(|it| if it.is_ascii_digit() { '0' } else { it })
        .collect();
    digits == "0000-00-00 00:00:00" && &text[5..7] <= "12"
}

fn is_inside(change: &Value, at: DateTime<Utc>) -> bool {
    let at = at.format("%Y-%m-%d %H:%M:%S").to_string();
    let ends = [code(change, "start_date"), code(change, "end_date")];
    let [Some(start), Some(end)] = ends else {
        return false;
    };
    is_time(start) && is_time(end) && start <= at.as_str() && at.as_str() < end
}

fn is_approved(answers: &Value, change: &Value) -> bool {
    let is_canceled = text(change, "state") == Some("4");
    code(change, "approval") == Some("approved") && !is_canceled && harmless(answers).is_some()
}

fn is_agreed(answers: &Value) -> bool {
    harmless(answers).is_some_and(|all| {
        let is_open = !with(all, "requested").is_empty() || !with(all, "more_info").is_empty();
        !is_open && !with(all, "approved").is_empty()
    })
}

fn is_separated(answers: &Value, change: &Value) -> bool {
    let requester = code(change, "requested_by").filter(|it| !it.is_empty());
    let approved = asked(answers)
        .map(|all| with(all, "approved"))
        .unwrap_or_default();
    let is_other = |it: &&Value| {
        let who = code(it, "approver").filter(|it| !it.is_empty());
        who.is_some() && who != requester
    };
    requester.is_some() && !approved.is_empty() && approved.iter().all(is_other)
}

fn is_heard(answers: &Value, change: &Value, at: DateTime<Utc>) -> bool {
    let at = at.format("%Y-%m-%d %H:%M:%S").to_string();
    let met = code(change, "cab_date_time").is_some_and(|it| is_time(it) && it <= at.as_str());
    let said =
        code(change, "cab_recommendation").is_some_and(|it| it.eq_ignore_ascii_case("approved"));
    let needs_none =
        code(change, "type") == Some("standard") && harmless(answers).is_some_and(Vec::is_empty);
    met && said && is_approved(answers, change) && (is_agreed(answers) || needs_none)
}

/// Whether the answers say at this time what the fact says.
pub fn may_pass(answers: &Value, fact: &Fact, at: DateTime<Utc>) -> bool {
    let Some(change) = the_change(answers) else {
        return false;
    };
    let is = |field: &str, wanted: &str| code(change, field) == Some(wanted);
    match fact.name().as_str() {
        "change_state" => (is("state", "-1") || is("state", "-2")) && is_inside(change, at),
        "change_approval" => is_approved(answers, change),
        "approver_state" => is_agreed(answers),
        "separation_of_duties" => is_separated(answers, change),
        "change_window" => is_inside(change, at),
        "change_on_hold" => is("on_hold", "false"),
        "cab_state" => is_heard(answers, change, at),
        "change_conflict" => is("conflict_status", "No Conflict"),
        "open_change_task_count" => rows(answers, "tasks").is_some_and(Vec::is_empty),
        _ => false,
    }
}
