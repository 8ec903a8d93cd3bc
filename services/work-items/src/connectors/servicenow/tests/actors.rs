//! Who approved is told of by ids that tell nothing.

use passport_evidence::Role;
use passport_testkit::people::{Someone, roles, shown, told};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::bench::{ID, judged, judged_with, now, ready};

const APPROVERS: &str = "approver_state";
const DUTIES: &str = "separation_of_duties";

/// What one person was asked, as an instance answers that shows persons by their names.
fn asked(who: &Someone, state: &str) -> Value {
    json!({
        "sys_id": {"value": format!("row-of-{}", who.id)}, "state": {"value": state},
        "approver": {"value": who.id, "display_value": who.name},
        "approver.email": {"value": who.mail}, "approver.phone": {"value": who.phone},
        "sysapproval": {"value": ID},
    })
}

/// A change that one requested, of which these were asked.
fn of(requester: &Someone, asked_of: &[(Someone, &str)]) -> Value {
    let mut answers = ready();
    let rows: Vec<_> = asked_of
        .iter()
        .map(|(who, state)| asked(who, state))
        .collect();
    answers["approvers"] = json!({"result": rows, "total": rows.len()});
    answers["change"]["result"][0]["requested_by"] =
        json!({"value": requester.id, "display_value": requester.name});
    answers
}

#[test]
fn who_decided_and_who_requested_have_their_roles() {
    let asked_of = [
        (Someone::of(1), "approved"),
        (Someone::of(2), "rejected"),
        (Someone::of(3), "requested"),
    ];
    let facts = judged(&of(&Someone::of(9), &asked_of), now());
    assert_eq!(roles(&facts, APPROVERS), [Role::Decliner, Role::Approver]);
    assert_eq!(roles(&facts, DUTIES), [Role::Approver, Role::Requester]);
}

#[test]
fn an_id_stays_under_one_key_and_is_another_under_another() {
    let of = |key: &str, who: u32| {
        let answers = of(&Someone::of(9), &[(Someone::of(who), "approved")]);
        let facts = judged_with(&answers, now(), key);
        told(&facts, APPROVERS).into_iter().next().unwrap().1
    };
    assert_eq!(of("one key", 1), of("one key", 1));
    assert_ne!(of("one key", 1), of("another key", 1));
    assert_ne!(of("one key", 1), of("one key", 2));
}

/// A text where an id was asked for may be what the person is called.
#[test]
fn who_is_only_shown_is_only_counted() {
    let who = Someone::of(1);
    let mut answers = of(&Someone::of(9), &[(who.clone(), "approved")]);
    answers["approvers"]["result"][0]["approver"] = json!(who.name);
    let facts = judged(&answers, now());
    let fact = facts.iter().find(|it| it.name().as_str() == APPROVERS);
    let actors = fact.unwrap().actors();
    assert_eq!((actors.iter().count(), actors.further()), (0, 1));
}

proptest! {
    #[test]
    fn nothing_of_a_person_shows(
        numbers in prop::collection::vec(any::<u32>(), 1..30),
        states in prop::collection::vec(
            select(vec!["approved", "rejected", "requested", "cancelled", "odd"]), 30,
        ),
        is_plain in any::<bool>(),
    ) {
        let people: Vec<_> = numbers.iter().map(|it| Someone::of(*it)).collect();
        let asked_of: Vec<_> = people.iter().cloned().zip(states).collect();
        let mut answers = of(&people[0], &asked_of);
        if is_plain {
            answers["approvers"]["result"][0]["approver"] = json!(people[0].name);
        }
        let shown = shown(&judged(&answers, now()));
        for one in &people {
            prop_assert_eq!(one.is_in(&shown), None, "{}", shown);
        }
    }
}
