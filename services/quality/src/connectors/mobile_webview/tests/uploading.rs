//! What is taken, and what the sender gets.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use http::{HeaderName, header::CONTENT_TYPE};
use passport_connector_sdk::{Connector, Delivery};
use serde_json::{Value, json};
use sha2::Sha256;

use super::bundle::{BOUNDARY, at, delivery, good, judged, part, passed, source, with_headers};

const KEY: &[u8] = b"passport-mesh-public-test-vector";

fn status(source: &dyn Connector, delivery: &Delivery) -> u16 {
    match source.accept(delivery) {
        Ok(accepted) => accepted.reply.status.as_u16(),
        Err(rejected) => rejected.reply.status.as_u16(),
    }
}

fn answer(body: impl Into<Vec<u8>>) -> u16 {
    status(source(json!({})).as_ref(), &delivery(body))
}

fn of_manifest(key: &str, value: Value) -> u16 {
    let mut bundle = good();
    *bundle.manifest.pointer_mut(key).unwrap() = value;
    answer(bundle.body())
}

#[test]
fn a_good_bundle_is_taken_and_passes() {
    let source = source(json!({}));
    let facts = judged(source.as_ref(), &delivery(good().body()));
    assert_eq!(
        passed(&facts),
        [
            "bundle_integrity",
            "ui_test_result",
            "screenshot_diff_ratio",
            "console_error_count",
            "network_failure_count"
        ]
    );
}

#[test]
fn the_boundary_may_be_quoted_and_must_be_one() {
    let source = source(json!({}));
    let of = |media_type: &str| with_headers(good().body(), &[(CONTENT_TYPE, media_type)]);
    for (media_type, said) in [
        (format!("multipart/form-data; boundary=\"{BOUNDARY}\""), 202),
        (format!("Multipart/Form-Data;boundary={BOUNDARY}"), 202),
        (format!("multipart/mixed; boundary={BOUNDARY}"), 400),
        ("multipart/form-data; boundary=".to_owned(), 400),
        ("multipart/form-data; boundary=other".to_owned(), 400),
        (
            format!("multipart/form-data; boundary={BOUNDARY}; boundary=b"),
            400,
        ),
        (format!("multipart/form-data; boundary=\"{BOUNDARY}"), 400),
        (
            format!("multipart/form-data; boundary={}", "b".repeat(71)),
            400,
        ),
    ] {
        assert_eq!(
            status(source.as_ref(), &of(&media_type)),
            said,
            "{media_type}"
        );
    }
    assert_eq!(
        status(source.as_ref(), &with_headers(good().body(), &[])),
        400
    );
    let one = format!("multipart/form-data; boundary={BOUNDARY}");
    let two = [(CONTENT_TYPE, one.as_str()), (CONTENT_TYPE, one.as_str())];
    assert_eq!(
        status(source.as_ref(), &with_headers(good().body(), &two)),
        400
    );
}

#[test]
fn what_two_readers_could_take_differently_is_refused() {
    let body = good().body();
    assert_eq!(answer(body.clone()), 202);
    let end = format!("--{BOUNDARY}--\r\n");
    for odd in [
        format!("preamble\r\n{body}"),
        format!("{body}\r\n"),
        body.replace(&end, ""),
        body.replace("\r\n", "\n"),
        body.replacen("form-data; name", "attachment; name", 1),
        body.replacen("name=\"net.har\"", "name=net.har", 1),
        body.replacen("name=\"net.har\"", "name=\"net.har\"; name=\"a\"", 1),
        body.replacen(
            "Content-Type: application",
            "Content-Disposition: form-data",
            1,
        ),
        body.replacen("Content-Type", "Content-Encoding", 1),
        body.replacen(
            &format!("\r\n--{BOUNDARY}\r\n"),
            &format!("\r\n--{BOUNDARY} \r\n"),
            1,
        ),
        body.replacen(&end, &(part("net.har", "{}") + &end), 1),
    ] {
        assert_eq!(answer(odd.clone()), 400, "{odd}");
    }
    for name in [
        "",
        ".",
        "..",
        ".a",
        "a/b",
        "a\\b",
        "a b",
        "%2e",
        "ä",
        &"a".repeat(129),
    ] {
        let odd = body.replacen("name=\"net.har\"", &format!("name=\"{name}\""), 1);
        assert_eq!(answer(odd), 422, "{name}");
    }
}

