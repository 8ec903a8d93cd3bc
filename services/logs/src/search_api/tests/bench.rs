//! Sources and answers that the tests of both connectors start from.

use chrono::{DateTime, Utc};
use passport_connector_sdk::ConnectorKind;
use passport_evidence::blank::is_blank;
use passport_testkit::{
    connector,
    provider::{Provider, Reply, Script},
};
use serde_json::{Value, json};

use crate::{
    corpus,
    proof::{self, Collected},
};

pub const NOW: i64 = 1_777_800_600;
pub const SEARCH: &str = "/logs-checkout-api-*/_search";

pub fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(NOW, 0).unwrap()
}

/// A source that shows a token.
pub fn source(connector: &str, base: &str) -> Value {
    json!({
        "connector": connector,
        "endpoint": base,
        "credential": {"token": {"env": "TOKEN"}},
        "scope": {
            "index": "logs-checkout-api-*",
            "terms": {"service.environment": "production", "service.name": "checkout-api"},
        },
        "queries": {"error_log_count": {"match": {"log.level": "error"}, "threshold": "< 100", "excerpts": 1}},
    })
}

/// The answer to a count.
pub fn count() -> Value {
    json!({
        "took": 18,
        "timed_out": false,
        "_shards": {"total": 5, "successful": 5, "skipped": 0, "failed": 0},
        "hits": {"total": {"value": 12, "relation": "eq"}, "max_score": null, "hits": []},
    })
}

/// The answer to the question for the newest line, written so many seconds ago.
pub fn newest(ago: i64) -> Value {
    let mut answer = count();
    answer["aggregations"] = json!({"newest": {"value": ((NOW - ago) * 1_000) as f64}});
    answer
}

/// A server on which the source itself is read well.
pub fn readable() -> Script {
    let newest = Reply::json(200, newest(6));
    Provider::script().on("POST", SEARCH).respond(newest)
}

/// What a check of the credential says, or how it failed.
pub async fn breadth_of<K: ConnectorKind>(
    kind: &str,
    script: Script,
    credential: Option<Value>,
) -> String {
    let provider = script.start().await.unwrap();
    let mut source = source(kind, &provider.base());
    match credential {
        Some(credential) => source["credential"] = credential,
        None => drop(source.as_object_mut().unwrap().remove("credential")),
    }
    let hub = connector::hub(&[("TOKEN", "token-1")]);
    let built = connector::built::<K>(&source, &hub).unwrap();
    match built.check(&connector::request(now())).await {
        Ok(seen) => seen.facts[0].value_text().unwrap_or_default(),
        Err(error) => format!("failed {}", error.code),
    }
}

/// The proposal, with something in the place of each blank.
fn filled(key: &str, setting: Value) -> Value {
    if let Value::Object(all) = setting {
        let each = all.into_iter();
        return each
            .map(|(key, it)| (key.clone(), filled(&key, it)))
            .collect();
    }
    if !setting.as_str().is_some_and(is_blank) {
        return setting;
    }
    let text = match key {
        "endpoint" => "https://logs.example.com",
        "index" => "logs-checkout-api-*",
        "threshold" => "< 100",
        _ => "checkout-api",
    };
    text.into()
}

/// Whether the source that is proposed for a file can be built once its blanks are filled.
pub fn is_proposed_well<K: ConnectorKind>(path: &str, text: &str) -> bool {
    let file = (path.to_owned(), text.to_owned());
    let found = K::DETECT.unwrap()(&[file].into_iter().collect());
    let settings = &found[0].proposal.settings;
    let source = settings
        .iter()
        .map(|(key, it)| (key.to_string(), serde_json::to_value(it).unwrap()));
    let mut source = filled("", source.collect());
    source["connector"] = K::DESCRIPTOR.id.into();
    connector::built::<K>(&source, &connector::hub(&[])).is_ok()
}

/// Reads each line of the corpus of redaction through a source that shows one excerpt.
pub async fn shows_lines_only_redacted<K: ConnectorKind>(kind: &'static str) {
    corpus::stays_inside(move |line| collected::<K>(kind, line)).await;
}

/// All that a collection gives, where this is the one line that matches.
async fn collected<K: ConnectorKind>(kind: &'static str, message: String) -> String {
    let mut answer = newest(6);
    answer["hits"]["hits"] = json!([{"_index": "a", "_id": "1", "_source": {"message": message}}]);
    let answers = Provider::script()
        .on("POST", SEARCH)
        .respond(Reply::json(200, answer));
    let provider = answers.start().await.unwrap();
    let hub = connector::hub(&[("TOKEN", "token-1")]);
    let built = connector::built::<K>(&source(kind, &provider.base()), &hub).unwrap();
    let seen = built
        .collect(&connector::request(now()), &Default::default())
        .await
        .unwrap();
    format!("{} {seen:?}", serde_json::to_string(&seen.facts).unwrap())
}

/// Reads lines with secrets of every kind, in their message and beside it.
pub async fn shows_no_secret_of_lines<K: ConnectorKind>(kind: &'static str) {
    proof::lines_show_no_secret::<K>(21, shown_by(kind)).await;
}

/// Reads bad answers with secrets of every kind in them.
pub async fn shows_no_secret_of_errors<K: ConnectorKind>(kind: &'static str) {
    let bad = |random: &mut rand::rngs::StdRng, text: &str| {
        let good = with_lines(&["an older one".to_owned()]);
        Provider::script()
            .any()
            .respond(proof::spoilt(random, &good, text))
    };
    proof::errors_show_no_secret::<K>(22, shown_by(kind), bad).await;
}

fn shown_by(kind: &'static str) -> Collected {
    Collected {
        source: match kind {
            "opensearch" => |base| of_three_lines("opensearch", base),
            _ => |base| of_three_lines("elasticsearch", base),
        },
        script: |lines| {
            Provider::script()
                .any()
                .respond(Reply::json(200, with_lines(lines)))
        },
        lines: 3,
        shows: true,
        now,
    }
}

fn of_three_lines(kind: &str, base: &str) -> Value {
    let mut source = source(kind, base);
    source["queries"]["error_log_count"]["excerpts"] = json!(3);
    source
}

fn with_lines(lines: &[String]) -> Value {
    let mut answer = newest(6);
    let hits = lines.iter().zip(1..).map(|(line, id)| {
        let line = json!({"message": line, "error": {"detail": line}, "tags": [line]});
        json!({"_index": "a", "_id": id.to_string(), "_source": line})
    });
    answer["hits"]["hits"] = hits.collect();
    answer
}
