//! However hostile a name of the scope is, it is refused, or stands as one value in its places of the request.

use passport_connector_sdk::{Kept, settings::Span};
use passport_testkit::{
    connector,
    provider::{Provider, Reply, Seen},
};
use proptest::{prelude::*, sample::select, strategy::ValueTree as _, test_runner::TestRunner};
use serde_json::{Value, json};

use super::source::now;
use crate::connectors::log_upload::{
    LogUpload,
    settings::{RequestSettings, Scope},
    template::Template,
};

const VALUES: u32 = 20_000;
/// Each is a source that asks.
const SENT: usize = 200;
const PLAIN: &str = "checkout-api";

/// What ends a segment, a value or a text, and what looks like a placeholder or an escape.
const PIECES: [&str; 28] = [
    "/",
    "//",
    "..",
    "/../",
    "%2f",
    "%2e%2e",
    "%00",
    "?",
    "#",
    "&",
    "=",
    ";",
    "+",
    " ",
    "\"",
    "\\",
    "\\u0022",
    "}",
    "]",
    "\",\"x\":\"",
    "${from}",
    "${to}",
    "${service}",
    "${",
    "\n",
    "\0",
    "\u{202e}",
    "é",
];

fn values() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => select(PIECES.as_slice()).prop_map(str::to_owned),
        2 => "[a-z0-9.:_-]{1,6}",
        1 => any::<String>(),
    ];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

fn request() -> Value {
    json!({
        "method": "POST",
        "path": "/v1/services/${service}/in-${environment}",
        "query": {"env": "${environment}", "from": "${from}", "q": "service:${service}"},
        "body": {"filter": [{"service": "${service}"}], "text": "of ${service} until ${to}", "n": 1},
    })
}

/// The same as it should be asked of this name. Made by hand, so that nothing of a name can be read as more.
fn wanted(name: &str, from: &str, to: &str) -> Value {
    json!({
        "method": "POST",
        "path": ["v1", "services", name, "in-production"],
        "query": [["env", "production"], ["from", from], ["q", format!("service:{name}")]],
        "body": {"filter": [{"service": name}], "text": format!("of {name} until {to}"), "n": 1},
    })
}

fn asked(name: &str) -> Option<Value> {
    let settings: RequestSettings = serde_json::from_value(request()).unwrap();
    let scope = Scope {
        service: name.to_owned(),
        environment: "production".to_owned(),
    };
    let template = Template::new(&settings, &scope, Span::of_seconds(300));
    template.ok().map(|it| it.question())
}

#[test]
fn a_plain_name_is_asked_for() {
    assert_eq!(asked(PLAIN), Some(wanted(PLAIN, "${from}", "${to}")));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: VALUES, failure_persistence: None, ..ProptestConfig::default() })]

    /// A name with a slash is refused in a path, which some servers would split.
    #[test]
    fn no_name_changes_what_is_asked(name in values()) {
        match asked(&name) {
            None => prop_assert!(name.contains('/'), "{:?}", name),
            Some(asked) => prop_assert_eq!(asked, wanted(&name, "${from}", "${to}")),
        }
    }
}

fn source(endpoint: &str, name: &str) -> Value {
    json!({
        "connector": "log-upload",
        "endpoint": endpoint,
        "scope": {"service": name, "environment": "production"},
        "max_age": "5m",
        "queries": {"log_lines": {"request": request(), "read": {"count": "/n", "newest": "/at"}}},
    })
}

/// What a server reads of a request that arrived.
fn arrived(seen: &Seen) -> Value {
    let url = url::Url::parse(&format!("http://h{}", seen.target())).unwrap();
    let path: Vec<_> = url.path_segments().unwrap().map(decoded).collect();
    let query: Vec<_> = url
        .query_pairs()
        .map(|(key, value)| json!([key, value]))
        .collect();
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    json!({"method": seen.method, "path": path, "query": query, "body": body})
}

/// A segment without its escapes, read as the value of a form that has no plus signs of its own.
fn decoded(segment: &str) -> String {
    let form = format!("s={}", segment.replace('+', "%2B"));
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Names that the configuration admits, as they arrive at a server.
#[tokio::test]
async fn what_is_admitted_arrives_as_one_value() {
    let provider = Provider::script()
        .any()
        .respond(Reply::json(200, json!({})));
    let provider = provider.start().await.unwrap();
    let mut runner = TestRunner::deterministic();
    let names = "[a-zA-Z0-9][a-zA-Z0-9.:_-]{0,40}";
    let (mut sent, mut seen) = (0, 0);
    while sent < SENT {
        let name = names.new_tree(&mut runner).unwrap().current();
        let built =
            connector::built::<LogUpload>(&source(&provider.base(), &name), &connector::hub(&[]));
        // Two dots lead up, and a pattern is no name.
        let Ok(built) = built else {
            assert!(name.contains("..") || name.contains(".*"), "{name}");
            continue;
        };
        let request = connector::request(now());
        let _ = built.collect(&request, &Kept::default()).await;
        sent += 1;
        let all = provider.requests();
        let wanted = wanted(&name, "2026-05-03T09:25:00Z", "2026-05-03T09:30:00Z");
        assert!(all.len() > seen);
        for arrival in &all[seen..] {
            assert_eq!(arrived(arrival), wanted, "{name}");
        }
        seen = all.len();
    }
}
