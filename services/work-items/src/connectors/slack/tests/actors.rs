//! Who clicked is told of by ids that tell nothing.

use std::sync::Arc;

use passport_connector_sdk::{Connector, Hub, HubOptions};
use passport_evidence::{Fact, Role};
use passport_testkit::{
    connector::{self, persons_key},
    env::Env,
    people::{Someone, roles, shown, told},
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bench::{EXPIRES, SECRETS, deliver, fact, judged, kept, payload, settings, source};
use crate::connectors::slack::Slack;

const DECISION: &str = "approval_decision";
/// A moment while the request may be answered.
const THEN: i64 = EXPIRES - 200;

/// The facts after these were clicked.
fn clicked(source: &dyn Connector, clicks: &[(&str, &str)]) -> Vec<Fact> {
    let bodies = clicks
        .iter()
        .map(|(user, act)| payload(user, act, "req_1", THEN));
    of_bodies(source, bodies)
}

fn of_bodies(source: &dyn Connector, bodies: impl Iterator<Item = Value>) -> Vec<Fact> {
    let taken = bodies.filter_map(|it| deliver(source, SECRETS[0], &it, THEN).ok());
    judged(source, &kept(taken.map(|it| (it, THEN)).collect()), THEN)
}

/// A source in a process with this key for persons.
fn of_process(key: Option<&str>) -> Box<dyn Connector> {
    let options = HubOptions {
        persons_key: key.map(persons_key),
        ..HubOptions::default()
    };
    let env = Env::default();
    env.set("SLACK_TOKEN", "token");
    env.set("SLACK_SIGNING", SECRETS[0]);
    let hub = Hub::new(options, Arc::new(env));
    connector::built::<Slack>(&settings(&["SLACK_SIGNING"]), &hub).unwrap()
}

#[test]
fn who_decided_and_who_asks_have_their_roles() {
    let clicks = [
        ("U0APPR", "approve"),
        ("U0BOSS", "decline"),
        ("U0EVIL", "approve"),
    ];
    let facts = clicked(source(), &clicks);
    assert_eq!(
        roles(&facts, DECISION),
        [Role::Decliner, Role::Approver, Role::Requester]
    );
    let others = facts.iter().filter(|it| it.name().as_str() != DECISION);
    assert!(others.into_iter().all(|it| it.actors().is_empty()));
}

#[test]
fn an_id_stays_under_one_key_and_is_another_under_another() {
    let of = |key: &str, user: &str| {
        let facts = clicked(of_process(Some(key)).as_ref(), &[(user, "approve")]);
        let told = told(&facts, DECISION).into_iter();
        let mut approvers = told.filter(|(role, _)| *role == Role::Approver);
        approvers.next().unwrap().1
    };
    assert_eq!(of("one key", "U0APPR"), of("one key", "U0APPR"));
    assert_ne!(of("one key", "U0APPR"), of("another key", "U0APPR"));
    assert_ne!(of("one key", "U0APPR"), of("one key", "U0BOSS"));
}

/// What is kept of a click is told apart from what leaves: whoever has both can't put them together without the key.
#[test]
fn the_id_that_is_kept_is_in_no_evidence() {
    let body = payload("U0APPR", "approve", "req_1", THEN);
    let taken = deliver(source(), SECRETS[0], &body, THEN).unwrap();
    let record: Value = serde_json::from_slice(&taken.records[0]).unwrap();
    let kept_id = record["actor"].as_str().unwrap().to_owned();
    assert!(kept_id.starts_with("actor:"));
    let shown = shown(&judged(source(), &kept(vec![(taken, THEN)]), THEN));
    assert!(
        shown.contains("actor:") && !shown.contains(&kept_id),
        "{shown}"
    );
}

/// The signing secret alone makes the ids that are kept, which end with it; none of evidence.
#[test]
fn without_a_key_for_persons_clicks_count_and_nobody_is_told_of() {
    let facts = clicked(of_process(None).as_ref(), &[("U0APPR", "approve")]);
    let decision = fact(&facts, DECISION);
    assert_eq!(decision.value_text(), Some("1".to_owned()));
    assert!(decision.actors().is_empty());
}

proptest! {
    #[test]
    fn nothing_of_a_person_shows(number in any::<u32>(), is_declined in any::<bool>()) {
        let who = Someone::of(number);
        let act = ["approve", "decline"][usize::from(is_declined)];
        let mut body = payload("U0APPR", act, "req_1", THEN);
        body["user"] = json!({
            "id": "U0APPR", "username": who.mail, "name": who.name, "phone": who.phone,
            "team_id": "T0ACME",
        });
        let facts = of_bodies(source(), std::iter::once(body));
        prop_assert_eq!(roles(&facts, DECISION).len(), 2);
        let shown = shown(&facts);
        prop_assert_eq!(who.is_in(&shown), None, "{}", shown);
        prop_assert!(!shown.contains("U0"), "{}", shown);
    }
}
