//! Who deals with incidents is told of by ids that tell nothing.

use passport_evidence::{Fact, Role};
use passport_testkit::people::{Someone, roles, shown, told};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{busy, judged, judged_by};

const ACTIVE: &str = "active_incident_count";

/// A reference as PagerDuty gives it, with more than an id.
fn agent(who: &Someone, kind: &str) -> Value {
    json!({
        "id": who.id, "type": kind, "summary": who.name, "email": who.mail,
        "html_url": format!("https://acme.pagerduty.com/users/{}", who.id),
        "contact_methods": [{"type": "phone_contact_method", "address": who.phone}],
    })
}

/// The answers, where the first incident is assigned to one and was acknowledged by another.
fn of(assignee: &Someone, acknowledger: &Someone, kind: &str) -> Value {
    let mut answers = busy();
    let incident = &mut answers["incidents"]["incidents"][0];
    incident["assignments"] = json!([{"assignee": agent(assignee, "user_reference")}]);
    incident["acknowledgements"] = json!([{"acknowledger": agent(acknowledger, kind)}]);
    answers
}

fn actors(facts: &[Fact]) -> (usize, u32) {
    let fact = facts.iter().find(|it| it.name().as_str() == ACTIVE);
    let actors = fact.unwrap().actors();
    (actors.iter().count(), actors.further())
}

#[test]
fn who_was_given_it_and_who_took_it_on_have_their_roles() {
    let (one, other) = (Someone::of(1), Someone::of(2));
    let facts = judged(&of(&one, &other, "user_reference"));
    assert_eq!(roles(&facts, ACTIVE), [Role::Responder, Role::Assignee]);
    // A service that acknowledges is nobody.
    let facts = judged(&of(&one, &other, "service_reference"));
    assert_eq!(roles(&facts, ACTIVE), [Role::Assignee]);
}

#[test]
fn an_id_stays_under_one_key_and_is_another_under_another() {
    let of = |key: &str, who: u32| {
        let who = Someone::of(who);
        let facts = judged_by(&of(&who, &who, "service_reference"), key);
        told(&facts, ACTIVE).into_iter().next().unwrap().1
    };
    assert_eq!(of("one key", 1), of("one key", 1));
    assert_ne!(of("one key", 1), of("another key", 1));
    assert_ne!(of("one key", 1), of("one key", 2));
}

/// Whoever deals with an incident, the count is the same: an odd answer about persons takes nothing away.
#[test]
fn what_is_odd_about_persons_changes_no_judgement() {
    let before = judged(&busy());
    for odd in [
        json!(null),
        json!("PUSER01"),
        json!({}),
        json!([7]),
        json!([{"assignee": "x"}]),
    ] {
        let mut answers = busy();
        answers["incidents"]["incidents"][0]["assignments"] = odd.clone();
        answers["incidents"]["incidents"][0]["acknowledgements"] = odd.clone();
        let after = judged(&answers);
        let status = |facts: &[Fact]| facts.iter().map(Fact::status).collect::<Vec<_>>();
        assert_eq!(status(&after), status(&before), "{odd}");
        let further = u32::from(odd.as_array().is_some_and(|it| !it.is_empty()));
        assert_eq!(actors(&after), (0, further), "{odd}");
    }
}

proptest! {
    #[test]
    fn nothing_of_a_person_shows(numbers in any::<[u32; 2]>()) {
        let people = numbers.map(Someone::of);
        let facts = judged(&of(&people[0], &people[1], "user_reference"));
        prop_assert_eq!(roles(&facts, ACTIVE).len(), 2);
        let shown = shown(&facts);
        for one in &people {
            prop_assert_eq!(one.is_in(&shown), None, "{}", shown);
        }
    }
}
