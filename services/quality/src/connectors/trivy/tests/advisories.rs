//! How old the advisories were.

use http::HeaderValue;
use passport_connector_sdk::{Delivery, server::Delivered};
use passport_evidence::Evidence;
use serde_json::{Value, json};

use super::bench::{evidence, image, os_packages, problems, source, trial, upload, words};

/// A report of 09:20 that says when its database was made.
fn told(database_at: Option<&str>) -> Delivery {
    let report = image(json!([os_packages(json!([]))]));
    let mut upload = upload(report.to_string(), None, -60);
    if let Some(at) = database_at {
        let at = HeaderValue::from_str(at).unwrap();
        upload.headers.insert("passport-database-at", at);
    }
    upload
}

async fn judged(source: Value, delivery: &Delivery) -> Evidence {
    let trial = trial(source);
    let delivered = trial.deliver(delivery).await;
    assert!(
        matches!(delivered, Delivered::Accepted(..)),
        "{delivered:?}"
    );
    evidence(&trial, 0).await
}

fn limited(age: &str) -> Value {
    source(json!({"thresholds": {"database_age": age}}))
}

#[tokio::test]
async fn it_is_told_only_where_somebody_asks_or_tells() {
    let evidence = judged(source(json!({})), &told(None)).await;
    assert_eq!(words(&evidence, "database_age"), "");
    let evidence = judged(source(json!({})), &told(Some("2026-05-03T03:20:00Z"))).await;
    assert_eq!(
        words(&evidence, "database_age"),
        "not_applicable INFORMATIONAL 21600s"
    );
    let evidence = judged(limited("<= 48h"), &told(None)).await;
    assert_eq!(words(&evidence, "database_age"), "unknown NO_DATA");
}

#[tokio::test]
async fn it_is_counted_from_the_database_to_the_scan() {
    for (at, said) in [
        ("2026-05-03T03:20:00Z", "passed 21600s"),
        ("2026-05-03T05:20:00+02:00", "passed 21600s"),
        ("2026-05-01T09:20:00Z", "passed 172800s"),
        ("2026-05-01T09:19:59Z", "failed THRESHOLD_MISSED 172801s"),
        // Within the skew of two clocks.
        ("2026-05-03T09:20:30Z", "passed 0ms"),
        ("2026-05-03T09:30:00Z", "unknown CONTRADICTORY"),
    ] {
        let evidence = judged(limited("<= 48h"), &told(Some(at))).await;
        assert_eq!(words(&evidence, "database_age"), said, "{at}");
    }
}

#[tokio::test]
async fn a_header_that_is_no_time_is_refused() {
    let trial = trial(source(json!({})));
    for at in ["", "yesterday", "2026-05-03", "1777800600"] {
        let delivered = trial.deliver(&told(Some(at))).await;
        assert_eq!(delivered.reply().status.as_u16(), 400, "{at}");
    }
    let mut twice = told(Some("2026-05-03T03:20:00Z"));
    let at = HeaderValue::from_static("2026-05-03T03:20:00Z");
    twice.headers.append("passport-database-at", at);
    assert_eq!(trial.deliver(&twice).await.reply().status.as_u16(), 400);
}

#[test]
fn its_threshold_is_a_duration() {
    assert!(problems(limited("<= 2d")).is_empty());
    for odd in ["< 1%", "<= 3MiB", "soon"] {
        let found = problems(limited(odd));
        let paths: Vec<_> = found.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(paths, ["thresholds.database_age"], "{odd}");
    }
}
