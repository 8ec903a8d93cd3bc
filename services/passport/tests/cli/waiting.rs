//! A pipeline that waits for a decision.

use passport_proto::evidence::Scope;
use passport_proto::gateway::{Decision, Mode, Passport, WatchGateResponse};

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
    let fake = Fake {
        watch,
        ..Fake::default()
    };
    let listening = fake.listen().await;
    let mut command = passport();
    command
        .args(["--gateway", &listening.url, "gate", "--wait", "3s"])
        .args(SCOPE);
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
