//! A flag about which nothing is wrong, and the facts of such.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{Object, settings::Span};
use passport_evidence::{Fact, Reason, Status, Threshold};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::oracle::NOW;
use crate::connectors::launchdarkly::{
    client::Guarded,
    collect::Found,
    facts,
    lists::ApprovalSettings,
    wanted::{Intent, Wanted},
};

/// A flag that is on for all, and depends on nothing.
pub fn flag(key: &str) -> Value {
    json!({
        "key": key, "archived": false,
        "variations": [{"_id": "v-0", "value": true}, {"_id": "v-1", "value": false}],
        "environments": {"production": {
            "on": true, "archived": false, "lastModified": NOW - 7_200_000, "fallthrough": {"variation": 0}, "offVariation": 1,
            "rules": [], "targets": [], "contextTargets": [], "prerequisites": [],
        }},
    })
}

/// A flag about which nothing is wrong.
pub fn good() -> Value {
    let mut flag_of_it = flag("checkout-v2");
    let config = &mut flag_of_it["environments"]["production"];
    config["rules"] = json!([{"clauses": [], "variation": 0, "disabled": false}]);
    config["targets"] = json!([{"values": ["u-1"], "variation": 0}]);
    config["prerequisites"] = json!([{"key": "base", "variation": 0}]);
    json!({
        "flag": flag_of_it, "base": flag("base"),
        "status": {"name": "active", "lastRequested": "2026-05-03T09:29:12Z"},
        "approvals": [{"status": "completed", "reviewStatus": "approved"}],
        "scheduled": [{"executionDate": NOW + 172_800_000}],
        "settings": {"flag": {"environments": {"production": setting()}, "_strict": setting()}},
    })
}

fn setting() -> Value {
    json!({
        "required": true, "canReviewOwnRequest": false, "canApplyDeclinedChanges": false,
        "bypassApprovalsForPendingChanges": false, "requiredApprovalTags": [],
    })
}

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(NOW).unwrap()
}

fn read<T: DeserializeOwned>(found: &Value) -> Result<T, Reason> {
    let found: Result<Object<T>, _> = serde_json::from_value(found.clone());
    found.map(|it| it.0).map_err(|_| Reason::UnexpectedShape)
}

fn list<T: DeserializeOwned>(found: &Value) -> Result<Vec<T>, Reason> {
    let found: Result<Vec<Object<T>>, _> = serde_json::from_value(found.clone());
    let found = found.map_err(|_| Reason::UnexpectedShape)?;
    Ok(found.into_iter().map(|it| it.0).collect())
}

fn wanted() -> Wanted {
    let limits = |text: &str| text.parse::<Threshold>().unwrap().into();
    Wanted {
        has_items: false,
        flags: vec!["checkout-v2".to_owned()],
        intent: Intent::On,
        expected: json!(true),
        max_last_requested: Span::of_seconds(86_400),
        scheduled_window: Span::of_seconds(86_400),
        changed_within: Some(Span::of_seconds(3_600)),
        asks_required: true,
        asks_guarded: true,
        share: limits(">= 100%"),
        approvals: limits("= 0"),
        scheduled: limits("= 0"),
    }
}

/// What passes of these answers.
pub fn passed(world: &Value) -> Vec<Fact> {
    let Ok(flag) = read(&world["flag"]) else {
        return Vec::new();
    };
    let found = Found {
        flag,
        prerequisites: BTreeMap::from([("base".to_owned(), read(&world["base"]))]),
        flags_at: now(),
        status: read(&world["status"]).map(|it| (it, now())),
        approvals: list(&world["approvals"]).map(|it| (it, now())),
        scheduled: list(&world["scheduled"]).map(|it| (it, now())),
        guarded: Some(Ok((Guarded::None, now()))),
    };
    let mut facts = facts::of(&found, "production", &wanted(), now());
    let settings = serde_json::from_value(world["settings"].clone());
    let settings: Result<ApprovalSettings, _> = settings.map_err(|_| Reason::UnexpectedShape);
    let settings = settings.as_ref().map_err(|reason| *reason);
    facts.push(facts::required::fact(settings, "production"));
    let passed = facts.into_iter().filter(|it| it.status() == Status::Passed);
    passed.collect()
}
