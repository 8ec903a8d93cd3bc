//! What is stated and signed, and that it is believed as it was meant.

use chrono::TimeDelta;
use serde_json::json;

use super::made::{KEY, Wanted, approval, payload, public, signed, signer};
use crate::{
    attest::{
        LedgerPosition, NOT_CHECKED, NotAttested, Purpose, attestation, pre_authentication,
        statement,
    },
    gate::{Consequence, Decision, Mode, State, tests::made},
    passport::{Digest, Passport, of_json},
};

#[test]
fn a_statement_is_about_every_digest_of_the_release() {
    let passport = approval();
    let stated = payload(&signed(&passport));
    let one = |algorithm: &str, digits: String| json!({"name": "checkout-api", "digest": {algorithm: digits}});
    assert_eq!(stated["_type"], "https://in-toto.io/Statement/v1");
    assert_eq!(
        stated["predicateType"],
        "urn:passport-mesh:attestation:release-passport:v1"
    );
    let (artifact, commit) = ("1".repeat(64), "a".repeat(40));
    assert_eq!(
        stated["subject"],
        json!([one("sha256", artifact), one("gitCommit", commit)])
    );
}

#[test]
fn a_statement_holds_the_passport_whole_and_binds_its_evidence() {
    let passport = approval();
    let stated = payload(&signed(&passport));
    let predicate = &stated["predicate"];
    assert_eq!(
        predicate["passport"],
        serde_json::to_value(&passport).unwrap()
    );
    assert_eq!(
        predicate["evidence"],
        json!([{
            "source": "prom",
            "connector": "scripted",
            "observedAt": "2026-05-03T09:29:40Z",
            "maxAgeSeconds": 300,
            "digest": of_json(&passport.evidence[0]).unwrap().to_string(),
        }])
    );
    assert!(predicate.get("ledger").is_none());
}

#[test]
fn what_names_no_digest_cannot_be_attested() {
    let versions = [Some(("v1", "main")), None];
    for version in versions {
        let subject = version.map(|(version, revision)| passport_evidence::Subject {
            version: Some(version.to_owned()),
            revision: Some(revision.to_owned()),
            artifact_digests: vec!["sha256:abc".to_owned(), "latest".to_owned()],
        });
        let passport = Passport {
            subject,
            ..approval()
        };
        let refused = statement(&passport, None).unwrap_err();
        assert!(matches!(refused, NotAttested::NoSubject));
        assert_eq!(refused.code(), "no_subject");
    }
}

#[test]
fn what_is_signed_has_its_lengths_before_it() {
    let signed = pre_authentication("http://example.com/HelloWorld", b"hello world");
    let example = "DSSEv1 29 http://example.com/HelloWorld 11 hello world";
    assert_eq!(String::from_utf8(signed).unwrap(), example);
}

#[test]
fn an_approval_is_verified_with_all_that_was_recorded() {
    let passport = approval();
    let place = LedgerPosition {
        sequence: 7,
        entry_hash: Digest::of(b"entry"),
    };
    let envelope = attestation(&passport, Some(place), &signer(KEY)).unwrap();
    let verified = Wanted::approval().verify(&envelope).unwrap();
    assert_eq!(verified.passport.id, passport.id);
    assert_eq!(
        serde_json::to_value(&verified.passport).unwrap(),
        serde_json::to_value(&passport).unwrap()
    );
    assert_eq!(verified.ledger, Some(place));
    assert_eq!(verified.key_id, public(KEY).id());
    assert!(NOT_CHECKED.contains("withdrawn"));
}

#[test]
fn a_refusal_is_verified_as_a_record_however_long_ago() {
    let held = Passport {
        decision: Decision::Hold,
        mode: Mode::Shadow,
        requirements: vec![super::made::requirement(State::Missing, Consequence::Hold)],
        valid_until: None,
        revoked_at: Some(made::now() + TimeDelta::seconds(1)),
        ..approval()
    };
    let mut wanted = Wanted::record();
    wanted.seconds_later = 100 * 24 * 3_600;
    let verified = wanted.verify(&signed(&held)).unwrap();
    assert_eq!(verified.passport.decision, Decision::Hold);
}

#[test]
fn the_revision_or_a_digest_alone_is_enough_to_name_the_release() {
    let envelope = signed(&approval());
    let mut wanted = Wanted::approval();
    wanted.subject.version = None;
    wanted.subject.artifact_digests.clear();
    assert!(wanted.verify(&envelope).is_ok());
    wanted.subject = made::subject();
    wanted.subject.revision = None;
    assert!(wanted.verify(&envelope).is_ok());
    let about = Some(&made::scope());
    let verified = wanted.with(&envelope, |expected| {
        expected.policy_digest = Some(Digest::of(b"policy"));
        expected.purpose = Purpose::Record;
        assert_eq!(expected.scope.or(about), about);
    });
    assert!(verified.is_ok());
}

/// A record of before facts said which question they answer has neither key, and verifies as it did; one of after
/// keeps both, bound by its digest.
#[test]
fn a_record_says_which_question_a_fact_answers_where_the_fact_does() {
    let before = payload(&signed(&approval()));
    let fact = &before["predicate"]["passport"]["evidence"][0]["facts"][0];
    assert!(fact.get("queryDigest").is_none() && fact.get("baseline").is_none());
    assert!(Wanted::approval().verify(&signed(&approval())).is_ok());

    let digest = format!("sha256:{}", "ab".repeat(32));
    let after = super::made::forged(|statement| {
        let fact = &mut statement["predicate"]["passport"]["evidence"][0]["facts"][0];
        fact["queryDigest"] = digest.clone().into();
        fact["baseline"] = "0.5%".into();
        super::made::bind(statement);
    });
    let verified = Wanted::approval().verify(&after).unwrap();
    let fact = &verified.passport.evidence[0].facts()[0];
    assert_eq!(fact.query().map(ToString::to_string), Some(digest));
    assert_eq!(
        fact.baseline().map(|it| it.display(None)),
        Some("0.5%".to_owned())
    );

    let swapped = super::made::forged(|statement| {
        let fact = &mut statement["predicate"]["passport"]["evidence"][0]["facts"][0];
        fact["queryDigest"] = format!("sha256:{}", "cd".repeat(32)).into();
    });
    assert!(Wanted::approval().verify(&swapped).is_err());
}

/// A record of before tells of nobody, and its digest stays; one that tells of persons is bound with them.
#[test]
fn a_record_says_who_stands_behind_a_fact_where_the_fact_does() {
    let before = payload(&signed(&approval()));
    let fact = &before["predicate"]["passport"]["evidence"][0]["facts"][0];
    assert!(fact.get("actors").is_none() && fact.get("furtherActors").is_none());
    assert!(Wanted::approval().verify(&signed(&approval())).is_ok());

    let actor = |digit: &str| serde_json::json!({"id": format!("actor:{}", digit.repeat(16)), "role": "approver"});
    let after = super::made::forged(|statement| {
        let fact = &mut statement["predicate"]["passport"]["evidence"][0]["facts"][0];
        fact["actors"] = vec![actor("a")].into();
        fact["furtherActors"] = 2.into();
        super::made::bind(statement);
    });
    let verified = Wanted::approval().verify(&after).unwrap();
    let actors = verified.passport.evidence[0].facts()[0].actors();
    assert_eq!(actors.to_string(), "approver aaaaaaaa, 2 more");

    let swapped = super::made::forged(|statement| {
        let fact = &mut statement["predicate"]["passport"]["evidence"][0]["facts"][0];
        fact["actors"] = vec![actor("b")].into();
    });
    assert!(Wanted::approval().verify(&swapped).is_err());
}