#[test]
fn a_manifest_says_what_it_has_to() {
    for (key, value) in [
        ("/schemaVersion", json!(2)),
        ("/schemaVersion", json!("1")),
        ("/producer", json!("Suite")),
        ("/producer", Value::Null),
        ("/build/platform", json!("ios")),
        ("/build/platform", json!("windows")),
        ("/build/artifactDigest", json!("sha256:12")),
        ("/run/id", json!("")),
        ("/run/id", json!("r".repeat(201))),
        ("/run/finishedAt", json!("2026-05-03")),
        ("/run/finishedAt", json!("2026-05-03T09:35:01Z")),
        ("/run/finishedAt", json!(1_777_800_600)),
        ("/baseline/createdAt", json!("yesterday")),
        ("/files", json!([])),
        ("/files/0/sha256", json!("a".repeat(63))),
        ("/files/0/sha256", json!("A".repeat(64))),
        ("/files/0/kind", json!("trace")),
        ("/files/0/name", json!("manifest.json")),
        ("/files/0/name", json!("../report.json")),
    ] {
        assert_eq!(of_manifest(key, value.clone()), 422, "{key} {value}");
    }
    assert_eq!(
        of_manifest("/run/finishedAt", json!("2026-05-03T09:35:00Z")),
        202
    );
    assert_eq!(of_manifest("/baseline", Value::Null), 202);
}

#[test]
fn the_same_bytes_are_one_bundle_whatever_else_is_said() {
    let source = source(json!({}));
    let key = |delivery: &Delivery| source.accept(delivery).unwrap().idempotency_key;
    let first = delivery(good().body());
    let mut second = first.clone();
    second.received_at = at(60);
    let header = HeaderName::from_static("passport-observed-at");
    second
        .headers
        .insert(header, "2026-05-03T09:00:00Z".parse().unwrap());
    assert_eq!(key(&first), key(&second));
    let mut other = good();
    other.manifest["run"]["id"] = json!("s");
    assert_ne!(key(&first), key(&delivery(other.body())));
}

#[test]
fn with_secrets_only_what_is_signed_is_read() {
    let source = source(json!({"signing_secrets": [{"env": "SECRET"}]}));
    let signed = |body: &str, over: &str, sent: i64| {
        let time = at(sent).timestamp().to_string();
        let mac = Hmac::<Sha256>::new_from_slice(KEY).unwrap();
        let mac = mac.chain_update(format!("msg_1.{time}.{over}"));
        let signature = format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()));
        let media_type = format!("multipart/form-data; boundary={BOUNDARY}");
        let header = HeaderName::from_static;
        with_headers(
            body,
            &[
                (CONTENT_TYPE, &media_type),
                (header("webhook-id"), "msg_1"),
                (header("webhook-timestamp"), &time),
                (header("webhook-signature"), &signature),
            ],
        )
    };
    let body = good().body();
    assert_eq!(status(source.as_ref(), &signed(&body, &body, 0)), 202);
    assert_eq!(status(source.as_ref(), &signed(&body, &body, -301)), 401);
    assert_eq!(status(source.as_ref(), &signed(&body, &body, 301)), 401);
    let changed = body.replace("expected", "Expected");
    assert_eq!(status(source.as_ref(), &signed(&changed, &body, 0)), 401);
    assert_eq!(status(source.as_ref(), &signed("", &body, 0)), 401);
    assert_eq!(status(source.as_ref(), &delivery(body)), 401);
}
