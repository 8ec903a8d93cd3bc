//! What is sent to Slack, when, and how a click on it comes back.

use std::time::Duration;

use passport_connector_sdk::server::{Delivered, Sent};
use passport_evidence::{Fact, FailureCode, Outcome, Reason, Role, Status, Subject};
use passport_testkit::{
    connector,
    env::Env,
    people,
    provider::{Provider, Script},
    scenario::{Bench, Trial, source_id},
};
use serde_json::{Value, json};

use super::bench::{NOW, SECRETS, at, delivery, fact, form, header, payload, settings, signature};
use crate::connectors::slack::Slack;

const TOKEN: &str = "not-a-real-token";

/// A Slack that takes every message.
fn taking() -> Script {
    let answer = json!({"ok": true, "channel": "C0REL", "ts": format!("{NOW}.000100")});
    Provider::script()
        .on("POST", "/api/chat.postMessage")
        .reply(200, answer)
}

/// A source of approvals by this Slack, asked about this version within this time.
fn asking(provider: &Provider, version: &str, patience: Duration) -> Trial {
    let mut source = settings(&["SLACK_SIGNING"]);
    source["endpoint"] = json!(provider.base());
    source["min_approvals"] = json!(1);
    started(source, version, patience)
}

fn started(source: Value, version: &str, patience: Duration) -> Trial {
    let id = source_id("workspace-acme-prod", "checkout-api", "production", "told").unwrap();
    let base = source["endpoint"].as_str().unwrap();
    let hook = format!("{base}/services/T0ACME/B0REL/not-a-real-secret");
    let env = [
        ("SLACK_TOKEN", TOKEN),
        ("SLACK_HOOK", &hook),
        ("SLACK_SIGNING", SECRETS[0]),
    ];
    let env = Env::from_iter(env.map(|(name, value)| (name.to_owned(), value.to_owned())));
    let bench = Bench::new(&connector::registry::<Slack>(), id, at(NOW))
        .source(source)
        .env(env)
        .subject(Some(Subject {
            version: Some(version.to_owned()),
            ..Subject::default()
        }))
        .deadline(patience);
    bench.start().map_err(|it| format!("{it:?}")).unwrap()
}

const PATIENT: Duration = Duration::from_secs(10);

/// The bodies of what was sent.
fn bodies(provider: &Provider) -> Vec<Value> {
    let requests = provider.requests().into_iter();
    let bodies = requests.map(|it| serde_json::from_slice(&it.body).unwrap());
    bodies.collect()
}

/// The ids that the buttons of a message carry, by action.
fn buttons(message: &Value) -> Vec<(String, String)> {
    let blocks = message["blocks"].as_array().unwrap().iter();
    let elements = blocks.flat_map(|it| it["elements"].as_array().into_iter().flatten());
    let text = |it: &Value| it.as_str().unwrap().to_owned();
    elements
        .map(|it| (text(&it["action_id"]), text(&it["value"])))
        .collect()
}

async fn facts(trial: &Trial) -> Vec<Fact> {
    match trial.collect().await.unwrap() {
        Outcome::Evidence(evidence) => evidence.facts().to_vec(),
        Outcome::Failure(failure) => panic!("{}", failure.code),
    }
}

#[tokio::test]
async fn one_message_goes_to_the_channel_with_the_token_in_its_header_alone() {
    let provider = taking().start().await.unwrap();
    let trial = asking(&provider, "2.14.0", PATIENT);
    // Collections send nothing.
    facts(&trial).await;
    assert!(provider.requests().is_empty());
    assert_eq!(trial.notify().await, Some(Sent::Now));
    assert_eq!(trial.notify().await, Some(Sent::Before));
    facts(&trial).await;
    let requests = provider.requests();
    assert_eq!(requests.len(), 1);
    let seen = &requests[0];
    assert_eq!(seen.target(), "/api/chat.postMessage");
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(seen.header("authorization"), Some(&*bearer));
    let kind = Some("application/json; charset=utf-8");
    assert_eq!(seen.header("content-type"), kind);
    let message = &bodies(&provider)[0];
    assert_eq!(message["channel"], "C0REL");
    assert_eq!(message["text"], "Release of checkout-api to production");
    let text = message.to_string();
    for private in [TOKEN, SECRETS[0], "U0", "workspace-acme-prod"] {
        assert!(!text.contains(private), "{text}");
    }
}

#[tokio::test]
async fn each_request_has_an_id_of_its_own_that_nobody_can_guess() {
    let provider = taking().start().await.unwrap();
    for version in ["2.14.0", "2.15.0"] {
        let trial = asking(&provider, version, PATIENT);
        assert_eq!(trial.notify().await, Some(Sent::Now));
    }
    let all: Vec<_> = bodies(&provider).iter().map(buttons).collect();
    for both in &all {
        let actions: Vec<_> = both.iter().map(|(action, _)| action.as_str()).collect();
        assert_eq!(actions, ["approve", "decline"]);
        let (_, id) = &both[0];
        assert_eq!(*id, both[1].1);
        let digits = id.strip_prefix("req_").unwrap();
        assert_eq!(hex::decode(digits).unwrap().len(), 32, "{id}");
    }
    assert_ne!(all[0], all[1]);
}

