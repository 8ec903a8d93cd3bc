use std::collections::BTreeMap;

use chrono::TimeDelta;
use passport_evidence::{Category, FailureCode, Origin, Status};
use uuid::Uuid;

use super::{Digest, Passport, of_json, of_release};
use crate::gate::{
    Decision, GatePolicy, Mode, Requirement, Wanted,
    tests::made::{self, Given},
};

pub(super) fn passport() -> Passport {
    let latency = made::at("prom", "latency");
    let facts = [made::fact_name("error_rate"), latency.fact.clone()];
    let given = Given {
        policy: GatePolicy {
            mode: Mode::Enforce,
            requirements: vec![Requirement::of(
                Wanted::Source(latency.source.clone()),
                facts,
            )],
            ..GatePolicy::default()
        },
        subject: Some(made::subject()),
        planned: BTreeMap::from([(latency.source.clone(), Category::Metrics)]),
        evidence: vec![made::evidence_of(
            "prom",
            Origin::Pulled,
            vec![
                made::fact("error_rate", Status::Passed, 10),
                made::fact("latency", Status::Failed, 20),
            ],
        )],
        failures: vec![made::failure("ci", FailureCode::Throttled)],
        waivers: Vec::new(),
        approvals: Vec::new(),
    };
    let decided = given.decide();
    Passport {
        id: Uuid::from_u128(0x019a_0000_0000_7000_8000_0000_0000_0001),
        scope: made::scope(),
        subject: given.subject,
        decision: decided.decision,
        mode: decided.mode,
        until_allowed: decided.until_allowed().map(str::to_owned).collect(),
        requirements: decided.requirements,
        evidence: given.evidence,
        failures: given.failures,
        waivers: vec![made::waiver(&latency, Some("eu"))],
        approvals: vec![made::approval("bob")],
        policy_digest: Digest::of(b"policy"),
        decided_at: made::now(),
        valid_until: decided.valid_until,
        asked_by: "ci".to_owned(),
        revoked_at: None,
    }
}

#[test]
fn what_is_read_back_is_what_was_kept() {
    let passport = passport();
    let kept = serde_json::to_vec(&passport).unwrap();
    let read: Passport = serde_json::from_slice(&kept).unwrap();
    assert_eq!(serde_json::to_vec(&read).unwrap(), kept);
    assert_eq!(read.decision, Decision::Block);
    assert_eq!(read.requirements, passport.requirements);
    assert_eq!(read.waivers, passport.waivers);
    assert_eq!(read.approvals, passport.approvals);
}

#[test]
fn a_passport_without_approvals_says_nothing_of_them() {
    let none = Passport {
        approvals: Vec::new(),
        ..passport()
    };
    let kept = serde_json::to_value(&none).unwrap();
    assert_eq!(kept.get("approvals"), None);
    let read: Passport = serde_json::from_value(kept).unwrap();
    assert_eq!(read, none);
}

#[test]
fn a_pass_that_was_written_into_the_record_is_not_believed() {
    let mut kept = serde_json::to_value(passport()).unwrap();
    let fact = kept.pointer_mut("/evidence/0/facts/1").unwrap();
    assert_eq!(fact["name"], "latency");
    fact["status"] = "passed".into();
    fact.as_object_mut().unwrap().remove("reason");
    let read: Passport = serde_json::from_value(kept).unwrap();
    assert_eq!(read.evidence[0].facts()[1].status(), Status::Unknown);
}

#[test]
fn words_of_a_later_version_say_nothing_good() {
    let mut kept = serde_json::to_value(passport()).unwrap();
    kept["decision"] = "allow_on_fridays".into();
    kept["mode"] = "whisper".into();
    let read: Passport = serde_json::from_value(kept).unwrap();
    assert_eq!((read.decision, read.mode), (Decision::Hold, Mode::Enforce));
    assert!(read.stops());
}

#[test]
fn an_approval_ends_is_withdrawn_and_is_never_one_of_a_shadow() {
    let good = Passport {
        decision: Decision::Allow,
        valid_until: Some(made::now() + TimeDelta::seconds(60)),
        ..passport()
    };
    let now = made::now();
    assert!(good.approves(now));
    assert!(!good.approves(now + TimeDelta::seconds(60)));
    let revoked = Passport {
        revoked_at: Some(now),
        ..good.clone()
    };
    assert!(!revoked.approves(now));
    let shadow = Passport {
        mode: Mode::Shadow,
        ..good.clone()
    };
    assert!(!shadow.approves(now));
    let endless = Passport {
        valid_until: None,
        ..good
    };
    assert!(!endless.approves(now), "it rests on nothing");
}

#[test]
fn equal_releases_have_one_digest_and_others_have_others() {
    let release = |change: fn(&mut passport_evidence::Subject)| {
        let mut subject = made::subject();
        subject.artifact_digests = vec!["sha256:b".to_owned(), "sha256:a".to_owned()];
        change(&mut subject);
        of_release(&made::scope(), &subject)
    };
    let plain = release(|_| ());
    assert_eq!(plain, release(|it| it.artifact_digests.reverse()));
    let changes: [fn(&mut passport_evidence::Subject); 5] = [
        |it| it.version = None,
        |it| it.version = Some(String::new()),
        |it| it.revision = it.version.take(),
        |it| it.artifact_digests.truncate(1),
        |it| it.artifact_digests = vec!["sha256:asha256:b".to_owned()],
    ];
    let mut digests: Vec<_> = changes.into_iter().map(release).collect();
    digests.push(plain);
    digests.sort();
    digests.dedup();
    assert_eq!(digests.len(), changes.len() + 1);
}

#[test]
fn a_digest_is_read_as_it_is_written() {
    let digest = of_json(&["a"]).unwrap();
    assert_eq!(digest.to_string().parse(), Ok(digest));
    for bad in ["", "sha256:", "sha256:zz", "md5:00", &digest.hex()] {
        assert!(bad.parse::<Digest>().is_err(), "{bad}");
    }
}
