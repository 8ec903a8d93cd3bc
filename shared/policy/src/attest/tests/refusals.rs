//! Every reason not to believe an attestation.

use chrono::TimeDelta;
use passport_evidence::{Origin, Status};
use serde_json::{Value, json};

use super::made::{
    KEY, OTHER_KEY, Wanted, approval, bind, forged, public, requirement, signed, signed_bytes,
    signer,
};
use crate::{
    attest::{MAX_ENVELOPE, TrustedKey, TrustedKeys, attestation},
    gate::{Consequence, Decision, Mode, State, tests::made},
    passport::{Digest, Passport},
};

/// The code with which an approval is refused.
fn code(envelope: &[u8]) -> &'static str {
    Wanted::approval().verify(envelope).unwrap_err().code()
}

fn edited(change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let mut envelope = serde_json::from_slice(&signed(&approval())).unwrap();
    change(&mut envelope);
    serde_json::to_vec(&envelope).unwrap()
}

#[test]
fn what_is_no_envelope() {
    for not_one in ["", "{}", "[]", "null", "{\"payload\":1}"] {
        assert_eq!(code(not_one.as_bytes()), "not_an_envelope", "{not_one}");
    }
    let with_key = edited(|it| it["publicKey"] = "of a stranger".into());
    assert_eq!(code(&with_key), "not_an_envelope");
    let with_certificate = edited(|it| it["signatures"][0]["cert"] = "of a stranger".into());
    assert_eq!(code(&with_certificate), "not_an_envelope");
    let two_payloads = edited(|it| it["payloadUtf8"] = "{}".into());
    assert_eq!(code(&two_payloads), "not_an_envelope");
    let mut followed = signed(&approval());
    followed.extend(b"{}");
    assert_eq!(code(&followed), "not_an_envelope");
    assert_eq!(code(&vec![b' '; MAX_ENVELOPE + 1]), "too_large");
}

