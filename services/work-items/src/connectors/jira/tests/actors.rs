//! Who approved is told of by ids that tell nothing.

use passport_evidence::Role;
use passport_testkit::{
    connector::actor_ids,
    people::{Someone, roles, shown, told},
};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::bench::{answers, by_rounds, by_status, judged};
use crate::connectors::jira::wanted::Wanted;

const APPROVERS: &str = "approver_state";
const DUTIES: &str = "separation_of_duties";

/// A person as Jira shows one.
fn user(it: &Someone) -> Value {
    json!({
        "accountId": it.id, "displayName": it.name, "emailAddress": it.mail, "name": it.mail,
        "phoneNumber": it.phone, "active": true,
    })
}

/// The answers, where these approved or declined and the first of all asked.
fn of(requester: &Someone, decided: &[(Someone, &str)]) -> Value {
    let mut answers = answers();
    let approvers = decided
        .iter()
        .map(|(who, word)| json!({"approver": user(who), "approverDecision": word}));
    answers["rounds"]["values"][1]["approvers"] = approvers.collect();
    answers["ticket"]["fields"]["reporter"] = user(requester);
    answers
}

fn keyed(key: &str) -> Wanted {
    Wanted {
        actors: actor_ids(key),
        ..by_rounds()
    }
}

#[test]
fn who_decided_and_who_asked_have_their_roles() {
    let facts = judged(
        &of(
            &Someone::of(9),
            &[
                (Someone::of(1), "approved"),
                (Someone::of(2), "declined"),
                (Someone::of(3), "pending"),
            ],
        ),
        &by_rounds(),
    );
    assert_eq!(roles(&facts, APPROVERS), [Role::Decliner, Role::Approver]);
    assert_eq!(roles(&facts, DUTIES), [Role::Approver, Role::Requester]);
    assert!(roles(&facts, "change_approval").is_empty());
}

#[test]
fn an_id_stays_under_one_key_and_is_another_under_another() {
    let of = |key: &str, who: u32| {
        let answers = of(&Someone::of(9), &[(Someone::of(who), "approved")]);
        let mut told = told(&judged(&answers, &keyed(key)), APPROVERS).into_iter();
        told.next().unwrap().1
    };
    assert_eq!(of("one key", 1), of("one key", 1));
    assert_ne!(of("one key", 1), of("another key", 1));
    assert_ne!(of("one key", 1), of("one key", 2));
}

/// The same person has one id, whether asking or approving: so it shows who approves an own change.
#[test]
fn a_person_has_one_id_in_every_role() {
    let answers = of(&Someone::of(1), &[(Someone::of(1), "approved")]);
    let told = told(&judged(&answers, &by_rounds()), DUTIES);
    let ids: std::collections::BTreeSet<_> = told.iter().map(|(_, id)| id).collect();
    assert_eq!((told.len(), ids.len()), (2, 1));
}

/// A data center has keys in place of account ids.
#[test]
fn a_person_of_a_data_center_is_told_by_the_key() {
    let mut answers = of(&Someone::of(9), &[]);
    let person = json!({"key": "JIRAUSER10100", "name": "ana", "displayName": "Ana"});
    answers["rounds"]["values"][1]["approvers"] =
        json!([{"approver": person, "approverDecision": "approved"}]);
    let facts = judged(&answers, &by_rounds());
    assert_eq!(roles(&facts, APPROVERS), [Role::Approver]);
    assert!(!shown(&facts).contains("JIRAUSER"));
}

#[test]
fn a_status_tells_of_nobody() {
    let facts = judged(&of(&Someone::of(9), &[]), &by_status());
    assert!(facts.iter().all(|it| it.actors().is_empty()));
}

proptest! {
    #[test]
    fn nothing_of_a_person_shows(
        numbers in prop::collection::vec(any::<u32>(), 1..30),
        words in prop::collection::vec(select(vec!["approved", "declined", "pending", ""]), 30),
        without_id in any::<bool>(),
    ) {
        let people: Vec<_> = numbers.iter().map(|it| Someone::of(*it)).collect();
        let decided: Vec<_> = people.iter().cloned().zip(words).collect();
        let mut answers = of(&people[0], &decided);
        if without_id {
            let first = &mut answers["rounds"]["values"][1]["approvers"][0]["approver"];
            first.as_object_mut().unwrap().remove("accountId");
        }
        let shown = shown(&judged(&answers, &by_rounds()));
        for one in &people {
            prop_assert_eq!(one.is_in(&shown), None, "{}", shown);
        }
    }
}
