//! Who is to do something is told of by ids that tell nothing.

use passport_evidence::{Fact, Role};
use passport_testkit::people::{Someone, roles, shown, told};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{SERVICE, busy, judged, judged_by};

const ALERTS: &str = "active_alert_count";
const INCIDENTS: &str = "active_incident_count";

/// A responder as Opsgenie gives one, with more than an id.
fn responder(who: &Someone) -> Value {
    json!({"type": "user", "id": who.id, "username": who.mail, "name": who.name, "phone": who.phone})
}

/// The answers, where one is to do something about an alert of P4, and about an incident.
fn of(who: &Someone) -> Value {
    let mut answers = busy();
    let alert = &mut answers["alerts"]["rows"][0];
    alert["responders"]
        .as_array_mut()
        .unwrap()
        .push(responder(who));
    alert["owner"] = json!(who.mail);
    alert["report"] = json!({"acknowledgedBy": who.mail});
    let incident = json!({
        "id": "i", "status": "open", "impactedServices": [SERVICE], "ownerTeam": who.name,
        "responders": [responder(who), {"type": "team", "id": SERVICE}],
    });
    answers["incidents"]["rows"] = json!([incident]);
    answers
}

#[test]
fn a_person_is_a_responder_of_what_the_person_is_to_deal_with() {
    let facts = judged(&of(&Someone::of(1)));
    assert_eq!(roles(&facts, ALERTS), [Role::Responder]);
    assert_eq!(roles(&facts, INCIDENTS), [Role::Responder]);
    let of_alerts = facts.iter().filter(|it| it.name().as_str() == ALERTS);
    let told = of_alerts.filter(|it| !it.actors().is_empty());
    assert_eq!(told.map(Fact::item).collect::<Vec<_>>(), [Some("P4")]);
    // A team is nobody.
    assert!(judged(&busy()).iter().all(|it| it.actors().is_empty()));
}

#[test]
fn an_id_stays_under_one_key_and_is_another_under_another() {
    let of = |key: &str, who: u32| {
        let facts = judged_by(&of(&Someone::of(who)), key);
        told(&facts, ALERTS).into_iter().next().unwrap().1
    };
    assert_eq!(of("one key", 1), of("one key", 1));
    assert_ne!(of("one key", 1), of("another key", 1));
    assert_ne!(of("one key", 1), of("one key", 2));
}

#[test]
fn what_is_odd_about_persons_of_an_incident_changes_no_judgement() {
    let before = judged(&of(&Someone::of(1)));
    for odd in [
        json!(null),
        json!("u1"),
        json!({}),
        json!([7]),
        json!([{"type": "user"}]),
    ] {
        let mut answers = of(&Someone::of(1));
        answers["incidents"]["rows"][0]["responders"] = odd.clone();
        let after = judged(&answers);
        let status = |facts: &[Fact]| facts.iter().map(Fact::status).collect::<Vec<_>>();
        assert_eq!(status(&after), status(&before), "{odd}");
    }
}

proptest! {
    #[test]
    fn nothing_of_a_person_shows(number in any::<u32>()) {
        let who = Someone::of(number);
        let shown = shown(&judged(&of(&who)));
        prop_assert_eq!(who.is_in(&shown), None, "{}", shown);
    }
}