#[tokio::test]
async fn a_click_on_the_button_that_was_posted_approves() {
    let provider = taking().start().await.unwrap();
    let trial = asking(&provider, "2.14.0", PATIENT);
    trial.notify().await;
    let before = facts(&trial).await;
    let waits = fact(&before, "approval_decision").reason();
    assert_eq!(waits, Some(Reason::AwaitingApproval));
    let (act, id) = buttons(&bodies(&provider)[0]).remove(0);
    let body = form(&payload("U0APPR", &act, &id, NOW));
    let time = NOW.to_string();
    let headers = header(&time, &signature(SECRETS[0], &time, &body));
    let clicked = delivery(headers, body.into(), NOW);
    let first = trial.deliver(&clicked).await;
    assert!(matches!(first, Delivered::Accepted(..)));
    let again = trial.deliver(&clicked).await;
    assert!(matches!(again, Delivered::Duplicate(..)));
    let after = facts(&trial).await;
    let decision = fact(&after, "approval_decision");
    assert_eq!(decision.status(), Status::Passed);
    assert_eq!(decision.value_text().as_deref(), Some("1"));
    let authenticity = fact(&after, "approval_authenticity");
    assert_eq!(authenticity.status(), Status::Passed);
    let text = people::shown(&after);
    assert!(!text.contains("U0APPR"), "{text}");
    // The decision tells who made it, and no other fact tells of anybody.
    let others = after.iter().filter(|it| it.name() != decision.name());
    assert!(others.into_iter().all(|it| it.actors().is_empty()));
    let roles = people::roles(&after, "approval_decision");
    assert_eq!(roles, [Role::Approver, Role::Requester]);
}

#[tokio::test]
async fn an_incoming_webhook_is_told_no_channel_and_shown_no_token() {
    let script = Provider::script().any();
    let script = script.respond(passport_testkit::provider::Reply::text(200, "ok"));
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "slack", "mode": "incoming_webhook", "endpoint": provider.base(),
        "credential": {"env": "SLACK_HOOK"}, "scope": {"team": "T0ACME", "channel": "C0REL"},
        "notify": true,
    });
    let trial = started(source, "2.14.0", PATIENT);
    assert_eq!(trial.notify().await, Some(Sent::Now));
    let requests = provider.requests();
    assert_eq!(requests.len(), 1);
    let target = "/services/T0ACME/B0REL/not-a-real-secret";
    assert_eq!(requests[0].target(), target);
    assert_eq!(requests[0].header("authorization"), None);
    let message = &bodies(&provider)[0];
    assert!(message.get("channel").is_none() && buttons(message).is_empty());
    let facts = facts(&trial).await;
    let accepted = fact(&facts, "notification_accepted");
    assert_eq!(accepted.value_text().as_deref(), Some("webhook"));
}

/// While it is being sent nobody knows what comes of it; then there was no answer, and it may have arrived.
#[tokio::test]
async fn a_message_on_its_way_proves_nothing_and_is_never_sent_again() {
    let provider = Provider::script().any().hang().start().await.unwrap();
    let trial = asking(&provider, "2.14.0", Duration::from_secs(2));
    let meanwhile = async {
        while provider.requests().is_empty() {
            tokio::task::yield_now().await;
        }
        facts(&trial).await
    };
    let (sent, facts) = tokio::join!(trial.notify(), meanwhile);
    let accepted = fact(&facts, "notification_accepted");
    assert_eq!(accepted.reason(), Some(Reason::Unavailable));
    let decision = fact(&facts, "approval_decision");
    assert_eq!(decision.reason(), Some(Reason::Unavailable));
    assert!(matches!(sent, Some(Sent::Not(it)) if it.code == FailureCode::TimedOut));
    match trial.collect().await.unwrap() {
        Outcome::Failure(failure) => assert_eq!(failure.code, FailureCode::TimedOut),
        Outcome::Evidence(evidence) => panic!("{evidence:?}"),
    }
    assert_eq!(trial.notify().await, Some(Sent::Before));
    assert_eq!(provider.requests().len(), 1);
}

/// What names a release is a text of somebody else's.
#[tokio::test]
async fn no_version_calls_anybody_or_forms_the_message() {
    let provider = taking().start().await.unwrap();
    let hostile = "<!channel> <@U0APPR> @here *now* <https://example.com|log in>\n/invite";
    let trial = asking(&provider, hostile, PATIENT);
    trial.notify().await;
    let message = &bodies(&provider)[0];
    let text = message.to_string();
    for call in ["<!", "<@", "@here", "<http", "\\n"] {
        assert!(!text.contains(call), "{text}");
    }
    let plain = message["blocks"].as_array().unwrap().iter();
    let kinds = plain
        .map(|it| &it["text"]["type"])
        .filter(|it| !it.is_null());
    assert!(kinds.into_iter().all(|it| it == "plain_text"), "{text}");
    for (key, wanted) in [("parse", json!("none")), ("link_names", json!(false))] {
        assert_eq!(message[key], wanted);
    }
}
