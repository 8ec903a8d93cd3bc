use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{keep::Keeper, keep::MemoryKeeper, stub};

fn subject(version: &str) -> Subject {
    Subject {
        version: Some(version.to_owned()),
        ..Subject::default()
    }
}

fn states() -> impl Strategy<Value = NoticeState> {
    prop_oneof![
        Just(NoticeState::Begun),
        Just(NoticeState::Unsent(FailureCode::Unreachable)),
        Just(NoticeState::Uncertain(FailureCode::TimedOut)),
        Just(NoticeState::Answered(json!({"id": "m-1"}))),
    ]
}

fn record(accepted: &Accepted, seconds: i64) -> Record {
    Record {
        received_at: stub::at(seconds),
        body: accepted.records.first().unwrap().clone(),
    }
}

fn of(records: Vec<Record>) -> Kept {
    Notices::sorted_out(Kept {
        records,
        ..Kept::default()
    })
}

#[test]
fn parts_of_a_release_do_not_run_together_and_the_order_of_digests_says_nothing() {
    let named = |version: Option<&str>, revision: Option<&str>, digests: &[&str]| Subject {
        version: version.map(str::to_owned),
        revision: revision.map(str::to_owned),
        artifact_digests: digests.iter().map(ToString::to_string).collect(),
    };
    let others = [
        named(Some("ab"), None, &[]),
        named(Some("a"), Some("b"), &[]),
        named(None, Some("ab"), &[]),
        named(None, None, &["ab"]),
        named(None, None, &["a", "b"]),
        named(Some(""), None, &["ab"]),
    ];
    let all: std::collections::BTreeSet<_> = others.iter().map(identity).collect();
    assert_eq!(all.len(), others.len());
    let one = named(None, None, &["a", "b"]);
    let other = named(None, None, &["b", "a", "b"]);
    assert_eq!(identity(&one), identity(&other));
}

#[tokio::test]
async fn of_those_who_begin_a_try_one_is_first() {
    let keeper = MemoryKeeper::default();
    let source = stub::id("acme", "one");
    let begun = Try::first(&subject("1")).is(&NoticeState::Begun, TimeDelta::hours(1));
    let (first, second) = futures::join!(
        keeper.keep(&source, &begun, stub::at(0)),
        keeper.keep(&source, &begun, stub::at(0)),
    );
    assert_ne!(first.unwrap(), second.unwrap());
}

proptest! {
    /// After whatever happened, in whatever order it is read: no second try where something may have
    /// arrived, and exactly one more where nothing did.
    #[test]
    fn a_try_is_due_only_after_tries_by_which_nothing_went_out(
        ended in proptest::collection::vec(states(), 0..6),
        other in states(),
        turned in any::<bool>(),
    ) {
        let this = subject("1");
        let mut at = Try::first(&this);
        let mut records = Vec::new();
        for (second, state) in (0..).zip(&ended) {
            let begun = at.is(&NoticeState::Begun, TimeDelta::hours(1));
            records.push(record(&begun, second));
            records.push(record(&at.is(state, TimeDelta::hours(1)), second));
            at = at.next();
        }
        let elsewhere = Try::first(&subject("2")).is(&other, TimeDelta::hours(1));
        records.push(record(&elsewhere, 0));
        let delivered = Record { received_at: stub::at(0), body: "{\"state\":1}".into() };
        records.push(delivered);
        if turned {
            records.reverse();
        }
        let kept = of(records);
        prop_assert_eq!(kept.records.len(), 1, "deliveries stay");
        let last = ended.last();
        prop_assert_eq!(kept.noticed(&this).map(|it| &it.state), last);
        let is_due = last.is_none_or(|it| matches!(it, NoticeState::Unsent(_)));
        prop_assert_eq!(kept.notices.due(&this), is_due.then_some(at));
    }

    #[test]
    fn whatever_was_delivered_is_read_without_harm(body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let marked = [MARK, body.as_slice()].concat();
        let records = [body, marked].map(|body| Record { received_at: stub::at(0), body: body.into() });
        let kept = of(records.to_vec());
        prop_assert_eq!(kept.records.len(), 2);
        prop_assert_eq!(kept.noticed(&subject("1")), None);
    }
}
