//! What a check says of credentials, and what is sent.

use passport_connector_sdk::Kept;
use passport_evidence::FailureCode;
use passport_testkit::{
    connector,
    provider::{Provider, Script},
};
use serde_json::{Value, json};

use super::bench::now;
use crate::connectors::jira::Jira;

const WRITES: [&str; 6] = [
    "EDIT_ISSUES",
    "TRANSITION_ISSUES",
    "DELETE_ISSUES",
    "ADMINISTER_PROJECTS",
    "ADMINISTER",
    "SYSTEM_ADMIN",
];

async fn checked(script: Script, deployment: &str) -> Result<String, FailureCode> {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "jira", "endpoint": provider.base(), "deployment": deployment,
        "credential": {"env": "TOKEN"}, "scope": {"projects": ["PAY"], "issue": "PAY-1"},
        "approval": {"approved_statuses": ["10010"]},
    });
    let hub = connector::hub(&[("TOKEN", "not-a-real-token")]);
    let connector = connector::built::<Jira>(&source, &hub).unwrap();
    let observed = connector.check(&connector::request(now())).await;
    let facts = observed.map_err(|it| it.code)?.facts;
    assert_eq!(facts.len(), 1);
    for seen in provider.requests() {
        assert_eq!(seen.method, "GET");
        let shown = seen.header("authorization");
        assert_eq!(shown, Some("Bearer not-a-real-token"));
    }
    Ok(facts[0].value_text().unwrap())
}

fn rights(held: &[&str]) -> Value {
    let all = WRITES.iter().chain(&["BROWSE_PROJECTS"]);
    let all = all.map(|it| {
        (
            (*it).to_owned(),
            json!({"havePermission": held.contains(it)}),
        )
    });
    json!({"permissions": all.collect::<serde_json::Map<_, _>>()})
}

fn ticket() -> Value {
    json!({"key": "PAY-1", "fields": {}})
}

fn cloud(permissions: Value, projects: Value) -> Script {
    Provider::script()
        .on("GET", "/rest/api/3/issue/PAY-1")
        .reply(200, ticket())
        .on("GET", "/rest/api/3/myself")
        .reply(200, json!({"accountId": "a"}))
        .on("GET", "/rest/api/3/mypermissions")
        .reply(200, permissions)
        .on("GET", "/rest/api/3/project/search")
        .reply(200, projects)
}

#[tokio::test]
async fn only_who_browses_the_listed_projects_alone_is_narrow() {
    let pay = || json!({"values": [{"key": "PAY"}], "isLast": true});
    let browse = || rights(&["BROWSE_PROJECTS"]);
    let two = json!({"values": [{"key": "PAY"}, {"key": "HR"}], "isLast": true});
    for (permissions, projects, word) in [
        (browse(), pay(), "narrow"),
        (browse(), two, "broad"),
        (
            browse(),
            json!({"values": [{"key": "PAY"}], "isLast": false}),
            "unverifiable",
        ),
        (
            browse(),
            json!({"values": [{"key": "PAY"}]}),
            "unverifiable",
        ),
        (browse(), json!({}), "unverifiable"),
        (rights(&[]), pay(), "unverifiable"),
        (json!({"permissions": {}}), pay(), "unverifiable"),
        (json!({}), pay(), "unverifiable"),
    ] {
        let found = checked(cloud(permissions.clone(), projects), "cloud").await;
        assert_eq!(found.as_deref(), Ok(word), "{permissions}");
    }
    for right in WRITES {
        let found = checked(cloud(rights(&["BROWSE_PROJECTS", right]), pay()), "cloud").await;
        assert_eq!(found.as_deref(), Ok("write_capable"), "{right}");
    }
}

