//! Whatever Slack answers, only what it really says passes.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use passport_connector_sdk::NoticeState;
use passport_evidence::Status;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{NOW, fact, judged, kept_in, source};
use crate::connectors::{changes::change, slack::post};

const ANSWERS: u32 = 10_000;

fn answer() -> Value {
    json!({"ok": true, "channel": "C0REL", "ts": "1777800602.000200", "error": "is_archived",
           "message": {"text": "x", "ts": "1777800602.000200"}})
}

fn values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(false),
        json!("true"),
        json!(0),
        json!(1_777_800_602.5),
        json!(""),
        json!("C0OTHER"),
        json!("1777800602"),
        json!("99999999999.000000"),
        json!("1777800000.000000"),
        json!("ratelimited"),
        json!("Not a code"),
        json!([]),
        json!({}),
        json!([true, "C0REL"]),
    ]
}

/// Reads the same JSON in a way of its own. An error that can't be read may be one.
fn is_taken(answer: &Value) -> bool {
    let ts = answer["ts"].as_str().unwrap_or_default();
    let is_stamp = [
        "1777800602.000200",
        "1777800000.000000",
        "99999999999.000000",
    ]
    .contains(&ts);
    let error = &answer["error"];
    let is_readable = error.is_null() || error.is_string();
    answer["ok"] == json!(true) && answer["channel"] == "C0REL" && is_stamp && is_readable
}

fn scopes(text: &str) -> HeaderMap {
    let name = HeaderName::from_static("x-oauth-scopes");
    HeaderMap::from_iter([(name, HeaderValue::from_str(text).unwrap())])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ANSWERS))]

    #[test]
    fn changed_answers_pass_nothing_that_they_do_not_say(
        changes in prop::collection::vec(change(&answer(), values()), 1..4),
        may in prop::sample::select(vec!["chat:write", "admin", "", "chat:write,admin"]),
    ) {
        let mut answer = answer();
        for change in &changes {
            change.apply(&mut answer);
        }
        let body = Bytes::from(answer.to_string());
        let Ok(posted) = post::read(&scopes(may), &body, "C0REL") else {
            prop_assert_ne!(&answer["ok"], &json!(true));
            return Ok(());
        };
        let answered = NoticeState::Answered(serde_json::to_value(posted).unwrap());
        let facts = judged(source(), &kept_in(answered, Vec::new()), NOW);
        for name in ["notification_accepted", "notification_delivered"] {
            let has_passed = fact(&facts, name).status() == Status::Passed;
            prop_assert_eq!(has_passed, is_taken(&answer), "{} of {}", name, answer);
        }
        let breadth = facts.iter().find(|it| it.name().as_str() == "credential_scope");
        let is_narrow = breadth.is_some_and(|it| it.status() == Status::Passed);
        prop_assert!(!is_narrow || may == "chat:write");
        let shown = format!("{facts:?}");
        prop_assert!(!shown.contains("Not a code"), "{}", shown);
    }

    #[test]
    fn whatever_was_kept_only_a_whole_message_is_one(
        changes in prop::collection::vec(
            change(
                &json!({"id": "req_1", "postedTs": "1777800602.000200", "channel": "C0REL",
                        "expiresAt": "2026-05-03T09:34:05Z", "byWebhook": false, "unclear": "x",
                        "refused": "x", "breadth": {"narrow": ["chat:write"]}}),
                values(),
            ),
            0..4,
        ),
    ) {
        let mut posted = json!({"id": "req_1", "postedTs": "1777800602.000200",
                                "channel": "C0REL", "expiresAt": "2026-05-03T09:34:05Z"});
        for change in &changes {
            change.apply(&mut posted);
        }
        let answered = NoticeState::Answered(posted.clone());
        let facts = judged(source(), &kept_in(answered, Vec::new()), NOW);
        let has_passed = fact(&facts, "notification_accepted").status() == Status::Passed;
        let is_whole = posted["channel"] == "C0REL"
            && ["refused", "unclear"].iter().all(|key| posted[key].is_null());
        prop_assert!(!has_passed || is_whole, "{}", posted);
        prop_assert!(fact(&facts, "approval_decision").status() != Status::Passed);
    }
}
