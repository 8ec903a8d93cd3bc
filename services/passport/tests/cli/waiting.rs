//! A pipeline that waits for a decision.

use std::sync::{Arc, Mutex};

use passport_proto::evidence::Scope;
use passport_proto::gateway::{Decision, Mode, Passport, WatchGateResponse};

use tonic::Status;

use crate::fake::Fake;
use crate::run::{Ran, SCOPE, passport, run};

fn told(decision: Decision, waits_for: &[&str], settled: bool) -> WatchGateResponse {
    WatchGateResponse {
        passport: Some(Passport {
            passport_id: "019a0000-0000-7000-8000-000000000001".to_owned(),
            scope: Some(Scope {
                workspace_id: "acme".to_owned(),
                service: "checkout-api".to_owned(),
                environment: "production".to_owned(),
            }),
            decision: decision.into(),
            mode: Mode::Enforce.into(),
            policy_digest: format!("sha256:{}", "0".repeat(64)),
            decided_at: Some(prost_types::Timestamp {
                seconds: 1_777_800_600,
                nanos: 0,
            }),
            ..Passport::default()
        }),
        waits_for: waits_for.iter().map(ToString::to_string).collect(),
        settled,
        ..WatchGateResponse::default()
    }
}

async fn waits(watch: Vec<WatchGateResponse>) -> Ran {
    waits_though(watch, Vec::new(), &[]).await
}

/// The same where the first watches end so.
async fn waits_though(watch: Vec<WatchGateResponse>, cut: Vec<Status>, further: &[&str]) -> Ran {
    let fake = Fake {
        watch,
        cut: Arc::new(Mutex::new(cut)),
        ..Fake::default()
    };
    let listening = fake.listen().await;
    let mut command = passport();
    command
        .args(["--gateway", &listening.url, "gate", "--wait", "5s"])
        .args(SCOPE)
        .args(further);
    run(command).await
}

#[tokio::test]
async fn it_goes_on_as_soon_as_the_release_may_go() {
    let hold = told(Decision::Hold, &["build of ci: pending"], false);
    let ran = waits(vec![hold, told(Decision::Allow, &[], false)]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.err, "hold, waits for build of ci: pending\n");
    assert!(ran.out.starts_with("allow: "), "{}", ran.out);
}

#[tokio::test]
async fn it_stops_at_once_where_waiting_changes_nothing() {
    let ran = waits(vec![told(Decision::Block, &[], true)]).await;
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.is_empty(), "{}", ran.err);
}

#[tokio::test]
async fn when_the_time_is_over_the_last_decision_counts() {
    let hold = told(Decision::Hold, &["build of ci: pending"], false);
    let ran = waits(vec![hold]).await;
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.out.starts_with("hold: "), "{}", ran.out);
}

#[tokio::test]
async fn what_was_never_decided_is_no_answer() {
    assert_eq!(waits(Vec::new()).await.code, 3);
}

#[tokio::test]
async fn a_connection_that_is_lost_is_made_anew_and_said_to_be() {
    let hold = told(Decision::Hold, &["build of ci: pending"], false);
    let decisions = vec![hold, told(Decision::Allow, &[], false)];
    let lost = vec![Status::unavailable("gone"); 2];
    let ran = waits_though(decisions, lost, &[]).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    assert_eq!(ran.err.matches("; trying again").count(), 2, "{}", ran.err);
    assert!(ran.out.starts_with("allow: "), "{}", ran.out);
}

#[tokio::test]
async fn a_grant_that_was_taken_away_ends_the_wait() {
    let hold = told(Decision::Hold, &["build of ci: pending"], false);
    let denied = vec![Status::permission_denied("not granted any longer")];
    let ran = waits_though(vec![hold], denied, &[]).await;
    assert_eq!(ran.code, 3, "{}", ran.err);
    assert!(!ran.err.contains("trying again"), "{}", ran.err);
}

#[tokio::test]
async fn a_summary_and_a_report_are_of_the_decision_that_ended_the_wait() {
    let folder = tempfile::tempdir().unwrap();
    let (summary, junit) = (
        folder.path().join("step.md"),
        folder.path().join("gate.xml"),
    );
    let hold = told(Decision::Hold, &["build of ci: pending"], false);
    let decisions = vec![hold, told(Decision::Allow, &[], false)];
    let further = [
        "--summary",
        summary.to_str().unwrap(),
        "--junit",
        junit.to_str().unwrap(),
    ];
    let ran = waits_though(decisions, Vec::new(), &further).await;
    assert_eq!(ran.code, 0, "{}", ran.err);
    let summary = std::fs::read_to_string(summary).unwrap();
    assert!(
        summary.contains("allow") && !summary.contains("hold"),
        "{summary}"
    );
    let junit = std::fs::read_to_string(junit).unwrap();
    assert!(junit.contains("failures=\"0\""), "{junit}");
}
