//! Counts of nothing, where a field can or can not be matched exactly.

use passport_connector_sdk::ConnectorKind;
use passport_evidence::Status;
use passport_testkit::{
    connector,
    provider::{Provider, Reply},
};
use serde_json::{Value, json};

use super::bench::{SEARCH, count, newest, now, source};

const FIELDS: &str = "/logs-checkout-api-*/_field_caps";

/// What is said of so many errors where the server says this of their field, and how often it was asked for that.
async fn said<K: ConnectorKind>(kind: &str, errors: u64, fields: Reply) -> (String, usize) {
    let mut own = count();
    own["hits"]["total"]["value"] = json!(errors);
    let script = Provider::script()
        .on("POST", SEARCH)
        .body(json!({"aggs": {"newest": {}}}))
        .reply(200, newest(6));
    let script = script
        .on("POST", SEARCH)
        .body(json!({"sort": [{"@timestamp": "desc"}]}))
        .reply(200, own);
    let script = script
        .on("GET", FIELDS)
        .query("fields", "log.level")
        .respond(fields);
    let provider = script.start().await.unwrap();
    let mut source = source(kind, &provider.base());
    source["queries"]["error_log_count"]["excerpts"] = json!(0);
    let built = connector::built::<K>(&source, &connector::hub(&[("TOKEN", "token-1")])).unwrap();
    let seen = built
        .collect(&connector::request(now()), &Default::default())
        .await
        .unwrap();
    let fact = &seen.facts[0];
    let asked = provider
        .requests()
        .iter()
        .filter(|it| it.path == FIELDS)
        .count();
    let reason = fact.reason().map(|it| format!(" {it}")).unwrap_or_default();
    (format!("{}{reason}", fact.status()), asked)
}

fn of(kinds: Value) -> Reply {
    Reply::json(
        200,
        json!({"indices": ["logs-checkout-api-1"], "fields": {"log.level": kinds}}),
    )
}

fn kind(name: &str, searchable: bool) -> Value {
    json!({name: {"type": name, "searchable": searchable, "aggregatable": true}})
}

/// Nothing is found in a field of words, and that says nothing.
pub async fn nothing_in_a_field_of_words_says_nothing<K: ConnectorKind>(name: &str) {
    let passed = Status::Passed.as_str().to_owned();
    let two = json!({"keyword": {"searchable": true}, "text": {"searchable": true}});
    for (fields, wanted) in [
        (
            json!({"fields": {"log.level": kind("keyword", true)}}),
            passed.clone(),
        ),
        (
            json!({"fields": {"log.level": kind("constant_keyword", true)}}),
            passed.clone(),
        ),
        (json!({"fields": {"log.level": kind("long", true)}}), passed),
        (
            json!({"fields": {"log.level": kind("text", true)}}),
            "unknown QUERY_REJECTED".to_owned(),
        ),
        (
            json!({"fields": {"log.level": kind("match_only_text", true)}}),
            "unknown QUERY_REJECTED".to_owned(),
        ),
        (
            json!({"fields": {"log.level": kind("a_new_type", true)}}),
            "unknown QUERY_REJECTED".to_owned(),
        ),
        (
            json!({"fields": {"log.level": kind("keyword", false)}}),
            "unknown QUERY_REJECTED".to_owned(),
        ),
        (
            json!({"fields": {"log.level": two}}),
            "unknown QUERY_REJECTED".to_owned(),
        ),
        (
            json!({"fields": {"log.level": {}}}),
            "unknown NO_DATA".to_owned(),
        ),
        (json!({"fields": {}}), "unknown NO_DATA".to_owned()),
        (json!({"fields": []}), "unknown UNEXPECTED_SHAPE".to_owned()),
        (json!({}), "unknown UNEXPECTED_SHAPE".to_owned()),
    ] {
        let found = said::<K>(name, 0, Reply::json(200, fields.clone())).await;
        assert_eq!(found, (wanted, 1), "{fields}");
    }
}

/// What was found needs no proof that it can be.
pub async fn what_was_found_is_not_asked_about<K: ConnectorKind>(name: &str) {
    let found = said::<K>(name, 12, of(kind("text", true))).await;
    assert_eq!(found, ("passed".to_owned(), 0));
}

/// A server that does not tell of fields is believed, and one that refuses is not.
pub async fn only_a_server_that_does_not_tell_is_believed<K: ConnectorKind>(name: &str) {
    for (status, wanted) in [
        (404, "passed"),
        (400, "passed"),
        (403, "unknown DENIED"),
        (429, "unknown UNAVAILABLE"),
    ] {
        let (found, _) = said::<K>(name, 0, Reply::json(status, json!({}))).await;
        assert_eq!(found, wanted, "{status}");
    }
}
