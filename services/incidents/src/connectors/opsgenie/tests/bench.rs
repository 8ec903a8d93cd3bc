//! Answers of an Opsgenie, and what is judged of them, without a server between.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{ConnectorKind, Object, settings::Thresholds};
use passport_evidence::{Fact, Reason};
use passport_testkit::connector;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::connectors::opsgenie::{
    Opsgenie,
    client::Listed,
    facts,
    model::{Alert, CountReply, Maintenance},
    priority::Priority,
    pull::{self, Found},
    wanted::Wanted,
};

pub const TAG: &str = "service:checkout-api";
pub const SERVICE: &str = "8418d193-2dab-4490-b331-8c02cdd196b7";

/// 2026-05-03T09:30:05Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_605, 0).unwrap()
}

pub fn alert(id: &str, priority: &str) -> Value {
    json!({
        "id": id, "status": "open", "acknowledged": true, "snoozed": false, "priority": priority,
        "tags": [TAG], "responders": [{"type": "team", "id": SERVICE}],
    })
}

/// A scope without an open alert.
pub fn quiet() -> Value {
    json!({
        "alerts": {"rows": [], "whole": true}, "any": alert("o", "P3"), "count": {"data": {"count": 0}},
        "maintenances": {"rows": [{"status": "past"}], "whole": true},
        "incidents": {"rows": [], "whole": true},
    })
}

/// The same with a few alerts that are no matter.
pub fn busy() -> Value {
    let mut answers = quiet();
    let rows = [alert("a", "P4"), alert("b", "P5"), alert("c", "P5")];
    answers["alerts"]["rows"] = json!(rows);
    answers["count"]["data"]["count"] = json!(3);
    answers
}

/// What a source wants that lets P1 and P2 block.
pub fn wanted() -> Wanted {
    Wanted {
        cloud: None,
        tag: Some(TAG.to_owned()),
        team: Some("payments".to_owned()),
        service: Some(SERVICE.to_owned()),
        blocking: [Priority::P1, Priority::P2].into(),
        low_cap: 10,
        page_limit: 20,
        thresholds: Thresholds::of_descriptor(&Opsgenie::DESCRIPTOR),
        actors: connector::actor_ids("a key"),
    }
}

fn read<T: DeserializeOwned>(answer: &Value) -> Result<T, Reason> {
    // Through text, as it comes over the wire.
    serde_json::from_str(&answer.to_string()).map_err(|_| Reason::UnexpectedShape)
}

fn listed<T: DeserializeOwned>(
    answer: &Value,
    id: fn(&T) -> Option<String>,
) -> Result<Listed<T>, Reason> {
    let rows: Vec<Object<T>> = read(&answer["rows"])?;
    let ids: Vec<_> = rows.iter().filter_map(|it| id(it)).collect();
    let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
    Ok(Listed {
        is_whole: answer["whole"] == true && distinct.len() == ids.len(),
        rows,
    })
}

/// The facts of these answers.
pub fn judged(answers: &Value) -> Vec<Fact> {
    judged_by(answers, "a key")
}

/// The same, where ids of persons are made with this key.
pub fn judged_by(answers: &Value, key: &str) -> Vec<Fact> {
    let alerts = match listed(&answers["alerts"], |it: &Alert| Some(it.id.clone())) {
        Ok(alerts) => alerts,
        Err(reason) => return facts::nothing(&wanted(), reason, now()),
    };
    let count: Option<Object<CountReply>> = read(&answers["count"]).ok();
    let incidents = listed(
        &answers["incidents"],
        |it: &crate::connectors::opsgenie::model::Incident| Some(it.id.clone()),
    );
    let is_shown = alerts.rows.iter().any(|it| wanted().has(it));
    let any = read::<Option<Object<Alert>>>(&answers["any"]);
    let found = Found {
        alerts,
        scope: match is_shown {
            true => Ok(()),
            false => any.and_then(|it| pull::proof(Ok(it), &wanted())),
        },
        count: count.map(|it| it.0.data.count),
        maintenances: listed(&answers["maintenances"], |_: &Maintenance| None),
        incidents: Some(incidents),
        breadth: None,
        at: now(),
    };
    let wanted = Wanted {
        actors: connector::actor_ids(key),
        ..wanted()
    };
    facts::of(&found, &wanted, now())
}
