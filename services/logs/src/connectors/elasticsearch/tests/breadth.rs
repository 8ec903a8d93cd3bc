//! What a check of the credential says.

use passport_testkit::provider::{Reply, Script};
use serde_json::{Value, json};

use crate::{
    connectors::elasticsearch::Elasticsearch,
    search_api::tests::bench::{SEARCH, breadth_of, readable},
};

const WHO: &str = "/_security/_authenticate";
const MAY: &str = "/_security/user/_has_privileges";

/// Rights that change an index, those that shippers have among them.
const WRITES: [&str; 8] = [
    "write",
    "index",
    "create",
    "create_doc",
    "create_index",
    "delete",
    "delete_index",
    "manage",
];

fn key() -> Option<Value> {
    Some(json!({"api_key": {"env": "TOKEN"}}))
}

fn user(roles: Value) -> Reply {
    let key = json!({"id": "x", "name": "passport"});
    Reply::json(
        200,
        json!({"username": "r", "roles": roles, "authentication_type": "api_key", "api_key": key}),
    )
}

/// What a key may do that may only read its index.
fn rights() -> Value {
    json!({
        "username": "r",
        "has_all_requested": false,
        "cluster": {"manage": false, "manage_security": false, "monitor": false},
        "index": {
            "logs-checkout-api-*": {
                "read": true, "write": false, "index": false, "create": false, "create_doc": false,
                "create_index": false, "delete": false, "delete_index": false, "manage": false,
            },
            "*": {"read": false},
            "logs-passport-mesh-probe": {"read": false},
        },
        "application": {},
    })
}

async fn said(user: Reply, rights: Reply) -> String {
    let script = readable().on("GET", WHO).respond(user);
    breadth_of::<Elasticsearch>(
        "elasticsearch",
        script.on("POST", MAY).respond(rights),
        key(),
    )
    .await
}

async fn with(pointer: &str, value: Value) -> String {
    let mut rights = rights();
    *rights.pointer_mut(pointer).unwrap() = value;
    said(user(json!([])), Reply::json(200, rights)).await
}

#[tokio::test]
async fn a_key_that_may_only_read_its_index_is_narrow() {
    assert_eq!(
        said(user(json!([])), Reply::json(200, rights())).await,
        "narrow"
    );
    assert_eq!(
        said(user(json!(["checkout_logs"])), Reply::json(200, rights())).await,
        "narrow"
    );
}

#[tokio::test]
async fn what_is_asked_names_the_index_and_nothing_else() {
    let body = json!({
        "cluster": ["manage", "manage_security", "monitor"],
        "index": [
            {"names": ["logs-checkout-api-*"], "privileges": ["read"]},
            {"names": ["logs-checkout-api-*"], "privileges": WRITES},
            {"names": ["*", "logs-passport-mesh-probe"], "privileges": ["read"]},
        ],
    });
    let script = readable().on("GET", WHO).respond(user(json!([])));
    let script = script
        .on("POST", MAY)
        .body(body)
        .respond(Reply::json(200, rights()));
    assert_eq!(
        breadth_of::<Elasticsearch>("elasticsearch", script, key()).await,
        "narrow"
    );
}

#[tokio::test]
async fn each_further_right_is_too_much() {
    for right in WRITES {
        let at = format!("/index/logs-checkout-api-*/{right}");
        assert_eq!(with(&at, json!(true)).await, "write_capable", "{right}");
    }
    for right in ["manage", "manage_security"] {
        assert_eq!(
            with(&format!("/cluster/{right}"), json!(true)).await,
            "write_capable",
            "{right}"
        );
    }
    assert_eq!(with("/cluster/monitor", json!(true)).await, "broad");
    assert_eq!(with("/index/*/read", json!(true)).await, "broad");
    let beside = "/index/logs-passport-mesh-probe/read";
    assert_eq!(with(beside, json!(true)).await, "broad");
    assert_eq!(
        said(user(json!(["superuser"])), Reply::json(200, rights())).await,
        "write_capable"
    );
}

#[tokio::test]
async fn what_is_not_told_is_not_narrow() {
    assert_eq!(
        with("/index/logs-checkout-api-*/read", json!(false)).await,
        "unverifiable"
    );
    for at in [
        "/cluster",
        "/index",
        "/index/*",
        "/index/logs-checkout-api-*",
    ] {
        assert_eq!(with(at, json!({})).await, "unverifiable", "{at}");
    }
    assert_eq!(
        with("/cluster/manage", json!("false")).await,
        "unverifiable"
    );
    for status in [400, 403, 404] {
        let refused = || Reply::json(status, json!({}));
        assert_eq!(said(user(json!([])), refused()).await, "unverifiable");
        assert_eq!(
            said(refused(), Reply::json(200, rights())).await,
            "unverifiable"
        );
    }
    let list = Reply::json(200, json!([["superuser"]]));
    assert_eq!(said(list, Reply::json(200, rights())).await, "unverifiable");
}

#[tokio::test]
async fn without_a_credential_nothing_is_broad_or_narrow() {
    assert_eq!(
        breadth_of::<Elasticsearch>("elasticsearch", readable(), None).await,
        ""
    );
}

#[tokio::test]
async fn a_credential_that_does_not_work_is_none() {
    for (status, code) in [
        (401, "UNAUTHENTICATED"),
        (403, "DENIED"),
        (404, "NOT_FOUND"),
        (429, "THROTTLED"),
    ] {
        let script = Script::default()
            .on("POST", SEARCH)
            .respond(Reply::json(status, json!({})));
        let found = breadth_of::<Elasticsearch>("elasticsearch", script, key()).await;
        assert_eq!(found, format!("failed {code}"));
    }
    let rejected = Reply::json(401, json!({}));
    assert_eq!(
        said(rejected, Reply::json(200, rights())).await,
        "failed UNAUTHENTICATED"
    );
}
