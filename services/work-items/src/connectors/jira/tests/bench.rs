//! Answers of a Jira, and what is judged of them, without a server between.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    ConnectorKind, Object, settings::Thresholds, subject_text::SubjectText,
};
use passport_evidence::{Fact, Reason, Subject};
use passport_testkit::connector;
use serde_json::{Value, json};

use crate::connectors::jira::{
    Jira,
    client::Listed,
    facts,
    model::{Round, Ticket},
    pull::{Found, NoRounds, Seen},
    wanted::{Approval, By, Deployment, Target, Wanted},
};

pub const VERSION: &str = "2.14.0";

/// 2026-05-03T09:30:05Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_605, 0).unwrap()
}

/// A ticket of which everything is good, and its rounds of approval.
pub fn answers() -> Value {
    let round = |id: &str, decision: &str, millis: i64| {
        json!({
            "id": id, "finalDecision": decision, "createdDate": {"epochMillis": millis},
            "approvers": [
                {"approver": {"accountId": "acc-1"}, "approverDecision": decision},
                {"approver": {"accountId": "acc-2"}, "approverDecision": decision},
            ],
        })
    };
    let link = |inward: &str, category: &str| {
        let status = json!({"statusCategory": {"key": category}});
        json!({
            "type": {"id": "10000", "inward": inward},
            "inwardIssue": {"key": "PAY-9", "fields": {"status": status}},
        })
    };
    json!({
        "ticket": {
            "key": "PAY-142",
            "fields": {
                "status": {"id": "10010"}, "resolution": null,
                "issuetype": {"id": "10021", "name": "Change"},
                "project": {"key": "PAY", "projectTypeKey": "service_desk"},
                "labels": ["payments"], "fixVersions": [{"name": VERSION}],
                "issuelinks": [link("is blocked by", "done"), link("relates to", "new")],
                "reporter": {"accountId": "acc-9"},
                "customfield_1": {"id": "10101"},
                "customfield_2": "2026-05-03T09:00:00.000+0000",
                "customfield_3": "2026-05-03T11:00:00.000+0000",
            },
        },
        "rounds": {
            "values": [round("7", "declined", 10), round("8", "approved", 20)],
            "whole": true,
        },
    })
}

fn set(all: &[&str]) -> std::collections::BTreeSet<String> {
    all.iter().map(|it| (*it).to_owned()).collect()
}

fn wanting(by: By) -> Wanted {
    Wanted {
        deployment: Deployment::Cloud,
        projects: vec!["PAY".to_owned(), "OPS".to_owned()],
        target: Target::Issue("PAY-142".to_owned()),
        issue_type: Some("Change".to_owned()),
        approval: Approval {
            by,
            rejected: set(&["10012"]),
            resolutions: set(&["10000"]),
            separates_duties: true,
        },
        window: Some(("customfield_2".to_owned(), "customfield_3".to_owned())),
        link_types: None,
        page_limit: 20,
        thresholds: Thresholds::of_descriptor(&Jira::DESCRIPTOR),
        actors: connector::actor_ids("a key"),
    }
}

pub fn by_status() -> Wanted {
    wanting(By::Status {
        approved: set(&["10010", "10011"]),
        pending: set(&["3"]),
    })
}

pub fn by_field() -> Wanted {
    wanting(By::Field {
        id: "customfield_1".to_owned(),
        approved: set(&["10101"]),
    })
}

pub fn by_rounds() -> Wanted {
    wanting(By::Rounds { least: 2 })
}

/// The same, for what a search finds.
pub fn searching(
    wanted: Wanted,
    fix_version: Option<SubjectText>,
    label: Option<SubjectText>,
) -> Wanted {
    Wanted {
        target: Target::Search { fix_version, label },
        issue_type: None,
        ..wanted
    }
}

/// The facts of these answers.
pub fn judged(answers: &Value, wanted: &Wanted) -> Vec<Fact> {
    let Some(seen) = seen(answers, wanted) else {
        return facts::nothing(wanted, Reason::UnexpectedShape);
    };
    of_all(vec![seen], true, wanted)
}

/// The facts of tickets that a search found: all of them, where it was read to its end.
pub fn found(tickets: &[Value], is_whole: bool, wanted: &Wanted) -> Vec<Fact> {
    let tickets = tickets.iter().map(|it| seen(it, wanted));
    match tickets.collect() {
        Some(tickets) => of_all(tickets, is_whole, wanted),
        None => facts::nothing(wanted, Reason::UnexpectedShape),
    }
}

fn seen(answers: &Value, wanted: &Wanted) -> Option<Seen> {
    // Through text, as it comes over the wire.
    let ticket: Object<Ticket> = serde_json::from_str(&answers["ticket"].to_string()).ok()?;
    let rounds = answers["rounds"]["values"].to_string();
    let rounds = serde_json::from_str::<Vec<Object<Round>>>(&rounds);
    let rounds = rounds.map_err(|_| NoRounds::Unread(Reason::UnexpectedShape));
    let rounds = rounds.map(|rows| Listed {
        rows: rows.into_iter().map(|it| it.0).collect(),
        is_whole: answers["rounds"]["whole"] == true,
    });
    Some(Seen {
        ticket: ticket.0,
        rounds: wanted.reads_rounds().then_some(rounds),
    })
}

fn of_all(tickets: Vec<Seen>, is_whole: bool, wanted: &Wanted) -> Vec<Fact> {
    let found = Found {
        tickets,
        is_whole,
        at: now(),
    };
    let subject = Subject {
        version: Some(VERSION.to_owned()),
        ..Subject::default()
    };
    facts::of(&found, wanted, Some(&subject), now())
}
