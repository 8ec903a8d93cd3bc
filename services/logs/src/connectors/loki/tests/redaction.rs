//! What of a line leaves.

use passport_testkit::{
    connector,
    provider::{Provider, Reply},
};
use serde_json::json;

use super::provider::{NOW, labels, nanos};
use crate::{connectors::loki::Loki, corpus};

/// All that a collection gives, where this is the newest line.
async fn collected(message: String) -> String {
    let lines = json!([[nanos(60), "an older one"], [nanos(6), message]]);
    let stream = json!({"stream": labels(), "values": lines});
    let answer =
        json!({"status": "success", "data": {"resultType": "streams", "result": [stream]}});
    let script = Provider::script().any().respond(Reply::json(200, answer));
    let provider = script.start().await.unwrap();
    let source = json!({
        "connector": "loki",
        "endpoint": provider.base(),
        "scope": {"labels": labels()},
        "queries": {"error_log_count": {"lines": "{${scope}}", "threshold": "< 100", "excerpts": 1}},
    });
    let built = connector::built::<Loki>(&source, &connector::hub(&[])).unwrap();
    let now = chrono::DateTime::from_timestamp(NOW, 0).unwrap();
    let seen = built
        .collect(&connector::request(now), &Default::default())
        .await
        .unwrap();
    assert_eq!(seen.facts[0].excerpts().iter().count(), 1);
    format!("{} {seen:?}", serde_json::to_string(&seen.facts).unwrap())
}

#[tokio::test]
async fn no_secret_of_a_line_leaves() {
    corpus::stays_inside(collected).await;
}
