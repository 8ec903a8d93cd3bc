//! Who guards an environment is told of by ids that tell nothing.

use passport_evidence::{Fact, Role};
use passport_testkit::{
    connector::actor_ids,
    people::{Someone, roles, shown, told},
};
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use crate::connectors::github_actions::{
    facts::{Said, approval},
    model::Approval,
};

const APPROVAL: &str = "environment_approval";

/// What one said, as GitHub tells it ("Get the review history for a workflow run").
fn said(number: u32, state: &str, environment: &str) -> Value {
    let who = Someone::of(number);
    json!({
        "state": state, "comment": format!("{} says so", who.name),
        "environments": [{"id": 7, "name": environment}],
        "user": {"login": who.mail, "id": number, "name": who.name, "bio": who.phone},
    })
}

fn judged(approvals: &[Value], key: &str) -> Vec<Fact> {
    let approvals = approvals.iter().map(|it| {
        // Through text, as it comes over the wire.
        serde_json::from_str::<Approval>(&it.to_string()).unwrap()
    });
    let said = Said {
        pending: Vec::new(),
        approvals: approvals.collect(),
    };
    vec![approval("production", &Ok(said), &actor_ids(key))]
}

#[test]
fn who_decided_about_the_environment_has_a_role() {
    let facts = judged(
        &[
            said(1, "approved", "production"),
            said(2, "rejected", "production"),
            said(3, "pending", "production"),
            said(4, "approved", "staging"),
        ],
        "a key",
    );
    assert_eq!(roles(&facts, APPROVAL), [Role::Decliner, Role::Approver]);
}

#[test]
fn an_id_stays_under_one_key_and_is_another_under_another() {
    let of = |key: &str, who: u32| {
        let facts = judged(&[said(who, "approved", "production")], key);
        told(&facts, APPROVAL).into_iter().next().unwrap().1
    };
    assert_eq!(of("one key", 1), of("one key", 1));
    assert_ne!(of("one key", 1), of("another key", 1));
    assert_ne!(of("one key", 1), of("one key", 2));
}

/// A person without an account any more, or told in an odd way, is counted; the approval stands.
#[test]
fn who_is_gone_is_counted_only() {
    for user in [
        json!(null),
        json!("octo-lead"),
        json!({"login": "octo-lead"}),
    ] {
        let mut gone = said(1, "approved", "production");
        gone["user"] = user;
        let facts = judged(&[gone], "a key");
        let actors = facts[0].actors();
        assert_eq!((actors.iter().count(), actors.further()), (0, 1));
        assert_eq!(facts[0].status(), passport_evidence::Status::Passed);
    }
}

proptest! {
    #[test]
    fn nothing_of_a_person_shows(
        numbers in prop::collection::vec(1_000_000_u32.., 1..30),
        states in prop::collection::vec(select(vec!["approved", "rejected", "pending"]), 30),
    ) {
        let approvals = numbers.iter().zip(states);
        let approvals: Vec<_> =
            approvals.map(|(who, state)| said(*who, state, "production")).collect();
        let shown = shown(&judged(&approvals, "a key"));
        for number in numbers {
            let who = Someone::of(number);
            prop_assert_eq!(who.is_in(&shown), None, "{}", shown);
        }
    }
}
