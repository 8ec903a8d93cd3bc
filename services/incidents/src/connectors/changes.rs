//! Any change of an answer, for tests of what may pass then.

pub use passport_testkit::change::Change;
use passport_testkit::change::places;
use proptest::{prelude::*, sample::select};
use serde_json::Value;

/// Any change of these answers, to any of these values.
pub fn change(answers: &Value, values: Vec<Value>) -> impl Strategy<Value = Change> + use<> {
    let all = places(answers);
    let at = || select(all.clone());
    prop_oneof![
        at().prop_map(Change::Lost),
        (at(), select(values)).prop_map(|(at, value)| Change::Set(at, value)),
        at().prop_map(Change::Doubled),
    ]
}
