//! What a controller says of an object in conditions.

use passport_evidence::Reason;

use crate::cluster::workload::Condition;

/// The one condition of a kind; `Ok(None)`: there is none. Two of a kind exclude each other.
pub fn condition<'a>(all: &'a [Condition], kind: &str) -> Result<Option<&'a Condition>, Reason> {
    let mut of_kind = all.iter().filter(|it| it.kind == kind);
    match (of_kind.next(), of_kind.next()) {
        (found, None) => Ok(found),
        (_, Some(_)) => Err(Reason::Contradictory),
    }
}
