//! Nothing of a person and of a reason leaves, and one person is never two.

use passport_evidence::{Person, Right, Role, Status};
use passport_testkit::people::{self, Someone};
use proptest::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::world::{
    approver, at, delivered, digest, facts, good, kept, of_process, source, source_with, submitter,
};

#[test]
fn what_is_kept_and_told_names_nobody() {
    let source = source();
    let ana = Person::of_issuer(
        "https://id.example.com",
        "ana.lopez@example.com",
        [passport_evidence::Right::Submit],
    );
    let accepted = delivered(source.as_ref(), good().to_string(), Some(&ana)).unwrap();
    let reply: Value = serde_json::from_slice(&accepted.reply.body).unwrap();
    let actor = reply["actor"].as_str().unwrap();
    assert!(actor.starts_with("actor:") && actor.len() == 22, "{actor}");
    let records = [accepted.records[0].clone()];
    let facts = facts(source.as_ref(), &records, Some(&digest("ab")), at(0));
    let told = format!("{reply} {facts:?} {}", accepted.idempotency_key);
    let kept = String::from_utf8_lossy(&records[0]).into_owned();
    for text in [told.as_str(), kept.as_str()] {
        assert!(
            !text.contains("ana") && !text.contains("id.example.com"),
            "{text}"
        );
        assert!(!text.contains("user:bob"), "{text}");
    }
    assert!(kept.contains(actor));
    assert!(!told.contains("penetration"));
}

/// All that is made of persons is made with the key: whoever has a list of them, the record and what is kept
/// can't try out which of them it was.
#[test]
fn whatever_names_a_person_wants_the_key() {
    let one = source_with("one key");
    let (same, other) = (source_with("one key"), source_with("another key"));
    let told = |source: &dyn passport_connector_sdk::Connector| {
        let taken = delivered(source, good().to_string(), Some(&submitter())).unwrap();
        let reply: Value = serde_json::from_slice(&taken.reply.body).unwrap();
        let record: Value = serde_json::from_slice(&taken.records[0]).unwrap();
        let ids = [
            &reply["actor"],
            &reply["record"],
            &record["actor"],
            &record["id"],
        ];
        let ids = ids.map(|it| it.as_str().unwrap().to_owned());
        ids.into_iter()
            .chain([taken.idempotency_key])
            .collect::<Vec<_>>()
    };
    let (first, again) = (told(one.as_ref()), told(same.as_ref()));
    assert_eq!(first, again);
    for (one, other) in first.iter().zip(told(other.as_ref())) {
        assert_ne!(*one, other);
    }
    // What one of them has confirmed stays confirmed by whichever of two with one key.
    let mut records = kept(one.as_ref(), &good().to_string());
    let confirmed = delivered(same.as_ref(), good().to_string(), Some(&approver()));
    records.truncate(1);
    records.extend(confirmed.unwrap().records);
    let (facts, _) = facts(one.as_ref(), &records, Some(&digest("ab")), at(0));
    assert_eq!(facts[0].status(), Status::Passed);
}

#[test]
fn a_person_has_one_id_and_no_two_have_the_same() {
    let source = source();
    let id = |person: &Person, fact: &str| {
        let mut record = good();
        record["fact"] = json!(fact);
        let accepted = delivered(source.as_ref(), record.to_string(), Some(person)).unwrap();
        let reply: Value = serde_json::from_slice(&accepted.reply.body).unwrap();
        reply["actor"].clone()
    };
    assert_eq!(
        id(&submitter(), "pen_test"),
        id(&submitter(), "crash_free_sessions")
    );
    assert_ne!(id(&submitter(), "pen_test"), id(&approver(), "pen_test"));
}

#[test]
fn one_person_with_both_rights_never_passes_anything() {
    let source = source();
    let both = |id: &str| Person::read(id, "evidence:submit,evidence:approve").unwrap();
    let mut records = Vec::new();
    for approved_by in ["user:ada", "user:bob"] {
        let mut record = good();
        record["approvedBy"] = json!(approved_by);
        let accepted = delivered(source.as_ref(), record.to_string(), Some(&both("user:ada")));
        records.extend(accepted.into_iter().flat_map(|it| it.records));
    }
    let (facts, _) = facts(source.as_ref(), &records, Some(&digest("ab")), at(0));
    assert!(
        facts.iter().all(|it| it.status() != Status::Passed),
        "{facts:?}"
    );
}