#[test]
fn a_key_that_stands_twice() {
    let envelope = String::from_utf8(signed(&approval())).unwrap();
    let twice = envelope.replacen('{', r#"{"payloadType":"application/vnd.in-toto+json","#, 1);
    assert_eq!(code(twice.as_bytes()), "duplicate_key");
    let statement = super::made::payload(envelope.as_bytes()).to_string();
    let twice = statement.replacen(r#""decision":"#, r#""decision":"hold","decision":"#, 1);
    assert_eq!(code(&signed_bytes(twice.as_bytes())), "duplicate_key");
}

#[test]
fn a_payload_of_another_type_or_spelling() {
    let other = edited(|it| it["payloadType"] = "application/json".into());
    assert_eq!(code(&other), "payload_type");
    let spelt = |change: fn(&str) -> String| {
        edited(|it| it["payload"] = change(it["payload"].as_str().unwrap()).into())
    };
    let spellings: [fn(&str) -> String; 3] = [
        |it| format!("{it}\n"),
        |it| format!(" {it}"),
        |it| format!("{it}===="),
    ];
    for spelling in spellings {
        assert_eq!(code(&spelt(spelling)), "payload_encoding");
    }
}

#[test]
fn a_signature_that_is_missing_changed_or_of_another_key() {
    let none = edited(|it| it["signatures"] = json!([]));
    assert_eq!(code(&none), "signature_count");
    let many = edited(|it| it["signatures"] = vec![it["signatures"][0].clone(); 17].into());
    assert_eq!(code(&many), "signature_count");
    for bad in ["", "AAAA", "not base64"] {
        let changed = edited(|it| it["signatures"][0]["sig"] = bad.into());
        assert_eq!(code(&changed), "bad_signature");
    }
    let other = attestation(&approval(), None, &signer(OTHER_KEY)).unwrap();
    assert_eq!(code(&other), "untrusted_key");
    let mut renamed: Value = serde_json::from_slice(&other).unwrap();
    renamed["signatures"][0]["keyid"] = public(KEY).id().into();
    assert_eq!(code(renamed.to_string().as_bytes()), "bad_signature");
    renamed["signatures"][0]["keyid"] = "".into();
    assert_eq!(code(renamed.to_string().as_bytes()), "bad_signature");
}

#[test]
fn one_signature_of_a_trusted_key_is_enough() {
    let other: Value =
        serde_json::from_slice(&attestation(&approval(), None, &signer(OTHER_KEY)).unwrap())
            .unwrap();
    let both = edited(|it| {
        let theirs = other["signatures"][0].clone();
        it["signatures"].as_array_mut().unwrap().insert(0, theirs);
    });
    assert!(Wanted::approval().verify(&both).is_ok());
    let nameless = edited(|it| {
        it["signatures"][0].as_object_mut().unwrap().remove("keyid");
    });
    assert!(Wanted::approval().verify(&nameless).is_ok());
}

/// The code for a key with these limits, in seconds after the decision; verified ten seconds after it.
fn code_of_key(limits: [Option<i64>; 3], wanted: Wanted) -> Option<&'static str> {
    let [not_before, not_after, revoked_from] =
        limits.map(|it| it.map(|seconds| made::now() + TimeDelta::seconds(seconds)));
    let key = TrustedKey {
        key: public(KEY),
        not_before,
        not_after,
        revoked_from,
    };
    let keys = TrustedKeys::of(vec![TrustedKey::always(public(OTHER_KEY)), key]).unwrap();
    let wanted = Wanted { keys, ..wanted };
    let verified = wanted.verify(&signed(&approval()));
    verified.err().map(|refused| refused.code())
}

#[test]
fn a_key_that_does_not_count() {
    let approval = |limits| code_of_key(limits, Wanted::approval());
    assert_eq!(approval([Some(0), Some(11), Some(11)]), None);
    assert_eq!(approval([Some(1), None, None]), Some("key_not_yet_valid"));
    assert_eq!(approval([None, Some(0), None]), Some("key_expired"));
    assert_eq!(approval([None, Some(10), None]), Some("key_expired"));
    assert_eq!(approval([None, None, Some(0)]), Some("key_revoked"));
    assert_eq!(approval([None, None, Some(10)]), Some("key_revoked"));
    let record = |limits| code_of_key(limits, Wanted::record());
    assert_eq!(record([None, Some(10), Some(10)]), None);
    assert_eq!(record([None, Some(0), None]), Some("key_expired"));
    assert_eq!(record([None, None, Some(0)]), Some("key_revoked"));
}

#[test]
fn a_payload_that_says_something_else() {
    assert_eq!(code(&signed_bytes(b"passport")), "not_a_statement");
    assert_eq!(code(&signed_bytes(b"{}")), "not_a_statement");
    let older = forged(|it| it["_type"] = "https://in-toto.io/Statement/v0.1".into());
    assert_eq!(code(&older), "not_a_statement");
    let other = forged(|it| it["predicateType"] = "https://slsa.dev/provenance/v1".into());
    assert_eq!(code(&other), "predicate_type");
    let none = forged(|it| it["predicate"] = json!({}));
    assert_eq!(code(&none), "not_a_passport");
    let nameless = forged(|it| it["predicate"]["passport"]["passportId"] = "one".into());
    assert_eq!(code(&nameless), "not_a_passport");
}

#[test]
fn a_word_of_a_later_version() {
    let words = [
        "/decision",
        "/mode",
        "/requirements/0/state",
        "/requirements/0/consequence",
    ];
    for word in words {
        let at = format!("/predicate/passport{word}");
        let changed = forged(|it| *it.pointer_mut(&at).unwrap() = "whisper".into());
        assert_eq!(code(&changed), "unknown_word", "{word}");
    }
}

#[test]
fn digests_that_are_not_those_of_the_passport() {
    assert!(Wanted::approval().verify(&forged(|_| ())).is_ok());
    let changed = forged(|it| it["subject"][0]["digest"]["sha256"] = "2".repeat(64).into());
    assert_eq!(code(&changed), "subjects_differ");
    let less = forged(|it| {
        it["subject"].as_array_mut().unwrap().pop();
    });
    assert_eq!(code(&less), "subjects_differ");
}

#[test]
fn a_release_that_was_not_expected() {
    let envelope = signed(&approval());
    let refused = |change: fn(&mut Wanted)| {
        let mut wanted = Wanted::approval();
        change(&mut wanted);
        wanted.verify(&envelope).unwrap_err().code()
    };
    assert_eq!(
        refused(|it| it.workspace = "other".to_owned()),
        "other_workspace"
    );
    assert_eq!(
        refused(|it| it.subject.version = Some("1.8.1".to_owned())),
        "other_subject"
    );
    assert_eq!(
        refused(|it| it.subject.revision = Some("b".repeat(40))),
        "other_subject"
    );
    assert_eq!(
        refused(|it| it.subject.artifact_digests.push("sha256:2".to_owned())),
        "other_subject"
    );
    assert_eq!(
        refused(|it| {
            it.subject.revision = None;
            it.subject.artifact_digests.clear();
        }),
        "nothing_expected"
    );
    let mut staging = made::scope();
    staging.environment = "staging".parse().unwrap();
    let wanted = Wanted::approval();
    let of_staging = wanted.with(&envelope, |_| ());
    assert!(of_staging.is_ok());
    let keys = wanted.keys.clone();
    let expected = crate::attest::Expected {
        keys: &keys,
        workspace: &made::scope().workspace,
        scope: Some(&staging),
        subject: &wanted.subject,
        policy_digest: None,
        purpose: wanted.purpose,
        now: made::now(),
    };
    let refused = crate::attest::verify(&envelope, &expected).unwrap_err();
    assert_eq!(refused.code(), "other_scope");
    let refused = wanted.with(&envelope, |it| {
        it.policy_digest = Some(Digest::of(b"another"));
    });
    assert_eq!(refused.unwrap_err().code(), "other_policy");
}

#[test]
fn evidence_that_is_not_what_was_bound() {
    let changed =
        forged(|it| it["predicate"]["passport"]["evidence"][0]["facts"][0]["item"] = "eu".into());
    assert_eq!(code(&changed), "evidence_differs");
    let younger = forged(|it| it["predicate"]["evidence"][0]["maxAgeSeconds"] = 301.into());
    assert_eq!(code(&younger), "evidence_differs");
    let unbound = forged(|it| it["predicate"]["evidence"] = json!([]));
    assert_eq!(code(&unbound), "evidence_differs");
}

#[test]
fn evidence_of_another_scope() {
    let mut passport = approval();
    passport.evidence[0].scope.service = "billing".parse().unwrap();
    assert_eq!(code(&signed(&passport)), "evidence_of_other_scope");
}

#[test]
fn a_pass_that_its_value_or_time_denies() {
    let failed = forged(|it| {
        it["predicate"]["passport"]["evidence"][0]["facts"][0]["value"] = "2%".into();
        bind(it);
    });
    assert_eq!(code(&failed), "contradictory_evidence");
}

#[test]
fn a_decision_that_does_not_follow() {
    let cases = [
        (Decision::Allow, Consequence::Hold),
        (Decision::Allow, Consequence::Canary),
        (Decision::Block, Consequence::Allow),
        (Decision::RollbackRecommended, Consequence::Hold),
    ];
    for (decision, consequence) in cases {
        let passport = Passport {
            decision,
            requirements: vec![
                requirement(State::Satisfied, Consequence::Allow),
                requirement(State::Warned, consequence),
            ],
            ..approval()
        };
        assert_eq!(code(&signed(&passport)), "inconsistent_decision");
    }
    let empty = Passport {
        requirements: Vec::new(),
        ..approval()
    };
    assert_eq!(code(&signed(&empty)), "inconsistent_decision");
}

#[test]
fn what_is_no_approval_now() {
    let refused = |change: fn(&mut Passport)| {
        let mut passport = approval();
        change(&mut passport);
        code(&signed(&passport))
    };
    assert_eq!(refused(|it| it.mode = Mode::Shadow), "shadow");
    assert_eq!(refused(|it| it.revoked_at = Some(made::now())), "withdrawn");
    let soon = |it: &mut Passport| it.valid_until = Some(made::now() + TimeDelta::seconds(10));
    assert_eq!(refused(soon), "expired");
    assert_eq!(refused(|it| it.valid_until = None), "expired");
    let stopped = [
        (Decision::RequireApproval, Consequence::Approve),
        (Decision::Hold, Consequence::Hold),
        (Decision::Block, Consequence::Block),
        (Decision::RollbackRecommended, Consequence::Block),
    ];
    for (decision, consequence) in stopped {
        let passport = Passport {
            decision,
            requirements: vec![requirement(State::Missing, consequence)],
            ..approval()
        };
        assert_eq!(code(&signed(&passport)), "not_an_approval");
    }
    let mut early = Wanted::approval();
    early.seconds_later = -61;
    let refused = early.verify(&signed(&approval())).unwrap_err();
    assert_eq!(refused.code(), "from_future");
}

#[test]
fn a_decision_for_a_part_of_the_traffic_is_an_approval() {
    let passport = Passport {
        decision: Decision::AllowWithCanary,
        requirements: vec![requirement(State::Warned, Consequence::Canary)],
        evidence: vec![made::evidence_of(
            "prom",
            Origin::Declared,
            vec![made::fact("error_rate", Status::Warning, 5)],
        )],
        ..approval()
    };
    assert!(Wanted::approval().verify(&signed(&passport)).is_ok());
}
