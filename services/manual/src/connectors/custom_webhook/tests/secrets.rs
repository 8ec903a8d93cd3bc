//! A secret that lets senders in is of one scope.

use passport_testkit::{connector, scenario::source_id};
use serde_json::{Value, json};

use crate::connectors::registry;

/// Where the problems are of two sources that stand so, in these services.
fn problems(source: &Value, services: [&str; 2]) -> Vec<String> {
    let names = ["one", "two"];
    let sources = services.iter().zip(names).map(|(service, name)| {
        let id = source_id("workspace-acme-prod", service, "production", name);
        (id.unwrap(), source)
    });
    let built = registry().build_all(sources, &connector::hub(&[]));
    let problems = built.err().unwrap_or_default();
    problems.into_iter().map(|(_, it)| it.path).collect()
}

#[test]
fn one_secret_for_two_scopes_is_refused() {
    let hook = json!({
        "connector": "custom-webhook",
        "mode": "ingest",
        "scheme": "standard_webhooks",
        "signing_secrets": [{"env": "HOOK_SECRET"}],
        "facts": ["smoke_test"],
    });
    assert_eq!(
        problems(&hook, ["checkout-api", "cart"]),
        ["signing_secrets"]
    );
    assert!(problems(&hook, ["checkout-api", "checkout-api"]).is_empty());
    let stated = json!({
        "connector": "manual-evidence",
        "facts": ["pen_test"],
        "actor_key": {"env": "ACTOR_KEY"},
    });
    assert_eq!(problems(&stated, ["checkout-api", "cart"]), ["actor_key"]);
    assert!(problems(&stated, ["checkout-api", "checkout-api"]).is_empty());
}
