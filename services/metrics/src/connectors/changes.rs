//! Answers of a provider of which parts are lost, replaced or doubled, at random.

use passport_testkit::change::{Change, places};
use proptest::{prelude::*, sample::select};
use serde_json::Value;

/// Most changes of one answer.
const MOST: usize = 4;

/// A good answer after a few changes; what is put somewhere is one of these values.
pub fn changed(answer: Value, values: Vec<Value>) -> impl Strategy<Value = Value> {
    let change = change(&answer, values);
    prop::collection::vec(change, 0..MOST).prop_map(move |changes| {
        let mut answer = answer.clone();
        changes.iter().for_each(|change| change.apply(&mut answer));
        answer
    })
}

fn change(answer: &Value, values: Vec<Value>) -> impl Strategy<Value = Change> + use<> {
    let all = places(answer);
    let at = || select(all.clone());
    prop_oneof![
        1 => at().prop_map(Change::Lost),
        3 => (at(), select(values)).prop_map(|(at, value)| Change::Set(at, value)),
        1 => at().prop_map(Change::Doubled),
    ]
}