/// A process's key does what a source's own does, and the source's own goes before it.
#[test]
fn the_process_s_key_marks_persons_too() {
    let told = |source: &dyn passport_connector_sdk::Connector| {
        let taken = delivered(source, good().to_string(), Some(&submitter())).unwrap();
        let record: Value = serde_json::from_slice(&taken.records[0]).unwrap();
        let text = |key: &str| record[key].as_str().unwrap().to_owned();
        [text("actor"), text("id"), taken.idempotency_key]
    };
    let one = told(of_process(Some("one key")).unwrap().as_ref());
    let same = told(of_process(Some("one key")).unwrap().as_ref());
    let other = told(of_process(Some("another key")).unwrap().as_ref());
    assert_eq!(one, same);
    for (one, other) in one.iter().zip(&other) {
        assert_ne!(one, other);
    }
    assert_eq!(one, told(source_with("one key").as_ref()));
    // What somebody with a list of persons and the record could compute without a key.
    let (person, body) = (submitter().id().to_owned(), good().to_string());
    let length = |part: &str| (part.len() as u64).to_be_bytes().to_vec();
    let framed = |parts: &[&str]| {
        let framed = parts
            .iter()
            .flat_map(|it| [length(it), it.as_bytes().to_vec()].concat());
        framed.collect::<Vec<_>>()
    };
    let guesses = [
        [person.as_bytes(), body.as_bytes()].concat(),
        [body.as_bytes(), person.as_bytes()].concat(),
        person.clone().into_bytes(),
        body.clone().into_bytes(),
        framed(&["delivery", &person, &body]),
        framed(&["record", &body]),
        framed(&[&person, &body]),
    ];
    for guess in guesses {
        let guess = hex::encode(Sha256::digest(guess));
        for told in &one {
            let told = told.trim_start_matches("actor:");
            assert!(
                !guess.starts_with(told) && !told.starts_with(&guess),
                "{told}"
            );
        }
    }
}

/// In evidence stands who is kept, which is also who the person is told to be.
#[test]
fn who_stated_and_who_confirmed_are_told_of_by_the_ids_that_are_kept() {
    let (one, other) = (source_with("one key"), source_with("another key"));
    let of = |source: &dyn passport_connector_sdk::Connector| {
        let records = kept(source, &good().to_string());
        let (facts, _) = facts(source, &records, Some(&digest("ab")), at(0));
        people::told(&facts, "manual_attestation")
    };
    let kept = |source: &dyn passport_connector_sdk::Connector, person: &Person| {
        let taken = delivered(source, good().to_string(), Some(person)).unwrap();
        let reply: Value = serde_json::from_slice(&taken.reply.body).unwrap();
        reply["actor"].as_str().unwrap().parse().unwrap()
    };
    let told = of(one.as_ref());
    let wanted = [
        (Role::Approver, kept(one.as_ref(), &approver())),
        (Role::Author, kept(one.as_ref(), &submitter())),
    ];
    assert_eq!(told, wanted.into());
    assert_eq!(of(one.as_ref()), told);
    assert!(of(other.as_ref()).is_disjoint(&told));
}

#[test]
fn who_takes_a_confirmation_back_declines_it() {
    let source = source();
    let mut records = kept(source.as_ref(), &good().to_string());
    let mut revoked = good();
    revoked["revokedAt"] = json!(at(-60).to_rfc3339());
    let taken = delivered(source.as_ref(), revoked.to_string(), Some(&approver()));
    records.extend(taken.unwrap().records);
    let (facts, _) = facts(source.as_ref(), &records, Some(&digest("ab")), at(0));
    let roles = people::roles(&facts, "manual_attestation");
    assert_eq!(roles, [Role::Decliner, Role::Approver, Role::Author]);
}

proptest! {
    #[test]
    fn nothing_of_a_person_shows(number in any::<u32>()) {
        let who = Someone::of(number);
        let source = source();
        let rights = [Right::Submit];
        let ids = [who.id.as_str(), &who.name, &who.mail, &who.phone];
        for id in ids {
            let person = Person::of_issuer("https://id.example.com", id, rights);
            let mut record = good();
            record["reason"] = json!(format!("{} and {} looked at it with the team.", who.name, who.mail));
            let taken = delivered(source.as_ref(), record.to_string(), Some(&person)).unwrap();
            let (facts, _) = facts(source.as_ref(), &taken.records, Some(&digest("ab")), at(0));
            prop_assert_eq!(people::roles(&facts, "manual_attestation"), [Role::Author]);
            let shown = people::shown(&facts);
            prop_assert_eq!(who.is_in(&shown), None, "{}", shown);
        }
    }
}

#[test]
fn where_nobody_has_a_key_the_source_is_refused() {
    let problems = of_process(None).err().unwrap();
    assert!(
        problems.contains("actor_key") && problems.contains("persons: { key"),
        "{problems}"
    );
}