#[tokio::test]
async fn a_data_center_lists_its_projects_at_once() {
    for (projects, word) in [
        (json!([{"key": "PAY"}]), "narrow"),
        (json!([{"key": "PAY"}, {"key": "HR"}]), "broad"),
    ] {
        let script = Provider::script()
            .on("GET", "/rest/api/2/issue/PAY-1")
            .reply(200, ticket())
            .on("GET", "/rest/api/2/myself")
            .reply(200, json!({"key": "a"}))
            .on("GET", "/rest/api/2/mypermissions")
            .reply(200, rights(&["BROWSE_PROJECTS"]))
            .on("GET", "/rest/api/2/project")
            .reply(200, projects);
        assert_eq!(checked(script, "datacenter").await.as_deref(), Ok(word));
    }
}

#[tokio::test]
async fn strangers_are_told_what_they_may_do_and_fail_all_the_same() {
    let script = Provider::script()
        .on("GET", "/rest/api/3/myself")
        .reply(401, json!({}))
        .any()
        .reply(200, rights(&["BROWSE_PROJECTS"]));
    assert_eq!(
        checked(script, "cloud").await,
        Err(FailureCode::Unauthenticated)
    );
}

/// Whoever has a Jira of his own and does not say so is told what to say.
#[tokio::test]
async fn where_nobody_says_who_asks_the_deployment_is_named() {
    for (status, deployment, is_named) in [
        (403, "cloud", true),
        (404, "cloud", true),
        (403, "datacenter", false),
        (401, "cloud", false),
    ] {
        let provider = Provider::script().any().reply(status, json!({}));
        let provider = provider.start().await.unwrap();
        let source = json!({
            "connector": "jira", "endpoint": provider.base(), "deployment": deployment,
            "credential": {"env": "TOKEN"}, "scope": {"projects": ["PAY"], "issue": "PAY-1"},
            "approval": {"approved_statuses": ["10010"]},
        });
        let hub = connector::hub(&[("TOKEN", "not-a-real-token")]);
        let connector = connector::built::<Jira>(&source, &hub).unwrap();
        let asked = connector
            .collect(&connector::request(now()), &Kept::default())
            .await;
        let error = asked.err().unwrap();
        let names_it = error.advice().contains("deployment: datacenter");
        assert_eq!(
            names_it,
            is_named,
            "{status} {deployment}: {}",
            error.advice()
        );
    }
}

#[tokio::test]
async fn a_ticket_that_can_not_be_read_fails_the_check() {
    for (status, code) in [
        (404, FailureCode::NotFound),
        (403, FailureCode::Denied),
        (410, FailureCode::NotSupported),
    ] {
        let script = Provider::script()
            .on("GET", "/rest/api/3/myself")
            .reply(200, json!({"accountId": "a"}))
            .any()
            .reply(status, json!({}));
        assert_eq!(checked(script, "cloud").await, Err(code), "{status}");
    }
}

#[tokio::test]
async fn a_search_sends_its_query_and_its_fields_in_the_body() {
    let provider = Provider::script()
        .on("GET", "/rest/api/3/myself")
        .reply(200, json!({"accountId": "a"}))
        .on("POST", "/rest/api/3/search/jql")
        .reply(200, json!({"issues": [], "isLast": true}))
        .start()
        .await
        .unwrap();
    let source = json!({
        "connector": "jira", "endpoint": provider.base(),
        "credential": {"email": {"env": "USER"}, "api_token": {"env": "TOKEN"}},
        "scope": {"projects": ["PAY"], "label": "a\"b\\"},
        "approval": {"source": "jsm", "separation_of_duties": true},
    });
    let hub = connector::hub(&[("USER", "reader@acme.test"), ("TOKEN", "not-a-real-token")]);
    let connector = connector::built::<Jira>(&source, &hub).unwrap();
    let request = connector::request(now());
    connector.collect(&request, &Kept::default()).await.unwrap();
    let requests = provider.requests();
    let seen = requests.iter().find(|it| it.method == "POST").unwrap();
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(body["jql"], "project = \"PAY\" AND labels = \"a\\\"b\\\\\"");
    assert_eq!(body["maxResults"], 100);
    assert_eq!(body["fields"].as_array().unwrap().len(), 11);
    assert_eq!(body["fields"][10], "reporter");
    assert_eq!(body.as_object().unwrap().len(), 3);
    assert_eq!(seen.query, None);
    assert_eq!(requests.len(), 2);
}
