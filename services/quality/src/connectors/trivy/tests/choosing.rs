//! Which of several reports is judged.

use serde_json::{Value, json};

use super::bench::{
    ARTIFACT, at, digest, evidence, image, os_packages, push, source, trial, trial_without_subject,
    upload, vulnerability, words,
};

const CRITICAL: &str = "vulnerabilities critical";

fn report(of: char, created_at: &str, criticals: usize) -> Value {
    let ids = 0..criticals;
    let found: Value = ids
        .map(|id| vulnerability(&format!("CVE-2026-{id}"), "CRITICAL"))
        .collect();
    let mut report = image(json!([os_packages(found)]));
    report["CreatedAt"] = json!(created_at);
    report["Metadata"]["RepoDigests"] = json!([format!("{ARTIFACT}@{}", digest(of))]);
    report
}

#[tokio::test]
async fn the_newest_scan_counts_whichever_came_in_last() {
    let trial = trial(source(json!({})));
    push(&trial, &report('a', "2026-05-03T09:20:00Z", 2), -120).await;
    push(&trial, &report('a', "2026-05-03T09:10:00Z", 0), -60).await;
    assert_eq!(
        words(&evidence(&trial, 0).await, CRITICAL),
        "failed THRESHOLD_MISSED 2"
    );
}

#[tokio::test]
async fn an_older_report_about_the_subject_counts_before_a_newer_one_about_another_image() {
    let trial = trial(source(json!({})));
    push(&trial, &report('a', "2026-05-03T09:10:00Z", 1), -120).await;
    push(&trial, &report('b', "2026-05-03T09:20:00Z", 2), -60).await;
    let evidence = evidence(&trial, 0).await;
    assert_eq!(words(&evidence, CRITICAL), "failed THRESHOLD_MISSED 1");
    assert_eq!(
        words(&evidence, "artifact_digest"),
        format!("passed {}", digest('a'))
    );
}

#[tokio::test]
async fn without_a_report_about_the_subject_the_newest_is_shown_to_be_about_another() {
    let trial = trial(source(json!({})));
    push(&trial, &report('b', "2026-05-03T09:10:00Z", 0), -120).await;
    push(&trial, &report('c', "2026-05-03T09:20:00Z", 3), -60).await;
    let evidence = evidence(&trial, 0).await;
    assert_eq!(words(&evidence, CRITICAL), "unknown OTHER_SUBJECT 3");
    assert_eq!(
        words(&evidence, "artifact_digest"),
        format!("failed OTHER_SUBJECT {}", digest('c'))
    );
    for fact in [
        "scan_coverage",
        "suppressed_findings",
        "os_support alpine 3.22.1",
    ] {
        assert!(
            words(&evidence, fact).starts_with("unknown OTHER_SUBJECT"),
            "{fact}"
        );
    }
}

#[tokio::test]
async fn without_a_subject_the_newest_counts_and_no_digest_is_compared() {
    let trial = trial_without_subject(source(json!({})));
    push(&trial, &report('b', "2026-05-03T09:20:00Z", 0), -60).await;
    let evidence = evidence(&trial, 0).await;
    assert_eq!(words(&evidence, CRITICAL), "passed 0");
    assert_eq!(
        words(&evidence, "artifact_digest"),
        format!("not_applicable NO_SUBJECT {}", digest('b'))
    );
}

#[tokio::test]
async fn a_later_report_without_a_time_does_not_leave_the_place_to_an_earlier_good_one() {
    let trial = trial(source(json!({})));
    push(&trial, &report('a', "2026-05-03T09:10:00Z", 0), -120).await;
    let mut timeless = report('a', "", 1);
    timeless.as_object_mut().unwrap().remove("CreatedAt");
    push(&trial, &timeless, -60).await;
    assert_eq!(
        words(&evidence(&trial, 0).await, CRITICAL),
        "failed THRESHOLD_MISSED 1"
    );
}

#[tokio::test]
async fn a_time_ahead_of_its_receipt_does_not_become_true_by_waiting() {
    let trial = trial(source(json!({})));
    push(&trial, &report('a', "2026-05-03T10:30:00Z", 0), -60).await;
    for now in [0, 2 * 3600] {
        let evidence = evidence(&trial, now).await;
        assert_eq!(words(&evidence, CRITICAL), "unknown FUTURE 0", "{now}");
        assert_eq!(evidence.freshness().observed_at, None, "{now}");
    }
}

#[tokio::test]
async fn a_report_from_the_future_fails_and_gives_way_to_what_is_scanned_after_it_came() {
    let trial = trial(source(json!({})));
    push(&trial, &report('a', "2027-05-03T10:30:00Z", 1), -1200).await;
    let failed = "failed THRESHOLD_MISSED 1";
    assert_eq!(words(&evidence(&trial, -900).await, CRITICAL), failed);
    push(&trial, &report('a', "2026-05-03T09:20:00Z", 0), -60).await;
    assert_eq!(words(&evidence(&trial, 0).await, CRITICAL), "passed 0");
}

#[tokio::test]
async fn a_good_report_that_grew_old_is_stale_and_not_gone() {
    let trial = trial(source(json!({})));
    push(&trial, &report('a', "2026-05-03T09:20:00Z", 0), -60).await;
    let day = 24 * 3600;
    assert_eq!(
        words(&evidence(&trial, day).await, CRITICAL),
        "unknown STALE 0"
    );
    assert_eq!(
        words(&evidence(&trial, 6 * day).await, CRITICAL),
        "unknown STALE 0"
    );
    assert_eq!(
        words(&evidence(&trial, 8 * day).await, CRITICAL),
        "unknown NO_DATA"
    );
}

#[tokio::test]
async fn the_uploaders_time_counts_only_where_the_report_has_none() {
    let trial = trial(source(json!({})));
    let report = report('a', "2026-05-03T09:20:00Z", 0).to_string();
    trial
        .deliver(&upload(report, Some("2026-05-03T09:25:00+00:00"), -60))
        .await;
    let observed_at = evidence(&trial, 0).await.freshness().observed_at;
    assert_eq!(observed_at, Some(at(-600)));
}
