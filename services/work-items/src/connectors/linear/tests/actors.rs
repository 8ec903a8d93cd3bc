//! Who set the sign is told of by an id that tells nothing.

use passport_evidence::Role;
use passport_testkit::{
    connector::actor_ids,
    people::{Someone, roles, shown, told},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{answers, by_label, by_state, judged};
use crate::connectors::linear::wanted::Wanted;

const APPROVAL: &str = "release_approval";

/// The answers, where one set the sign; with what was never asked for beside the id.
fn set_by(who: &Someone) -> Value {
    let mut answers = answers();
    let entries = &mut answers["data"]["issue"]["history"]["nodes"];
    for entry in entries.as_array_mut().unwrap() {
        entry["actorId"] = json!(who.id);
        entry["actor"] = json!({
            "id": who.id, "name": who.name, "displayName": who.name, "email": who.mail,
            "phone": who.phone,
        });
    }
    answers
}

fn letting(wanted: Wanted, who: &Someone, key: &str) -> Wanted {
    let approval = wanted
        .approval
        .clone()
        .map(|it| crate::connectors::linear::wanted::Approval {
            approvers: [who.id.clone()].into(),
            ..it
        });
    Wanted {
        approval,
        actors: actor_ids(key),
        ..wanted
    }
}

#[test]
fn who_may_approve_is_an_approver_and_anybody_else_an_author() {
    let (one, other) = (Someone::of(1), Someone::of(2));
    for wanted in [by_label(), by_state()] {
        let wanted = letting(wanted, &one, "a key");
        let approved = judged(&set_by(&one), &wanted);
        assert_eq!(roles(&approved, APPROVAL), [Role::Approver]);
        let set = judged(&set_by(&other), &wanted);
        assert_eq!(roles(&set, APPROVAL), [Role::Author]);
    }
}

#[test]
fn what_is_no_person_is_nobody() {
    let mut answers = answers();
    answers["data"]["issue"]["history"]["nodes"][1]["actorId"] = Value::Null;
    let facts = judged(&answers, &by_label());
    assert!(facts.iter().all(|it| it.actors().is_empty()));
}

#[test]
fn an_id_stays_under_one_key_and_is_another_under_another() {
    let of = |key: &str, who: u32| {
        let who = Someone::of(who);
        let facts = judged(&set_by(&who), &letting(by_label(), &who, key));
        told(&facts, APPROVAL).into_iter().next().unwrap().1
    };
    assert_eq!(of("one key", 1), of("one key", 1));
    assert_ne!(of("one key", 1), of("another key", 1));
    assert_ne!(of("one key", 1), of("one key", 2));
}

proptest! {
    #[test]
    fn nothing_of_a_person_shows(number in any::<u32>(), may in any::<bool>()) {
        let who = Someone::of(number);
        for wanted in [by_label(), by_state()] {
            let wanted = match may {
                true => letting(wanted, &who, "a key"),
                false => wanted,
            };
            let facts = judged(&set_by(&who), &wanted);
            prop_assert_eq!(roles(&facts, APPROVAL).len(), 1);
            let shown = shown(&facts);
            prop_assert_eq!(who.is_in(&shown), None, "{}", shown);
        }
    }
}
