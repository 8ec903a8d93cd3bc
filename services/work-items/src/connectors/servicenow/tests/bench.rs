//! Answers of a ServiceNow, and what is judged of them, without a server between.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{ConnectorKind, Object, settings::Thresholds};
use passport_evidence::{Fact, Reason};
use passport_testkit::connector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::connectors::servicenow::{
    Servicenow,
    client::Rows,
    facts,
    model::{Page, Record},
    names,
    pull::{self, Found},
    target::Target,
    wanted::Wanted,
    word::Word,
};

pub const NUMBER: &str = "CHG0030412";
pub const ID: &str = "9e1f0c1adb0a1010a1b2c3d4e5f60718";
pub const REQUESTER: &str = "requester";

/// 2026-05-03T09:30:05Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_605, 0).unwrap()
}

pub fn cell(value: &str) -> Value {
    json!({"value": value})
}

pub fn approver(id: &str, state: &str) -> Value {
    json!({
        "sys_id": cell(id), "state": cell(state), "approver": cell(id), "sysapproval": cell(ID),
    })
}

/// A change that was approved by two persons and by the board, in its time.
pub fn ready() -> Value {
    let change = json!({
        "sys_id": cell(ID), "number": cell(NUMBER), "state": cell("-1"), "type": cell("normal"),
        "approval": cell("approved"), "start_date": cell("2026-05-03 09:00:00"),
        "end_date": cell("2026-05-03 11:00:00"), "on_hold": cell("false"),
        "cab_required": cell("true"), "cab_date_time": cell("2026-05-02 14:00:00"),
        "cab_recommendation": cell("Approved"), "conflict_status": cell("No Conflict"),
        "requested_by": cell(REQUESTER),
    });
    json!({
        "change": {"result": [change], "total": 1},
        "approvers": {"result": [approver("a", "approved"), approver("b", "approved")], "total": 2},
        "tasks": {"result": [], "total": 0},
    })
}

/// The same as a standard change that nobody was asked about.
pub fn standard() -> Value {
    let mut answers = ready();
    answers["change"]["result"][0]["type"] = cell("standard");
    answers["approvers"] = json!({"result": [], "total": 0});
    answers
}

/// What a source wants that wants all there is.
pub fn wanted() -> Wanted {
    Wanted {
        change: Some(NUMBER.to_owned()),
        correlation: None,
        group: None,
        item: None,
        require_window: true,
        allow_open_ended: false,
        require_cab: true,
        require_conflict_check: true,
        separation_of_duties: true,
        states: Word::shipped(),
        thresholds: Thresholds::of_descriptor(&Servicenow::DESCRIPTOR),
        actors: connector::actor_ids("a key"),
    }
}

fn read<T: Record + DeserializeOwned>(answer: &Value) -> Result<Rows<T>, Reason> {
    // Through text, as it comes over the wire.
    let page: Result<Object<Page<T>>, _> = serde_json::from_str(&answer.to_string());
    let page = page.map_err(|_| Reason::UnexpectedShape)?;
    Ok(Rows::of(page.0, answer["total"].as_u64(), now()))
}

/// The facts of these answers at a time; none where there is no change.
pub fn judged(answers: &Value, at: DateTime<Utc>) -> Vec<Fact> {
    judged_with(answers, at, "a key")
}

/// The same, where ids of persons are made with this key.
pub fn judged_with(answers: &Value, at: DateTime<Utc>, key: &str) -> Vec<Fact> {
    let wanted = Wanted {
        actors: connector::actor_ids(key),
        ..wanted()
    };
    let target = Target::of(&wanted, None).unwrap();
    let read_change = read(&answers["change"]).map(|it| pull::one(it.single(), &target));
    let change = match read_change {
        Err(reason) | Ok(Ok(Err(reason))) => return facts::nothing(&wanted, reason, at),
        Ok(Err(_)) => return Vec::new(),
        Ok(Ok(Ok(change))) => change,
    };
    let has_id = change.id().is_some_and(names::is_value);
    let id = || has_id.then_some(()).ok_or(Reason::UnexpectedShape);
    let found = Found {
        approvers: id().and_then(|()| Ok(read(&answers["approvers"])?.counted())),
        tasks: id().and_then(|()| Ok(read(&answers["tasks"])?.counted())),
        breadth: None,
        clock: None,
        change,
        at: now(),
    };
    facts::of(&found, &wanted, at)
}
