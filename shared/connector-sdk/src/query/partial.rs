//! What is left of a count that may lack something.

use passport_evidence::{Fact, Reason, Value};

/// A count of an answer that its provider says to be partial: what does not decide is so for that sake,
/// and a count of nothing says nothing.
pub fn flagged(fact: Fact) -> Fact {
    let fact = match fact.reason() {
        Some(Reason::LowerBound) => fact.contradict(Reason::PartialResponse),
        Some(_) | None => fact,
    };
    let quantity = fact.value().and_then(Value::quantity);
    match quantity.is_some_and(|quantity| *quantity.number() == 0) {
        true => fact.without_value().observed(None),
        false => fact,
    }
}
