//! A Rollout with its runs and pods about which nothing is wrong, and the facts of such.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, Reason, Status, Subject};
use passport_kubernetes_api::List;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{case, oracle};
use crate::{
    cluster::{Snapshot, available::Least},
    connectors::argo_rollouts::{
        client::Parts,
        facts,
        settings::{ScopeSettings, Wanted},
    },
};

fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

/// A Rollout, its runs and its pods about which nothing is wrong, and a further measured metric.
pub fn good() -> Value {
    let case = case("analysis-two-metrics");
    let body = |suffix: &str| {
        let mut exchanges = case["exchanges"].as_array().unwrap().iter();
        let is_it = |it: &&Value| it["request"]["path"].as_str().unwrap().ends_with(suffix);
        exchanges.find(is_it).unwrap()["response"]["body"].clone()
    };
    json!({
        "rollout": body("/rollouts/checkout-api"),
        "runs": body("/analysisruns")["items"],
        "pods": body("/pods")["items"],
    })
}

fn list<T: DeserializeOwned>(found: &Value) -> Result<List<T>, Reason> {
    let items = serde_json::from_value(found.clone()).map_err(|_| Reason::UnexpectedShape)?;
    Ok(List {
        items,
        observed_at: now(),
    })
}

fn facts_of(world: &Value) -> Vec<Fact> {
    let Ok(object) = serde_json::from_value(world["rollout"].clone()) else {
        return Vec::new();
    };
    let snapshot = Snapshot {
        object,
        observed_at: now(),
        parts: Parts {
            runs: list(&world["runs"]),
            pods: Some(list(&world["pods"])),
        },
        has_moved: false,
    };
    let wanted = Wanted {
        scope: ScopeSettings {
            namespace: "shop".to_owned(),
            name: "checkout-api".to_owned(),
        },
        container: None,
        least: Least {
            replicas: 1,
            available: None,
            allows_none: false,
        },
        requires_analysis: false,
        max_analysis_age: serde_json::from_value(json!("1d")).unwrap(),
        page_size: 100,
    };
    let subject = Subject {
        artifact_digests: vec![oracle::DIGEST.to_owned()],
        ..Subject::default()
    };
    facts::of(&snapshot, &wanted, Some(&subject), now())
}

/// What passes of these objects.
pub fn passed(world: &Value) -> Vec<Fact> {
    let facts = facts_of(world).into_iter();
    facts.filter(|it| it.status() == Status::Passed).collect()
}
