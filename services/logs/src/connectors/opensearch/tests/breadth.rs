//! What a check of the credential says.

use passport_testkit::provider::{Reply, Script};
use serde_json::{Value, json};

use crate::{
    connectors::opensearch::OpenSearch,
    search_api::tests::bench::{SEARCH, breadth_of, newest, readable},
};

const INFO: &str = "/_plugins/_security/authinfo";
const ALL: &str = "/*/_search";

fn token() -> Option<Value> {
    Some(json!({"token": {"env": "TOKEN"}}))
}

fn info(roles: Value, backend: Value) -> Reply {
    Reply::json(
        200,
        json!({"user_name": "r", "roles": roles, "backend_roles": backend, "tenants": {}}),
    )
}

fn denied() -> Reply {
    Reply::json(
        403,
        json!({"error": {"type": "security_exception"}, "status": 403}),
    )
}

async fn said(info: Reply, all: Reply) -> String {
    let script = readable().on("GET", INFO).respond(info);
    breadth_of::<OpenSearch>("opensearch", script.on("POST", ALL).respond(all), token()).await
}

#[tokio::test]
async fn a_role_that_can_not_be_looked_into_is_not_called_narrow() {
    for roles in [
        json!(["checkout_logs_reader", "own_index"]),
        json!(["kibana_read_only"]),
    ] {
        let own = info(roles, json!([]));
        assert_eq!(said(own, denied()).await, "unverifiable");
    }
}

#[tokio::test]
async fn predefined_roles_tell_what_they_may() {
    for (roles, backend, wanted) in [
        (json!(["all_access"]), json!([]), "write_capable"),
        (json!(["reader"]), json!(["admin"]), "write_capable"),
        (json!(["reader", "logstash"]), json!(null), "write_capable"),
        (json!(["readall"]), json!([]), "broad"),
        (json!(["readall_and_monitor"]), json!([]), "broad"),
    ] {
        assert_eq!(
            said(info(roles.clone(), backend), denied()).await,
            wanted,
            "{roles}"
        );
    }
}

#[tokio::test]
async fn whoever_may_search_every_index_is_broad() {
    let reader = || info(json!(["reader"]), json!([]));
    assert_eq!(said(reader(), Reply::json(200, newest(6))).await, "broad");
    assert_eq!(said(reader(), Reply::json(200, json!({}))).await, "broad");
}

#[tokio::test]
async fn what_is_not_told_is_not_narrow() {
    let reader = || info(json!(["reader"]), json!([]));
    let blocked = Reply::json(
        401,
        json!({"Message": "Your request: '/x' is not allowed."}),
    );
    for info in [
        denied(),
        blocked,
        Reply::json(404, json!({})),
        Reply::json(200, json!({})),
        Reply::json(200, json!(["reader"])),
        info(json!([]), json!([])),
        info(json!("all_access"), json!([])),
    ] {
        assert_eq!(said(info, denied()).await, "unverifiable");
    }
    for all in [Reply::json(404, json!({})), Reply::json(400, json!({}))] {
        assert_eq!(said(reader(), all).await, "unverifiable");
    }
}

#[tokio::test]
async fn without_a_credential_nothing_is_broad_or_narrow() {
    assert_eq!(
        breadth_of::<OpenSearch>("opensearch", readable(), None).await,
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
        let found = breadth_of::<OpenSearch>("opensearch", script, token()).await;
        assert_eq!(found, format!("failed {code}"));
    }
    let rejected = Reply::json(401, json!({}));
    assert_eq!(said(rejected, denied()).await, "failed UNAUTHENTICATED");
}
