//! What of a line leaves.

use passport_testkit::{
    connector,
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};

use super::provider::{NOW, labels, nanos};
use crate::{
    connectors::loki::Loki,
    corpus,
    proof::{self, Collected},
};

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

const COLLECTED: Collected = Collected {
    source: |base| {
        let query = json!({"lines": "{${scope}}", "threshold": "< 100", "excerpts": 3});
        json!({
            "connector": "loki", "endpoint": base, "credential": {"env": "TOKEN"},
            "scope": {"labels": labels()}, "queries": {"error_log_count": query},
        })
    },
    script: |lines| {
        Provider::script()
            .any()
            .respond(Reply::json(200, answer(lines)))
    },
    lines: 3,
    shows: true,
    now: || chrono::DateTime::from_timestamp(NOW, 0).unwrap(),
};

/// Lines with the text in their metadata too, and in a label that nobody asked for.
fn answer(lines: &[String]) -> Value {
    let values = lines.iter().zip(6..);
    let values: Vec<_> = values
        .map(|(line, ago)| json!([nanos(ago), line, {"detail": line}]))
        .collect();
    let mut stream = labels();
    stream["detail"] = json!(lines.first());
    let stream = json!({"stream": stream, "values": values});
    json!({"status": "success", "data": {"resultType": "streams", "result": [stream], "stats": {}}})
}

#[tokio::test]
async fn no_secret_of_any_line_leaves() {
    proof::lines_show_no_secret::<Loki>(11, COLLECTED).await;
}

#[tokio::test]
async fn no_secret_of_a_bad_answer_leaves() {
    let bad = |random: &mut rand::rngs::StdRng, text: &str| -> Script {
        let good = answer(&["an older one".to_owned()]);
        Provider::script()
            .any()
            .respond(proof::spoilt(random, &good, text))
    };
    proof::errors_show_no_secret::<Loki>(12, COLLECTED, bad).await;
}
