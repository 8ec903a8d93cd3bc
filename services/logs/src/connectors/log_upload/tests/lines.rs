//! No line and no secret of a document is kept, shown or told, wherever it stands.

use passport_connector_sdk::Connector;
use serde_json::{Value, json};

use super::source::{delivery, facts, good, source};

/// Lines as customers log them, with made-up secrets and personal details.
const LINES: [&str; 9] = [
    "level=error msg=\"charge failed\" user=ana.lopez@example.com card=4111 1111 1111 1111",
    "authorization=\"Bearer EXAMPLE.not.a.token.000000\"",
    "GET /pay?token=EXAMPLE123&order=17 200",
    "db connect postgres://app:EXAMPLEpw@db.internal:5432/shop failed",
    "aws key AKIAIOSFODNN7EXAMPLE used",
    "jwt eyJhbGciOiJub25lIn0xx.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl rejected",
    "client 2001:db8::8a2e:370:7334 closed",
    "-----BEGIN PRIVATE KEY----- MIIEXAMPLE",
    "iban DE89 3704 0044 0532 0130 00",
];

/// Every place of a document, those that are read among them, and some that are added.
const PLACES: [&str; 9] = [
    "/summary/matched",
    "/summary/complete",
    "/summary/newest",
    "/summary/total",
    "/summary/line",
    "/service",
    "/lines",
    "/summary",
    "",
];

fn planted(place: &str, line: &str) -> Value {
    let mut document = good();
    match document.pointer_mut(place) {
        Some(found) => *found = json!(line),
        None => {
            let (parent, key) = place.rsplit_once('/').unwrap();
            document.pointer_mut(parent).unwrap()[key] = json!([{"text": line}]);
        }
    }
    document
}

/// All that leaves a source, or stays of an upload.
fn outputs(source: &dyn Connector, body: String) -> String {
    match source.accept(&delivery(body)) {
        Err(rejected) => String::from_utf8_lossy(&rejected.reply.body).into_owned(),
        Ok(accepted) => {
            let kept = accepted
                .records
                .iter()
                .map(|it| String::from_utf8_lossy(it));
            let kept: Vec<_> = kept.collect();
            let reply = String::from_utf8_lossy(&accepted.reply.body);
            let facts = facts(source, accepted.records.clone());
            format!("{kept:?} {reply} {facts:?} {}", accepted.idempotency_key)
        }
    }
}

#[test]
fn no_line_is_kept_shown_or_told() {
    let source = source();
    for line in LINES {
        for place in PLACES {
            let found = outputs(source.as_ref(), planted(place, line).to_string());
            let words = line
                .split([' ', '=', '"', '&', '?'])
                .filter(|it| it.len() > 5);
            for word in words {
                assert!(!found.contains(word), "{place}: {word} in {found}");
            }
        }
    }
}
