//! Answers of a PagerDuty, and what is judged of them, without a server between.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{ConnectorKind, Object, settings::Thresholds};
use passport_evidence::{Fact, Reason};
use passport_testkit::connector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::connectors::pagerduty::{
    Pagerduty,
    client::Incidents,
    facts,
    model::IncidentsReply,
    news,
    pull::{Found, NoPriorities},
    settings::Wanted,
};

pub const SERVICE: &str = "PCHK001";

/// 2026-05-03T09:30:05Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_605, 0).unwrap()
}

pub fn incident(id: &str) -> Value {
    json!({
        "id": id, "status": "triggered", "urgency": "low",
        "priority": {"name": "P4", "summary": "P4"}, "created_at": "2026-05-03T09:00:00Z",
        "service": {"id": SERVICE}, "pending_actions": [],
    })
}

/// A quiet service.
pub fn quiet() -> Value {
    json!({
        "services": [{"id": SERVICE, "status": "active"}],
        "incidents": {"incidents": [], "more": false, "total": 0},
        "windows": {"maintenance_windows": [], "more": false},
        "priorities": {"priorities": [{"name": "P1"}, {"name": "P2"}, {"name": "P4"}], "more": false},
    })
}

/// The same with two incidents that block nothing, which the source allows.
pub fn busy() -> Value {
    let mut answers = quiet();
    answers["services"][0]["status"] = json!("warning");
    let mut second = incident("Q2");
    second["status"] = json!("acknowledged");
    answers["incidents"] =
        json!({"incidents": [incident("Q1"), second], "more": false, "total": 2});
    answers
}

/// What a source wants that lets P1 and P2 block.
pub fn wanted() -> Wanted {
    let set = |all: &[&str]| all.iter().map(|it| (*it).to_owned()).collect();
    Wanted {
        services: set(&[SERVICE]),
        urgencies: set(&["high"]),
        priorities: set(&["P1", "P2"]),
        maintenance: true,
        page_limit: 20,
        thresholds: Thresholds::of_descriptor(&Pagerduty::DESCRIPTOR),
        actors: connector::actor_ids("a key"),
    }
}

fn read<T: DeserializeOwned>(answer: &Value) -> Result<T, Reason> {
    // Through text, as it comes over the wire.
    serde_json::from_str(&answer.to_string()).map_err(|_| Reason::UnexpectedShape)
}

/// What was found; `None` where the services themselves can't be read.
pub fn found(answers: &Value) -> Option<Found> {
    let incidents: Result<Object<IncidentsReply>, _> = read(&answers["incidents"]);
    let incidents = incidents.map(|it| {
        let count = it.incidents.len() as u64;
        Incidents {
            is_whole: it.more == Some(false) && it.total.is_none_or(|total| total <= count),
            rows: it.0.incidents,
        }
    });
    let priorities = read(&answers["priorities"]).map_err(NoPriorities::Unread);
    Some(Found {
        services: read(&answers["services"]).ok()?,
        incidents,
        windows: Some(read(&answers["windows"])),
        priorities: Some(priorities),
        at: now(),
    })
}

/// The facts of these answers; none where the services can't be read.
pub fn judged(answers: &Value) -> Vec<Fact> {
    let found = found(answers);
    found.map_or_else(Vec::new, |it| facts::of(&it, &wanted(), now()))
}

/// The same, where ids of persons are made with this key.
pub fn judged_by(answers: &Value, key: &str) -> Vec<Fact> {
    let wanted = Wanted {
        actors: connector::actor_ids(key),
        ..wanted()
    };
    let found = found(answers);
    found.map_or_else(Vec::new, |it| facts::of(&it, &wanted, now()))
}

/// The facts of these answers, with what webhooks told.
pub fn judged_with(answers: &Value, kept: &passport_connector_sdk::Kept) -> Vec<Fact> {
    let Some(found) = found(answers) else {
        return Vec::new();
    };
    let shown = facts::of(&found, &wanted(), now());
    match news::with(&found, news::open(kept, now())) {
        None => shown,
        Some(told) => news::worse(shown, facts::of(&told, &wanted(), now())),
    }
}
