//! Instances for governments and for Europe have hosts of their own, and are asked as any other.

use passport_testkit::connector;
use serde_json::{Value, json};

use crate::connectors::launchdarkly::LaunchDarkly;

fn problems(endpoint: Option<&str>) -> Option<String> {
    let mut source = json!({
        "connector": "launchdarkly", "credential": {"env": "LD_TOKEN"}, "intent": "any",
        "scope": {"project": "shop", "environment": "production", "flag": "checkout-v2"},
    });
    if let Some(endpoint) = endpoint {
        source["endpoint"] = Value::from(endpoint);
    }
    let hub = connector::hub(&[("LD_TOKEN", "a-token")]);
    connector::built::<LaunchDarkly>(&source, &hub).err()
}

#[test]
fn every_instance_may_be_named_over_https_alone() {
    for host in [
        None,
        Some("https://app.launchdarkly.com"),
        Some("https://app.launchdarkly.us"),
        Some("https://app.eu.launchdarkly.com"),
    ] {
        assert_eq!(problems(host), None, "{host:?}");
    }
    for host in [
        "http://app.launchdarkly.us",
        "http://app.eu.launchdarkly.com",
        "https://token@app.launchdarkly.us",
    ] {
        let found = problems(Some(host)).unwrap_or_default();
        assert!(found.contains("endpoint"), "{host}: {found}");
    }
}
