//! What the default audience gets, against what it shall get.

use passport_evidence::{Fact, Meaning, Reason, StateTable, Threshold, Value};

use super::{
    FLAG_TARGETING,
    served::{Served, Serving},
};
use crate::connectors::launchdarkly::wanted::{Intent, Wanted};

/// Our own words.
const STATES: StateTable = StateTable::new(&[
    ("absent", Meaning::Failed(Reason::NoData)),
    ("archived", Meaning::Failed(Reason::BadState)),
    ("archived_as_off", Meaning::Warning(Reason::Degraded)),
    ("other", Meaning::Failed(Reason::BadState)),
    ("other_switch", Meaning::Warning(Reason::Degraded)),
]);

/// The fact.
pub fn fact(serving: &Serving, wanted: &Wanted) -> Fact {
    let archived = serving.is_archived.then_some("archived");
    match (wanted.intent, archived, &serving.served) {
        (Intent::Any, Some(archived), _) => informational().showing(archived),
        (Intent::Any, None, Ok(served)) => informational().showing(served.text().as_str()),
        (Intent::Any, None, Err(reason)) => Fact::unknown(FLAG_TARGETING, *reason),
        (Intent::On, Some(archived), _) => state("archived").showing(archived),
        (Intent::Off, Some(archived), _) => state("archived_as_off").showing(archived),
        (Intent::On, None, Ok(served)) => judge(served, true),
        (Intent::Off, None, Ok(served)) => judge(served, false),
        (Intent::On | Intent::Off, None, Err(reason)) => Fact::unknown(FLAG_TARGETING, *reason),
    }
}

/// The fact of a flag that does not exist.
pub fn absent() -> Fact {
    state("absent")
}

fn judge(served: &Served, shall_be_on: bool) -> Fact {
    let shown = served.text();
    let wanted = served.expected.as_deref();
    let wanted = wanted.map(|it| Threshold::equals(&text(shall_be_on, it)));
    match (served.share, wanted) {
        (None, _) => Fact::unknown(FLAG_TARGETING, Reason::UnexpectedShape),
        (Some(0), wanted) => state("other").showing(shown.as_str()).wanting(wanted),
        (Some(_), None) => Fact::unknown(FLAG_TARGETING, Reason::UnexpectedShape),
        // What is served is right, and not because somebody switched it so.
        (Some(_), wanted) if served.is_on != shall_be_on => state("other_switch")
            .showing(shown.as_str())
            .wanting(wanted),
        (Some(_), Some(wanted)) => {
            let shown = Value::Text(shown);
            Fact::measured(FLAG_TARGETING, shown, &wanted.into())
        }
    }
}

fn informational() -> Fact {
    Fact::not_applicable(FLAG_TARGETING, Reason::Informational)
}

fn state(word: &str) -> Fact {
    Fact::state(FLAG_TARGETING, word, &STATES)
}

fn text(is_on: bool, served: &str) -> String {
    let switch = if is_on { "on" } else { "off" };
    format!("{switch}: {served}")
}

// === impl Served ===

impl Served {
    fn text(&self) -> String {
        text(self.is_on, &self.shown)
    }
}
