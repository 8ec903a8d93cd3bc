//! What persons say of a release, and until when it counts.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use passport_evidence::{Category, Origin, Status};

use super::made::{self, Given, approval, at, now};
use crate::gate::{Approval, Decision, GatePolicy, Requirement, Waiver, WaiverRules, Wanted};

/// A good release to which two persons have to agree.
fn given(approvals: Vec<Approval>) -> Given {
    let build = at("ci", "build");
    let wanted = Wanted::Source(build.source.clone());
    Given {
        policy: GatePolicy {
            requirements: vec![Requirement::of(wanted, [build.fact.clone()])],
            approvals: 2,
            ..GatePolicy::default()
        },
        subject: Some(made::subject()),
        planned: BTreeMap::from([(build.source, Category::CiCd)]),
        evidence: vec![made::evidence_of(
            "ci",
            Origin::Pulled,
            vec![made::fact("build", Status::Passed, 0)],
        )],
        failures: Vec::new(),
        waivers: Vec::new(),
        approvals,
    }
}

fn ends_in(seconds: i64, name: &str) -> Approval {
    Approval {
        expires_at: now() + TimeDelta::seconds(seconds),
        ..approval(name)
    }
}

#[test]
fn a_decision_ends_when_too_few_persons_agree() {
    let of = |approvals| given(approvals).decide().valid_until.unwrap() - now();
    let two = vec![ends_in(60, "ada"), ends_in(90, "bob")];
    assert_eq!(of(two.clone()).num_seconds(), 60);
    let with_a_third = [two.clone(), vec![ends_in(80, "eve")]].concat();
    assert_eq!(of(with_a_third).num_seconds(), 80);
    let again = [two, vec![ends_in(70, "ada")]].concat();
    assert_eq!(of(again).num_seconds(), 70);
}

#[test]
fn an_approval_that_was_taken_back_or_is_of_the_future_does_not_count() {
    let bad: [fn(&mut Approval); 4] = [
        |it| it.revoked_at = Some(now()),
        |it| it.created_at = now() + TimeDelta::seconds(1),
        |it| it.expires_at = now(),
        |it| it.subject.revision = Some("b".repeat(40)),
    ];
    for change in bad {
        let mut second = approval("bob");
        change(&mut second);
        let decided = given(vec![approval("ada"), second]).decide();
        assert_eq!(decided.decision, Decision::RequireApproval);
        assert_eq!(decided.approvals, ["a-ada".to_owned()].into());
    }
}

#[test]
fn where_nobody_has_to_agree_no_approval_counts() {
    let mut given = given(vec![approval("ada")]);
    given.policy.approvals = 0;
    assert!(given.decide().approvals.is_empty());
}

#[test]
fn the_digests_of_a_release_count_in_any_order() {
    let latency = at("prom", "latency");
    let rules = WaiverRules {
        of: vec![latency.clone()],
        ..WaiverRules::default()
    };
    let mut release = made::subject();
    release.artifact_digests = vec!["sha256:b".to_owned(), "sha256:a".to_owned()];
    let waiver = Waiver {
        subject: release.clone(),
        ..made::waiver(&latency, None)
    };
    release.artifact_digests.reverse();
    let counts = waiver.counts(&made::scope(), Some(&release), &rules, now());
    assert_eq!(counts, Ok(()));
}
