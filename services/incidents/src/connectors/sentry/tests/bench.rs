//! Answers of a Sentry, and what is judged of them, without a server between.

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, settings::Thresholds, subject_text::SubjectText};
use passport_evidence::{Fact, Reason};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::connectors::sentry::{
    Sentry,
    asked::{Dated, Issues},
    facts::{self, Judged},
    model::{Environment, Issue},
    pull::{self, Found, Read},
    settings::Settings,
    wanted::{Baseline, Wanted},
};

pub const VERSION: &str = "checkout-api@2.14.0";
pub const PROJECT: &str = "4505001";
/// Buckets of an hour that are closed.
pub const CLOSED: usize = 12;
const STEP: u64 = 300_000;

/// 2026-05-03T09:30:05Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_605, 0).unwrap()
}

/// Buckets of five minutes from a moment on, the newest still open if there are more than [`CLOSED`].
fn series(from: u64, count: usize) -> Value {
    let bucket = |at: usize| {
        json!({
            "timestamp": from + at as u64 * STEP, "value": 3, "incomplete": false,
        })
    };
    let values: Vec<_> = (0..count).map(bucket).collect();
    json!({"timeSeries": [{"yAxis": "count()", "values": values, "meta": {"dataScanned": "full"}}]})
}

pub fn issue(id: u64, status: &str) -> Value {
    json!({"id": id.to_string(), "status": status, "project": {"id": PROJECT}})
}

/// A good release and all that belongs to it.
pub fn answers() -> Value {
    let mut now = series(1_777_797_000_000, CLOSED + 1);
    now["timeSeries"][0]["values"][CLOSED]["incomplete"] = json!(true);
    let none = json!({"rows": [], "whole": true});
    json!({
        "release": {"version": VERSION, "status": "open", "projects": [{"id": 4_505_001}]},
        "new": none, "regressed": none, "unhandled": none, "archived": none,
        "sessions": {"end": "2026-05-03T09:30:00Z", "groups": [{"totals": {
            "crash_free_rate(session)": 0.9987, "crash_free_rate(user)": 0.9979,
            "sum(session)": 48_210,
        }}]},
        "events": {"data": [{"count()": 238}]},
        "now": now,
        "before": series(1_777_793_400_000, CLOSED + 1),
        "outcomes": {"groups": [
            {"by": {"outcome": "accepted"}, "totals": {"sum(quantity)": 995}},
            {"by": {"outcome": "rate_limited"}, "totals": {"sum(quantity)": 5}},
        ]},
        "environments": [{"id": "1", "name": "staging"}, {"id": "2", "name": "production"}],
    })
}

/// What a source wants that sets nothing but its scope.
fn wanted() -> Wanted {
    let settings: Settings = serde_json::from_value(json!({
        "credential": {"env": "TOKEN"}, "window": "1h",
        "scope": {"organization": "acme", "project": "checkout-api",
                  "environment": "production", "release": VERSION},
    }))
    .unwrap();
    Wanted {
        organization: settings.scope.organization,
        project: settings.scope.project,
        environment: settings.scope.environment,
        release: SubjectText::parse(VERSION).unwrap(),
        window: settings.window,
        span: serde_json::from_value(json!("1h")).unwrap(),
        min_sessions: settings.min_sessions,
        min_events: settings.min_events,
        baseline: Baseline::PreviousWindow,
        cap: settings.error_spike_cap,
        page_limit: settings.page_limit,
        thresholds: thresholds(),
    }
}

fn thresholds() -> Thresholds {
    Thresholds::of_descriptor(&<Sentry as passport_connector_sdk::ConnectorKind>::DESCRIPTOR)
}

fn read<T: DeserializeOwned>(answer: &Value) -> Read<T> {
    // Through text, as it comes over the wire.
    let read = serde_json::from_str(&answer.to_string()).map_err(|_| Reason::UnexpectedShape)?;
    Ok(Dated { read, at: now() })
}

fn issues(answer: &Value) -> Read<Issues> {
    let rows: Dated<Vec<Object<Issue>>> = read(&answer["rows"])?;
    Ok(Dated {
        read: Issues {
            rows: rows.read,
            is_whole: answer["whole"] == true,
        },
        at: rows.at,
    })
}

fn environment(answer: &Value, wanted: &Wanted) -> Read<()> {
    let all: Dated<Vec<Object<Environment>>> = read(answer)?;
    match pull::is_among(&all.read, wanted) {
        true => Ok(Dated {
            read: (),
            at: all.at,
        }),
        false => Err(Reason::FilterNotApplied),
    }
}

/// The facts of these answers.
pub fn judged(answers: &Value) -> Vec<Fact> {
    let wanted = wanted();
    let found = Found {
        release: read(&answers["release"]),
        new: issues(&answers["new"]),
        regressed: issues(&answers["regressed"]),
        unhandled: issues(&answers["unhandled"]),
        archived: issues(&answers["archived"]),
        sessions: read(&answers["sessions"]),
        events: read(&answers["events"]),
        now: read(&answers["now"]),
        before: read(&answers["before"]),
        outcomes: read(&answers["outcomes"]),
        environment: environment(&answers["environments"], &wanted),
    };
    let judged = Judged {
        wanted: &wanted,
        release: VERSION,
        project: PROJECT,
        now: now(),
    };
    facts::of(&found, judged, found.at().unwrap_or_else(now))
}
