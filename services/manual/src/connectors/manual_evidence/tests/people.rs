//! Nothing of a person and of a reason leaves, and one person is never two.

use passport_evidence::{Person, Status};
use serde_json::{Value, json};

use super::world::{
    approver, at, delivered, digest, facts, good, kept, source, source_with, submitter,
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

#[test]
fn without_a_key_nothing_is_kept_of_who_a_person_is() {
    let config = json!({"connector": "manual-evidence", "facts": ["pen_test"]});
    let hub = passport_testkit::connector::hub(&[]);
    let source = passport_testkit::connector::built::<
        crate::connectors::manual_evidence::ManualEvidence,
    >(&config, &hub)
    .unwrap();
    let accepted = delivered(source.as_ref(), good().to_string(), Some(&submitter())).unwrap();
    let kept: Value = serde_json::from_slice(&accepted.records[0]).unwrap();
    assert_eq!(kept["actor"], Value::Null);
}
