//! A source without a collector around it, and what SonarQube tells of a good analysis.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    Builder, Connector, ConnectorKind, Hub, HubOptions, Registry, provider::AddressPolicy,
};
use passport_evidence::Descriptor;
use passport_testkit::{env::Env, scenario::source_id};
use serde_json::{Value, json};

use crate::connectors::sonarqube::{Sonarqube, settings::Settings};

pub const PROJECT: &str = "acme:checkout-api";
pub const REVISION: &str = "4f1c2e9a7b6d5c4e3f2a1b0c9d8e7f6a5b4c3d2e";
pub const SECRET: &str = "not-a-real-secret";

/// The last source that was built, for whoever built it.
static BUILT: Mutex<Option<Box<dyn Connector>>> = Mutex::new(None);
/// Keeps two tests from taking each other's source.
static BUILDING: Mutex<()> = Mutex::new(());

/// The kind under test, whose sources are handed out.
struct Shown;

impl ConnectorKind for Shown {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Sonarqube::DESCRIPTOR;
    const DETECT: Option<passport_connector_sdk::detect::Detect> = Sonarqube::DETECT;

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        *BUILT.lock().unwrap() = Sonarqube::build(settings, builder);
        None
    }
}

/// A source of the project's main branch, which takes webhooks too.
pub fn source(base: &str) -> Box<dyn Connector> {
    let source = json!({
        "connector": "sonarqube", "endpoint": base, "credential": {"env": "TOKEN"},
        "scope": {"project_key": PROJECT, "branch": "main"}, "signing_secrets": [{"env": "HOOK"}],
    });
    let env = Env::default();
    env.set("TOKEN", "token-of-this-test");
    env.set("HOOK", SECRET);
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        retry_wait: std::time::Duration::ZERO,
        ..HubOptions::default()
    };
    let hub = Hub::new(options, Arc::new(env));
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "code").unwrap();
    let alone = BUILDING.lock().unwrap();
    let built = Registry::default().with::<Shown>().build(id, &source, &hub);
    let connector = BUILT.lock().unwrap().take();
    drop(alone);
    connector.unwrap_or_else(|| panic!("not built: {:?}", built.err()))
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
