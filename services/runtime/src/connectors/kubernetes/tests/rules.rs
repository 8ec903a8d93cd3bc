//! How often a server is asked what a token may do, and that one list of it changes no verdict.

use passport_evidence::Status;
use passport_testkit::provider::{Reply, Script};
use serde_json::{Value, json};

use super::check::{allowing, checked_at, found, pods};

const RULES: &str = "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews";

fn rule(verb: &str, group: &str, resource: &str) -> Value {
    json!({"verbs": [verb], "apiGroups": [group], "resources": [resource]})
}

/// The rules of a token with exactly the Role that the connector needs, and these too.
fn rules(more: &[Value], is_incomplete: bool) -> Value {
    let mut own = vec![
        rule("get", "apps", "deployments"),
        rule("list", "apps", "replicasets"),
        rule("list", "", "pods"),
    ];
    own[0]["resourceNames"] = json!(["checkout-api"]);
    own.extend(more.iter().cloned());
    json!({"status": {"resourceRules": own, "incomplete": is_incomplete}})
}

fn telling(script: Script, rules: Value) -> Script {
    script.on("POST", RULES).respond(Reply::json(201, rules))
}

/// What a check says, and how many questions about the token it took.
async fn asked(script: Script) -> (Option<String>, Status, usize) {
    let provider = script.start().await.unwrap();
    let (word, status) = checked_at(&provider).await.unwrap();
    let posts = provider.requests().into_iter();
    (word, status, posts.filter(|it| it.method == "POST").count())
}

#[tokio::test]
async fn a_narrow_token_costs_one_list_and_two_questions() {
    let script = allowing(telling(found(), rules(&[], false)), &[pods()]);
    let narrow = Some("narrow".to_owned());
    assert_eq!(asked(script).await, (narrow, Status::Passed, 3));
}

#[tokio::test]
async fn a_list_that_is_not_whole_or_not_there_leaves_every_question() {
    let narrow = Some("narrow".to_owned());
    let part = allowing(telling(found(), rules(&[], true)), &[pods()]);
    let (word, _, many) = asked(part).await;
    assert_eq!(word, narrow);
    let none = asked(allowing(found(), &[pods()])).await;
    assert_eq!(none, (narrow, Status::Passed, many));
    assert!(many > 15, "{many}");
}

#[tokio::test]
async fn what_the_list_allows_is_asked_and_the_answer_counts() {
    for (more, allowed, word) in [
        (
            rule("*", "*", "*"),
            json!({"verb": "*", "group": "*", "resource": "*"}),
            "write_capable",
        ),
        (
            rule("patch", "apps", "deployments"),
            json!({"verb": "patch", "group": "apps", "resource": "deployments", "namespace": "shop"}),
            "write_capable",
        ),
        (
            rule("create", "", "pods/exec"),
            json!({"verb": "create", "resource": "pods", "subresource": "exec", "namespace": "shop"}),
            "write_capable",
        ),
        (
            rule("list", "", "pods"),
            json!({"verb": "list", "resource": "pods"}),
            "broad",
        ),
    ] {
        let script = telling(found(), rules(std::slice::from_ref(&more), false));
        let (said, status, count) = asked(allowing(script, &[pods(), allowed])).await;
        assert_eq!(said.as_deref(), Some(word), "{more}");
        assert_ne!(status, Status::Passed, "{more}");
        assert!(count < 8, "{count}");
    }
}

#[tokio::test]
async fn a_list_without_the_pods_is_a_token_that_is_not_enough() {
    let none = json!({"status": {"resourceRules": [], "incomplete": false}});
    let script = allowing(telling(found(), none), &[]);
    assert_eq!(asked(script).await, (None, Status::Unknown, 1));
}

#[tokio::test]
async fn a_server_that_refuses_the_token_meanwhile_is_no_verdict() {
    let script = found().on("POST", RULES).reply(401, json!({}));
    let provider = script.start().await.unwrap();
    assert!(checked_at(&provider).await.is_err());
}
