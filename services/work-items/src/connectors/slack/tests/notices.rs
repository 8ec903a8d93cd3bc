//! What a collection says of a release, by what became of the message about it.

use passport_connector_sdk::{Kept, NoticeState, keep::Notices};
use passport_evidence::{Fact, FailureCode, Reason, Status, Subject};
use serde_json::json;

use super::bench::{
    NOW, SECRETS, built_of, deliver, fact, judged, kept, kept_in, observed, payload, settings,
    source, subject,
};

const MESSAGE: [&str; 2] = ["notification_accepted", "notification_delivered"];

/// Two approvals, of persons who may.
fn clicks() -> Vec<(passport_connector_sdk::Accepted, i64)> {
    let click = |user: &str| {
        let payload = payload(user, "approve", "req_1", NOW);
        (deliver(source(), SECRETS[0], &payload, NOW).unwrap(), NOW)
    };
    ["U0APPR", "U0BOSS"].map(click).into()
}

fn told(facts: &[Fact], name: &str) -> (Status, Option<Reason>) {
    let fact = fact(facts, name);
    (fact.status(), fact.reason())
}

const fn unknown(reason: Reason) -> (Status, Option<Reason>) {
    (Status::Unknown, Some(reason))
}

#[test]
fn two_clicks_on_the_open_request_approve() {
    let facts = judged(source(), &kept(clicks()), NOW);
    assert_eq!(told(&facts, "approval_decision").0, Status::Passed);
}

/// Whoever sends it is at it, or ended meanwhile: nobody knows whether it arrived, nor of which request.
#[test]
fn a_message_that_was_only_begun_proves_nothing() {
    for clicks in [Vec::new(), clicks()] {
        let facts = judged(source(), &kept_in(NoticeState::Begun, clicks), NOW);
        for name in MESSAGE {
            assert_eq!(told(&facts, name), unknown(Reason::Unavailable), "{name}");
        }
        let decision = told(&facts, "approval_decision");
        assert_eq!(decision, unknown(Reason::Unavailable));
        let authenticity = fact(&facts, "approval_authenticity").status();
        assert_ne!(authenticity, Status::Passed);
    }
}

#[test]
fn without_a_message_no_click_approves() {
    let kept = Kept {
        notices: Notices::default(),
        ..kept(clicks())
    };
    let facts = judged(source(), &kept, NOW);
    for name in MESSAGE.iter().chain(&["approval_decision"]) {
        assert_eq!(told(&facts, name), unknown(Reason::NoData), "{name}");
    }
}

#[test]
fn a_message_that_got_no_answer_is_a_failure_and_one_too_many_is_pending() {
    use FailureCode::{Denied, Malformed, TimedOut, Unauthenticated, Unreachable};
    for code in [Denied, Malformed, TimedOut, Unauthenticated, Unreachable] {
        for state in [NoticeState::Unsent(code), NoticeState::Uncertain(code)] {
            let failed = observed(source(), subject(), &kept_in(state, clicks()), NOW);
            assert_eq!(failed.unwrap_err().code, code);
        }
    }
    let throttled = NoticeState::Unsent(FailureCode::Throttled);
    let facts = judged(source(), &kept_in(throttled, clicks()), NOW);
    for name in MESSAGE {
        let pending = (Status::Pending, Some(Reason::InProgress));
        assert_eq!(told(&facts, name), pending, "{name}");
    }
    assert_eq!(told(&facts, "approval_decision"), unknown(Reason::NoData));
}

/// The request is about one release: neither about the next one nor about another build of it.
#[test]
fn clicks_about_another_release_approve_nothing() {
    let digest = format!("sha256:{}", "ab".repeat(32));
    let others = [
        Subject {
            version: Some("2.15.0".to_owned()),
            ..subject()
        },
        Subject {
            artifact_digests: vec![digest],
            ..subject()
        },
        Subject {
            revision: Some("4f1c2e9a".to_owned()),
            ..subject()
        },
    ];
    for other in others {
        let observed = observed(source(), other, &kept(clicks()), NOW).unwrap();
        let decision = told(&observed.facts, "approval_decision");
        assert_eq!(decision, unknown(Reason::NoData));
    }
    let observed = observed(source(), Subject::default(), &kept(clicks()), NOW).unwrap();
    let decision = told(&observed.facts, "approval_decision");
    assert_eq!(decision, unknown(Reason::NoSubject));
}

/// What was sent before the settings said otherwise is of no use as a notification; who approved did so.
#[test]
fn a_source_that_sends_nothing_says_nothing_of_what_it_sent() {
    let mut silent = settings(&["SLACK_SIGNING"]);
    silent["notify"] = json!(false);
    let silent = built_of(&silent, &[("SLACK_SIGNING", SECRETS[0])]);
    let facts = judged(&*silent, &kept(clicks()), NOW);
    for name in MESSAGE {
        assert_eq!(told(&facts, name).0, Status::NotApplicable, "{name}");
    }
    assert_eq!(told(&facts, "approval_decision").0, Status::Passed);
}

/// Whoever may no longer approve has not approved.
#[test]
fn who_was_taken_off_the_list_does_not_count() {
    let mut shorter = settings(&["SLACK_SIGNING"]);
    shorter["approvers"] = json!(["U0APPR", "U0MORE"]);
    let shorter = built_of(&shorter, &[("SLACK_SIGNING", SECRETS[0])]);
    let facts = judged(&*shorter, &kept(clicks()), NOW);
    let pending = (Status::Pending, Some(Reason::AwaitingApproval));
    assert_eq!(told(&facts, "approval_decision"), pending);
}
