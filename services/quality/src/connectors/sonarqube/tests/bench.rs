//! A source without a collector around it, and what SonarQube tells of a good analysis.

use chrono::{DateTime, Utc};
use passport_connector_sdk::Connector;
use passport_testkit::connector;
use serde_json::{Value, json};

use crate::connectors::sonarqube::Sonarqube;

pub const PROJECT: &str = "acme:checkout-api";
pub const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
pub const SECRET: &str = "not-a-real-secret";

/// A source of the project's main branch, which takes webhooks too.
pub fn source(base: &str) -> Box<dyn Connector> {
    of_scope(base, json!({"project_key": PROJECT, "branch": "main"}))
}

/// The same, of an organization.
pub fn in_organization(base: &str, organization: &str) -> Box<dyn Connector> {
    let scope = json!({"project_key": PROJECT, "branch": "main", "organization": organization});
    of_scope(base, scope)
}

fn of_scope(base: &str, scope: Value) -> Box<dyn Connector> {
    let source = json!({
        "connector": "sonarqube", "endpoint": base, "credential": {"env": "TOKEN"},
        "scope": scope, "signing_secrets": [{"env": "HOOK"}],
    });
    let hub = connector::hub(&[("TOKEN", "token-of-this-test"), ("HOOK", SECRET)]);
    connector::built::<Sonarqube>(&source, &hub).unwrap()
}

/// 2026-05-03T09:30:00Z.
pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap()
}

/// All answers about a good analysis of the commit, by what was asked.
pub fn good() -> Value {
    let condition = |metric: &str, comparator: &str, limit: &str, actual: &str| {
        json!({
            "status": "OK", "metricKey": metric, "comparator": comparator,
            "errorThreshold": limit, "actualValue": actual,
        })
    };
    json!({
        "gate": {
            "status": "OK", "ignoredConditions": false,
            "conditions": [
                condition("new_coverage", "LT", "80", "91.3"),
                condition("new_violations", "GT", "0", "0"),
            ],
        },
        "tasks": {
            "queue": [],
            "current": {
                "type": "REPORT", "componentKey": PROJECT, "status": "SUCCESS", "branch": "main",
                "analysisId": "AZ-an-2", "executedAt": "2026-05-03T08:55:20+0000",
            },
        },
        "analyses": {
            "paging": {"total": 2},
            "analyses": [
                {"key": "AZ-an-2", "date": "2026-05-03T08:55:00+0000", "revision": REVISION},
                {"key": "AZ-an-1", "date": "2026-05-02T08:55:00+0000", "revision": "0".repeat(40)},
            ],
        },
        "measures": [{"metric": "coverage", "value": "82.5"}],
    })
}
