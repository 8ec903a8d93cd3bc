//! Counts of answers that lack something.

use passport_evidence::{Fact, Reason, Value};

/// The fact of a count that its provider flags as partial: what does not decide is for the flag's sake,
/// and a count of nothing says nothing.
pub fn flagged(fact: Fact) -> Fact {
    let fact = match fact.reason() {
        Some(Reason::LowerBound) => fact.contradict(Reason::PartialResponse),
        Some(_) | None => fact,
    };
    let shows_nothing = fact
        .value()
        .and_then(Value::quantity)
        .is_some_and(|quantity| *quantity.number() == 0);
    if shows_nothing {
        fact.without_value().observed(None)
    } else {
        fact
    }
}
