//! Answers of a real API server, version 1.36, read.

use passport_connector_sdk::ReadError;
use serde_json::{Value, json};

use super::{
    review::{Allowed, Review},
    status::Refusal,
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata");

fn recorded(name: &str) -> Value {
    let text = std::fs::read_to_string(format!("{FOLDER}/{name}.json")).unwrap();
    let found: Value = serde_json::from_str(&text).unwrap();
    found["response"]["body"].clone()
}

fn refused(body: Value) -> Option<ReadError> {
    serde_json::from_value::<Refusal>(body).unwrap().error()
}

#[test]
fn refusals_say_what_kept_the_answer_back() {
    for (name, error) in [
        ("bad-token", ReadError::Unauthenticated),
        ("forbidden-other-namespace", ReadError::Denied),
        ("deployment-missing", ReadError::NotFound),
    ] {
        assert_eq!(refused(recorded(name)), Some(error), "{name}");
    }
    let busy = json!({"kind": "Status", "status": "Failure", "code": 429});
    assert_eq!(refused(busy), Some(ReadError::Throttled { retry_at: None }));
    let bare = json!({"kind": "Status", "status": "Failure"});
    assert_eq!(refused(bare), Some(ReadError::Malformed));
}

#[test]
fn what_has_a_status_of_its_own_is_no_refusal() {
    let object = json!({"kind": "Deployment", "status": {"observedGeneration": 3}});
    assert_eq!(refused(object), None);
    let deleted = json!({"kind": "Status", "status": "Success", "code": 200});
    assert_eq!(refused(deleted), None);
}

fn allowed(body: Value) -> Allowed {
    serde_json::from_value::<Review>(body).unwrap().allowed()
}

#[test]
fn reviews_of_two_tokens_are_told_apart() {
    for (name, wanted) in [
        ("review-passport-secrets-everywhere", Allowed::No),
        ("review-passport-star", Allowed::No),
        ("review-too-broad-secrets-everywhere", Allowed::Yes),
        ("review-too-broad-star", Allowed::Yes),
    ] {
        assert_eq!(allowed(recorded(name)), wanted, "{name}");
    }
}

#[test]
fn a_no_that_was_not_worked_out_is_none() {
    let partly = json!({"status": {"allowed": false, "evaluationError": "webhook timed out"}});
    assert_eq!(allowed(partly), Allowed::Untold);
    let both = json!({"status": {"allowed": true, "denied": true}});
    assert_eq!(allowed(both), Allowed::Untold);
    assert!(serde_json::from_value::<Review>(json!({"status": {}})).is_err());
}
