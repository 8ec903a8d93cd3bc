//! What waiting can change, and what it can't.

use passport_evidence::{FailureCode, Origin, Reason, Status};

use super::made::*;
use crate::gate::{
    Binds, Decided, Decision, GatePolicy, Means, Outlook, Requirement, Severity, Wanted,
};

fn policy() -> GatePolicy {
    GatePolicy {
        requirements: vec![Requirement {
            of: Wanted::Source(source("ci")),
            facts: vec![fact_name("build")],
            severity: Severity::Blocks,
            means: Means::default(),
            accept_declared: false,
        }],
        ..GatePolicy::default()
    }
}

fn given(policy: GatePolicy, status: Status) -> Given {
    Given {
        policy,
        subject: Some(subject()),
        planned: [(source("ci"), passport_evidence::Category::CiCd)].into(),
        evidence: vec![evidence_of(
            "ci",
            Origin::Pulled,
            vec![fact("build", status, 10)],
        )],
        failures: Vec::new(),
        waivers: Vec::new(),
        approvals: Vec::new(),
    }
}

fn outlook(given: &Given) -> (Decided, Outlook) {
    let decided = given.decide();
    let outlook = Outlook::of(&decided.requirements, &given.failures);
    (decided, outlook)
}

#[test]
fn what_may_go_waits_for_nothing() {
    let (decided, outlook) = outlook(&given(policy(), Status::Passed));
    assert_eq!(decided.decision, Decision::Allow);
    assert_eq!(outlook, Outlook::default());
}

#[test]
fn what_is_pending_or_unknown_is_waited_for_and_what_failed_is_not() {
    for status in [Status::Pending, Status::Unknown] {
        let (_, outlook) = outlook(&given(policy(), status));
        assert!(!outlook.is_settled, "{status}");
        assert!(outlook.waits_for[0].contains(status.as_str()), "{status}");
    }
    let (decided, outlook) = outlook(&given(policy(), Status::Failed));
    assert_eq!(decided.decision, Decision::Block);
    assert!(outlook.is_settled);
    assert!(outlook.waits_for.is_empty());
}

#[test]
fn a_provider_that_is_away_is_waited_for_and_a_source_that_lacks_its_settings_is_not() {
    for (code, is_settled) in [
        (FailureCode::Unreachable, false),
        (FailureCode::TimedOut, false),
        (FailureCode::Throttled, false),
        (FailureCode::NotConfigured, true),
        (FailureCode::NotSupported, true),
    ] {
        let mut given = given(policy(), Status::Passed);
        given.evidence.clear();
        given.failures = vec![failure("ci", code)];
        let (_, outlook) = outlook(&given);
        assert_eq!(outlook.is_settled, is_settled, "{code}");
        assert_eq!(outlook.waits_for.is_empty(), is_settled, "{code}");
    }
}

#[test]
fn an_empty_policy_a_category_without_a_source_and_a_release_without_a_name_are_settled() {
    let empty = given(GatePolicy::default(), Status::Passed);
    let mut unnamed = given(policy(), Status::Passed);
    unnamed.subject = None;
    unnamed.policy.binds = Binds {
        revision: true,
        artifact_digest: false,
    };
    let mut nowhere = given(policy(), Status::Passed);
    nowhere.policy.requirements[0].of = Wanted::Category(passport_evidence::Category::Metrics);
    for (given, reason) in [
        (empty, Reason::NotConfigured),
        (unnamed, Reason::NoSubject),
        (nowhere, Reason::NotConfigured),
    ] {
        let (decided, outlook) = outlook(&given);
        assert_eq!(decided.decision, Decision::Hold);
        assert_eq!(decided.requirements[0].reason, Some(reason));
        assert!(outlook.is_settled, "{reason}");
    }
}

#[test]
fn persons_who_have_not_agreed_are_waited_for() {
    let mut given = given(policy(), Status::Passed);
    given.policy.approvals = 1;
    let (decided, outlook) = outlook(&given);
    assert_eq!(decided.decision, Decision::RequireApproval);
    assert_eq!(outlook.waits_for, ["1 persons agree: 0 have agreed"]);
    assert!(!outlook.is_settled);
}
