//! What a check says of credentials. Nothing is posted.

use passport_connector_sdk::{CollectError, Observation};
use passport_evidence::FailureCode;
use passport_testkit::{
    connector,
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};

use super::bench::{NOW, at};
use crate::connectors::slack::Slack;

/// What a check says with this behind the endpoint; and that it only reads.
async fn checked(script: Script, mode: &str) -> Result<Observation, CollectError> {
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "slack", "mode": mode, "endpoint": provider.base(), "notify": true,
        "credential": {"env": "SLACK_TOKEN"}, "scope": {"team": "T0ACME", "channel": "C0REL"},
    });
    let hook = format!(
        "{}/services/T0ACME/B0REL/not-a-real-secret",
        provider.base()
    );
    let secret = if mode == "web_api" { "token" } else { &hook };
    let hub = connector::hub(&[("SLACK_TOKEN", secret)]);
    let source = connector::built::<Slack>(&source, &hub).unwrap();
    let checked = source.check(&connector::request(at(NOW))).await;
    for seen in provider.requests() {
        assert_eq!((&*seen.method, &*seen.path), ("GET", "/api/auth.test"));
        assert_eq!(seen.header("authorization"), Some("Bearer token"));
    }
    checked
}

fn answering(body: Value, scopes: &str) -> Script {
    let reply = Reply::json(200, body).header("X-OAuth-Scopes", scopes);
    Provider::script()
        .on("GET", "/api/auth.test")
        .respond(reply)
}

fn of_a_bot() -> Value {
    json!({"ok": true, "team_id": "T0ACME", "user_id": "U0BOT", "bot_id": "B0BOT", "user": "x"})
}

#[tokio::test]
async fn a_check_tells_how_much_the_token_may_do() {
    let of_a_person = json!({"ok": true, "team_id": "T0ACME", "user_id": "U0X"});
    for (body, scopes, shown) in [
        (of_a_bot(), "chat:write", "narrow"),
        (of_a_bot(), "chat:write,admin", "broad"),
        (of_a_bot(), "", "unverifiable"),
        (of_a_person, "chat:write", "broad"),
    ] {
        let observed = checked(answering(body, scopes), "web_api").await.unwrap();
        assert_eq!(observed.facts.len(), 1);
        assert_eq!(observed.facts[0].name().as_str(), "credential_scope");
        let value = observed.facts[0].value_text();
        assert_eq!(value.as_deref(), Some(shown), "{scopes}");
        let text = format!("{observed:?}");
        assert!(!text.contains("U0") && !text.contains("B0BOT"), "{text}");
    }
}

#[tokio::test]
async fn a_token_that_is_none_or_of_another_workspace_fails_the_check() {
    let refused = |code: &str| json!({"ok": false, "error": code});
    for (body, code) in [
        (refused("invalid_auth"), FailureCode::Unauthenticated),
        (refused("token_revoked"), FailureCode::Unauthenticated),
        (refused("account_inactive"), FailureCode::Unauthenticated),
        (refused("ekm_access_denied"), FailureCode::Denied),
        (refused("ratelimited"), FailureCode::Throttled),
        (json!({"ok": false}), FailureCode::Malformed),
        (json!({"ok": true}), FailureCode::OutOfScope),
        (
            json!({"ok": true, "team_id": "T0EVIL", "bot_id": "B0"}),
            FailureCode::OutOfScope,
        ),
        (json!({}), FailureCode::Malformed),
        (json!([]), FailureCode::Malformed),
    ] {
        let error = checked(answering(body.clone(), "chat:write"), "web_api").await;
        assert_eq!(error.unwrap_err().code, code, "{body}");
    }
    let page = Provider::script()
        .any()
        .respond(Reply::text(200, "<html>log in</html>"));
    let error = checked(page, "web_api").await.unwrap_err();
    assert_eq!(error.code, FailureCode::Malformed);
}

/// It can only be posted to, and a check posts nothing.
#[tokio::test]
async fn an_incoming_webhook_can_not_be_checked() {
    let error = checked(Provider::script(), "incoming_webhook").await;
    assert_eq!(error.unwrap_err().code, FailureCode::NotSupported);
}
