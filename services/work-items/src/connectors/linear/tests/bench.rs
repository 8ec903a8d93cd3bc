//! Answers of a Linear, and what is judged of them, without a server between.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    ConnectorKind, Object, settings::Thresholds, subject_text::SubjectText,
};
use passport_evidence::{Fact, Reason};
use passport_testkit::connector;
use serde_json::{Value, json};

use crate::connectors::linear::{
    Linear, facts,
    fault::Faults,
    model,
    pull::{All, Gathered, Seen},
    wanted::{Approval, By, Identifier, Release, Wanted},
};

/// 2026-05-03T09:30:05Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_605, 0).unwrap()
}

/// An issue and a release of which everything is good.
pub fn answers() -> Value {
    let page = json!({"hasNextPage": false});
    let related = |id: &str, kind: &str, state: &str| json!({"type": kind, "issue": {"id": id, "state": {"type": state}}});
    let entry = |at: &str, actor: &str, added: Value, to: Value| {
        json!({
            "createdAt": at, "actorId": actor, "addedLabelIds": added, "removedLabelIds": null,
            "toStateId": to,
        })
    };
    let done = |id: &str| json!({"id": id, "state": {"type": "completed"}});
    json!({
        "data": {"issue": {
            "identifier": "ENG-42", "previousIdentifiers": ["OPS-7"], "archivedAt": null,
            "trashed": null, "team": {"key": "ENG"},
            "state": {"id": "st-done", "type": "completed"},
            "labels": {"nodes": [{"id": "lb-approved"}], "pageInfo": page},
            "inverseRelations": {
                "nodes": [related("a", "blocks", "completed"), related("b", "related", "started")],
                "pageInfo": page,
            },
            "history": {
                "nodes": [
                    entry("2026-05-03T08:30:00Z", "us-1", json!(null), json!("st-done")),
                    entry("2026-05-03T08:00:00Z", "us-1", json!(["lb-approved"]), json!(null)),
                ],
                "pageInfo": page,
            },
        }},
        "errors": [],
        "release": {
            "id": "rl-1", "version": "2.14.0", "trashed": null, "canceledAt": null,
            "pipeline": {"id": "pl-1"}, "stage": {"type": "started"}, "issueCount": 2,
            "issues": {"nodes": [done("a"), done("b")], "pageInfo": page},
        },
        "whole": true,
    })
}

fn wanting(by: By, ready: Option<&str>) -> Wanted {
    Wanted {
        team: "ENG".to_owned(),
        issue: Some(Identifier {
            text: "ENG-42".to_owned(),
            number: 42,
        }),
        release: Some(Release {
            pipeline: "pl-1".to_owned(),
            version: SubjectText::parse("2.14.0").unwrap(),
        }),
        ready: ready.map(|it| [it.to_owned()].into()),
        approval: Some(Approval {
            by,
            approvers: ["us-1".to_owned()].into(),
        }),
        thresholds: Thresholds::of_descriptor(&Linear::DESCRIPTOR),
        actors: connector::actor_ids("a key"),
    }
}

pub fn by_label() -> Wanted {
    wanting(By::Label("lb-approved".to_owned()), Some("st-done"))
}

pub fn by_state() -> Wanted {
    wanting(By::State("st-done".to_owned()), None)
}

/// The facts of these answers.
pub fn judged(answers: &Value, wanted: &Wanted) -> Vec<Fact> {
    // Through text, as it comes over the wire.
    let text = answers["data"]["issue"].to_string();
    let issue: Result<Object<model::Issue>, _> = serde_json::from_str(&text);
    let seen = issue.map(|it| Seen {
        issue: it.0,
        faults: Faults::of(&answers["errors"]),
        root: &["issue"],
    });
    let text = answers["release"].to_string();
    let release: Result<Object<model::Release>, _> = serde_json::from_str(&text);
    let gathered = release.map(|it| Gathered {
        issues: it.issues.nodes.iter().map(|it| it.0.clone()).collect(),
        is_whole: answers["whole"] == true && !it.issues.info.has_next_page,
        is_partial: false,
        release: it.0,
    });
    let all = All {
        issue: Some(seen.map_err(|_| Reason::UnexpectedShape)),
        release: Some(gathered.map_err(|_| Reason::UnexpectedShape)),
        breadth: None,
        at: now(),
    };
    facts::of(&all, wanted)
}
