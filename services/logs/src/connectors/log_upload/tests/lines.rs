//! No line and no secret of a document is kept, shown or told, wherever it stands.

use passport_connector_sdk::Connector;
use passport_testkit::{
    capture,
    change::{self, Change},
    provider::{Provider, Reply, Script},
};
use rand::{Rng as _, rngs::StdRng};
use serde_json::{Value, json};

use super::source::{NOW, delivery, facts, good, now, source};
use crate::{
    connectors::log_upload::LogUpload,
    corpus,
    proof::{self, Collected, Seen},
};

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

/// A good document with a line in some place, as a key, or beside.
fn with_line(random: &mut StdRng, line: &str) -> Value {
    let mut document = good();
    let places = change::places(&document);
    let place = places[random.random_range(0..places.len())].clone();
    match random.random_range(0..4) {
        0 => Change::Set(place, line.into()).apply(&mut document),
        1 => Change::Set(place, json!({line: [line]})).apply(&mut document),
        2 => document[line] = json!({"text": line}),
        _ => document["lines"] = json!([line, {"message": line}]),
    }
    document
}

#[tokio::test]
async fn nothing_of_any_line_is_kept_shown_told_or_logged() {
    let mut random = proof::random(41);
    for _ in 0..proof::LINES / 400 {
        let lines = |random: &mut StdRng| {
            let secret = proof::secret(random);
            proof::line(random, secret)
        };
        let some: Vec<_> = (0..400).map(|_| lines(&mut random)).collect();
        let bodies: Vec<_> = some
            .iter()
            .map(|it| with_line(&mut random, &it.text).to_string())
            .collect();
        let uploaded = || async move {
            let source = source();
            let out = bodies.into_iter().map(|it| outputs(source.as_ref(), it));
            out.collect::<Vec<_>>().join("\n")
        };
        let (out, log) = capture::logged(uploaded).await.unwrap();
        let seen = Seen::of(&format!("{out}\n{log}"));
        for line in &some {
            assert_eq!(seen.shows(&line.secret.pieces), None, "{}", line.text);
        }
    }
}

const COLLECTED: Collected = Collected {
    source: |base| {
        json!({
            "connector": "log-upload", "endpoint": base, "credential": {"env": "TOKEN"},
            "scope": {"service": "checkout-api", "environment": "production"}, "max_age": "5m",
            "queries": {"error_log_count": {
                "request": {"path": "/v1/${service}/errors"},
                "read": {
                    "count": "/summary/matched", "newest": "/summary/newest", "lines": "/summary/total",
                    "complete": {"pointer": "/summary/complete", "equals": true}, "service": "/service",
                },
                "threshold": "< 100",
            }},
        })
    },
    script: |lines| {
        let mut document = good();
        document["lines"] = json!(lines);
        Provider::script().any().respond(Reply::json(200, document))
    },
    lines: 3,
    shows: false,
    now,
};

#[tokio::test]
async fn nothing_of_a_line_of_the_store_leaves() {
    assert_eq!(now().timestamp(), NOW);
    proof::lines_show_no_secret::<LogUpload>(42, COLLECTED).await;
}

#[tokio::test]
async fn nothing_of_a_bad_answer_leaves() {
    let bad = |random: &mut StdRng, text: &str| -> Script {
        let reply = match random.random_bool(0.5) {
            true => proof::spoilt(random, &good(), text),
            false => Reply::json(200, with_line(random, text)),
        };
        Provider::script().any().respond(reply)
    };
    proof::errors_show_no_secret::<LogUpload>(43, COLLECTED, bad).await;
}

/// The lines of the corpus, none of which is shown at all.
#[tokio::test]
async fn nothing_of_the_corpus_leaves() {
    for raw in corpus::raw() {
        for place in PLACES {
            let found = outputs(source().as_ref(), planted(place, &raw).to_string());
            assert!(!found.contains(&raw), "{place}: {found}");
        }
    }
}
