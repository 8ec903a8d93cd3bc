//! Questions about the rights of the credential, as a cluster's API answers them.

use serde_json::{Value, json};

use super::listed::Asked;
use super::reply::Reply;
use crate::case::{AccessReviews, Attributes};

/// Whether the request asks if one thing is allowed.
pub(super) fn is_review(asked: &Asked<'_>) -> bool {
    asked.method == "POST" && asked.path.ends_with("/selfsubjectaccessreviews")
}

/// The answer to a question that no exchange lists; nothing if the request is no such question.
pub(super) fn answer(asked: &Asked<'_>, reviews: &AccessReviews) -> Option<Reply> {
    if is_review(asked) {
        let wanted = attributes(&asked.body);
        let allowed = reviews.allowed.contains(&wanted) || reviews.default;
        return Some(Reply::json(201, reviewed(&asked.body, allowed)));
    }
    let other = ["/selfsubjectreviews", "/selfsubjectrulesreviews"];
    let is_other = asked.method == "POST" && other.iter().any(|path| asked.path.ends_with(path));
    is_other.then(|| {
        Reply::json(
            404,
            json!({"status": "Failure", "reason": "NotFound", "code": 404}),
        )
    })
}

/// The question with its answer put in.
fn reviewed(question: &Value, allowed: bool) -> Value {
    let mut answer = question.as_object().cloned().unwrap_or_default();
    answer.insert("status".to_owned(), json!({ "allowed": allowed }));
    Value::Object(answer)
}

/// What a question is about.
pub(super) fn attributes(question: &Value) -> Attributes {
    let part = |name: &str| {
        let text = question.pointer(&format!("/spec/resourceAttributes/{name}"));
        text.and_then(Value::as_str).unwrap_or_default().to_owned()
    };
    Attributes {
        verb: part("verb"),
        group: part("group"),
        resource: part("resource"),
        subresource: part("subresource"),
        namespace: part("namespace"),
    }
}
