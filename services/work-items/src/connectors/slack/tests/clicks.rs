//! Whatever is clicked, in whatever order, a release is approved only by enough persons who may, and nothing
//! that comes in breaks anything.

use bytes::Bytes;
use passport_evidence::Status;
use proptest::{prelude::*, sample::select};
use serde_json::{Value, json};

use super::bench::{
    self, EXPIRES, NOW, SECRETS, deliver, fact, header, judged, kept, payload, signature, source,
};
use crate::connectors::changes::change;

/// Sequences of clicks.
const SEQUENCES: u32 = 1_500;
/// Sets of payloads, and payloads of one set.
const SETS: u32 = 80;
const TOGETHER: usize = 50;

#[test]
fn nobody_is_kept() {
    let source = source();
    let taken = deliver(
        source,
        SECRETS[0],
        &payload("U0APPR", "approve", "req_1", NOW),
        NOW,
    );
    let record = String::from_utf8(taken.unwrap().records[0].to_vec()).unwrap();
    for personal in ["U0APPR", "sample", "hooks", "legacy", "T0ACME", "trigger"] {
        assert!(!record.contains(personal), "{record}");
    }
}

#[derive(Debug, Clone)]
struct Clicked {
    user: &'static str,
    act: &'static str,
    request: &'static str,
    team: &'static str,
    /// After the moment when the request was posted.
    after: i64,
    secret: &'static str,
}

fn clicked() -> impl Strategy<Value = Clicked> {
    let users = vec!["U0APPR", "U0BOSS", "U0MORE", "U0REQ", "U0EVIL"];
    let acts = vec![
        "approve", "approve", "approve", "approve", "decline", "snooze",
    ];
    let requests = vec!["req_1", "req_1", "req_1", "req_1", "req_2"];
    let teams = vec!["T0ACME", "T0ACME", "T0ACME", "T0ACME", "T0EVIL"];
    let secrets = vec![SECRETS[0], SECRETS[1], SECRETS[0], "forged"];
    let after = select(vec![1, 100, 200, 250, 299, 300, 400]);
    (
        select(users),
        select(acts),
        select(requests),
        select(teams),
        after,
        select(secrets),
    )
        .prop_map(|(user, act, request, team, after, secret)| Clicked {
            user,
            act,
            request,
            team,
            after,
            secret,
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(SEQUENCES))]

    #[test]
    fn only_enough_persons_who_may_approve(
        clicks in prop::collection::vec(clicked(), 0..7),
        later in select(vec![0, 301, 500]),
    ) {
        let source = source();
        let posted = EXPIRES - 300;
        let mut taken = Vec::new();
        for it in &clicks {
            let at = posted + it.after;
            let mut body = payload(it.user, it.act, it.request, at);
            body["team"]["id"] = json!(it.team);
            let answer = deliver(source, it.secret, &body, at);
            prop_assert_eq!(answer.is_ok(), it.secret != "forged");
            taken.extend(answer.ok().map(|it| (it, at)));
        }
        let now = posted + 299.max(later);
        let facts = judged(source, &kept(taken), now);
        let counts = |it: &&Clicked| {
            it.secret != "forged"
                && it.request == "req_1"
                && it.team == "T0ACME"
                && it.after < 300
                && ["U0APPR", "U0BOSS", "U0MORE"].contains(&it.user)
        };
        let on_it: Vec<_> = clicks.iter().filter(counts).collect();
        let is_declined = on_it.iter().any(|it| it.act == "decline");
        let mut persons: Vec<_> =
            on_it.iter().filter(|it| it.act == "approve").map(|it| it.user).collect();
        persons.sort_unstable();
        persons.dedup();
        let decision = fact(&facts, "approval_decision");
        let wanted = match (is_declined, now < EXPIRES, persons.len() >= 2) {
            (true, _, _) => Status::Failed,
            (false, false, _) => Status::Unknown,
            (false, true, true) => Status::Passed,
            (false, true, false) => Status::Pending,
        };
        prop_assert_eq!(decision.status(), wanted, "{:?}", clicks);
        prop_assert_eq!(decision.value_text(), Some(persons.len().to_string()));
        let text = format!("{facts:?}");
        prop_assert!(!text.contains("U0"), "{}", text);
    }
}

fn changed() -> impl Strategy<Value = Value> {
    let base = payload("U0APPR", "approve", "req_1", NOW);
    let values = vec![
        json!(null),
        json!(0),
        json!(""),
        json!("U0BOSS"),
        json!("T0EVIL"),
        json!("decline"),
        json!([]),
        json!({}),
        json!({"id": "U0BOSS"}),
        json!(["button", "approve", "req_1", "1777800605.000000"]),
        json!("view_submission"),
    ];
    let changes = prop::collection::vec(change(&base, values), 1..4);
    changes.prop_map(move |changes| {
        let mut base = base.clone();
        for change in &changes {
            change.apply(&mut base);
        }
        base
    })
}

/// Reads the same JSON in a way of its own.
fn says(payload: &Value, act: &str) -> bool {
    let actions = payload["actions"].as_array();
    let one = actions.filter(|it| it.len() == 1).and_then(|it| it.first());
    let user = &payload["user"]["id"];
    payload["type"] == "block_actions"
        && payload["team"]["id"] == "T0ACME"
        && (user == "U0APPR" || user == "U0BOSS")
        && one.is_some_and(|it| {
            it["type"] == "button"
                && it["value"] == "req_1"
                && it["action_id"] == act
                && it["action_ts"] == format!("{NOW}.000100")
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(SETS))]

    #[test]
    fn changed_payloads_say_no_more_than_they_say(
        payloads in prop::collection::vec(changed(), TOGETHER),
    ) {
        let source = source();
        let mut taken = Vec::new();
        for it in &payloads {
            prop_assert!(deliver(source, "forged", it, NOW).is_err());
            taken.extend(deliver(source, SECRETS[0], it, NOW).ok().map(|it| (it, NOW)));
        }
        let facts = judged(source, &kept(taken), NOW);
        let decision = fact(&facts, "approval_decision");
        let approves = |user: &str| {
            payloads.iter().any(|it| it["user"]["id"] == user && says(it, "approve"))
        };
        let is_declined = payloads.iter().any(|it| says(it, "decline"));
        let is_enough = approves("U0APPR") && approves("U0BOSS");
        prop_assert_eq!(decision.status() == Status::Failed, is_declined);
        let may_pass = is_enough && !is_declined;
        prop_assert!(decision.status() != Status::Passed || may_pass);
    }

    #[test]
    fn arbitrary_bodies_break_nothing(
        bodies in prop::collection::vec("(payload=)?.{0,120}", TOGETHER),
    ) {
        let source = source();
        for body in &bodies {
            let time = NOW.to_string();
            for secret in [SECRETS[0], "forged"] {
                let headers = header(&time, &signature(secret, &time, body));
                let delivery = bench::delivery(headers, Bytes::from(body.clone()), NOW);
                let taken = source.accept(&delivery);
                prop_assert!(taken.is_err_and(|it| it.reply.status.is_client_error()));
            }
        }
        let facts = judged(source, &kept(Vec::new()), NOW);
        prop_assert_eq!(fact(&facts, "approval_decision").status(), Status::Pending);
        prop_assert_eq!(fact(&facts, "approval_authenticity").status(), Status::Warning);
    }
}
