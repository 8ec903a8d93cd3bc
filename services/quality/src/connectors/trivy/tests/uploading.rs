//! What is taken, and what the uploader gets.

use passport_connector_sdk::{Delivery, server::Delivered};
use serde_json::{Value, json};

use super::bench::{ARTIFACT, digest, image, os_packages, source, trial, upload};
use crate::upload::MAX_BYTES;

async fn answers(deliveries: Vec<Delivery>) -> Vec<String> {
    let trial = trial(source(json!({})));
    let mut answers = Vec::new();
    for delivery in deliveries {
        let delivered = trial.deliver(&delivery).await;
        let fate = match &delivered {
            Delivered::Accepted(..) => "accepted",
            Delivered::Duplicate(..) => "duplicate",
            Delivered::Rejected(_) => "rejected",
        };
        answers.push(format!("{fate} {}", delivered.reply().status.as_u16()));
    }
    answers
}

async fn answer(body: impl Into<Vec<u8>>) -> String {
    answers(vec![upload(body, None, 0)]).await.remove(0)
}

fn good() -> Value {
    image(json!([os_packages(json!([]))]))
}

fn sarif() -> Value {
    json!({"version": "2.1.0", "runs": [{
        "tool": {"driver": {"name": "Trivy"}}, "results": [],
        "properties": {"imageName": format!("{ARTIFACT}:1")}}]})
}

/// A report with another value at a pointer.
fn with(mut report: Value, pointer: &str, value: Value) -> String {
    *report.pointer_mut(pointer).unwrap() = value;
    report.to_string()
}

#[tokio::test]
async fn the_same_bytes_are_a_duplicate_only_under_the_same_header() {
    let body = good().to_string();
    let (nine, ten) = (Some("2026-05-03T09:00:00Z"), Some("2026-05-03T10:00:00Z"));
    let uploads = [None, nine, ten, nine, None].map(|at| upload(body.clone(), at, 0));
    assert_eq!(
        answers(uploads.into()).await,
        [
            "accepted 202",
            "accepted 202",
            "accepted 202",
            "duplicate 202",
            "duplicate 202"
        ]
    );
}

#[tokio::test]
async fn every_form_is_taken_with_and_without_a_byte_order_mark() {
    for body in [
        "null",
        "[]",
        "{}",
        &good().to_string(),
        &sarif().to_string(),
    ] {
        assert_eq!(answer(body).await, "accepted 202", "{body}");
        assert_eq!(
            answer(format!("\u{feff}{body}")).await,
            "accepted 202",
            "{body}"
        );
    }
}

#[tokio::test]
async fn what_is_no_one_document_is_refused() {
    let nested = format!("{}{}", "[".repeat(65), "]".repeat(65));
    for body in ["", "{", "{}{}", r#"{"a":[],"a":[]}"#, &nested] {
        assert_eq!(answer(body).await, "rejected 400", "{body}");
    }
    assert_eq!(answer(b"[\"\xFF\"]".to_vec()).await, "rejected 400");
}

#[tokio::test]
async fn what_trivy_does_not_write_is_refused() {
    for body in [
        "true".to_owned(),
        r#"[{"id": 1}]"#.to_owned(),
        r#"{"a": 1}"#.to_owned(),
        with(good(), "/SchemaVersion", json!(3)),
        with(good(), "/SchemaVersion", json!("2")),
        with(good(), "/Results", json!({})),
        with(good(), "/CreatedAt", json!("yesterday")),
        with(good(), "/Metadata/RepoDigests/0", json!("shop@latest")),
        with(good(), "/Metadata/RepoDigests", {
            let many = "0123456789abcdef".chars().map(digest);
            let many = many.chain([format!("sha512:{}", "0".repeat(128))]);
            many.map(|it| json!(format!("{ARTIFACT}@{it}"))).collect()
        }),
        with(sarif(), "/version", json!("2.0.0")),
        with(sarif(), "/runs", json!([])),
        with(sarif(), "/runs/0/tool/driver/name", json!("Grype")),
        json!({"version": "2.1.0", "runs": [sarif()["runs"][0], sarif()["runs"][0]]}).to_string(),
    ] {
        assert_eq!(answer(body.clone()).await, "rejected 422", "{body}");
    }
}

#[tokio::test]
async fn a_report_that_names_another_artifact_is_refused() {
    let nameless = |more: Value| {
        let mut report = good();
        report.as_object_mut().unwrap().remove("ArtifactName");
        report["Metadata"] = more;
        report.to_string()
    };
    let tagged = |name: &str| nameless(json!({"RepoTags": [format!("{name}:1")]}));
    for (body, said) in [
        (
            with(good(), "/ArtifactName", json!("other:1")),
            "rejected 422",
        ),
        (
            with(good(), "/ArtifactName", json!(format!("{ARTIFACT}-2:1"))),
            "rejected 422",
        ),
        (
            with(good(), "/ArtifactName", json!(ARTIFACT)),
            "accepted 202",
        ),
        (
            with(
                good(),
                "/ArtifactName",
                json!(format!("{ARTIFACT}@{}", digest('a'))),
            ),
            "accepted 202",
        ),
        (tagged("other"), "rejected 422"),
        (tagged(ARTIFACT), "accepted 202"),
        (nameless(json!({})), "accepted 202"),
        (
            with(sarif(), "/runs/0/properties/imageName", json!("other:1")),
            "rejected 422",
        ),
    ] {
        assert_eq!(answer(body.clone()).await, said, "{body}");
    }
}

#[tokio::test]
async fn the_uploaders_time_is_one_time() {
    let body = good().to_string();
    for at in ["", "yesterday", "2026-05-03", "2026-05-03T09:00:00"] {
        let uploads = vec![upload(body.clone(), Some(at), 0)];
        assert_eq!(answers(uploads).await, ["rejected 400"], "{at}");
    }
    let mut two = upload(body, Some("2026-05-03T09:00:00Z"), 0);
    let value = "2026-05-03T09:01:00Z".parse().unwrap();
    two.headers.append("passport-observed-at", value);
    assert_eq!(answers(vec![two]).await, ["rejected 400"]);
}

#[tokio::test]
async fn thirty_two_mebibytes_are_read_and_no_more() {
    let mut body = good().to_string().into_bytes();
    body.resize(MAX_BYTES, b' ');
    assert_eq!(answer(body.clone()).await, "accepted 202");
    body.push(b' ');
    assert_eq!(answer(body).await, "rejected 413");
}
