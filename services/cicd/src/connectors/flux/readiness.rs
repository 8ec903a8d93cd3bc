//! Whether an object is ready, after the pages "Kustomizations", "Helm Releases" and those of the
//! sources, each under "Conditions". Pure.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Status, Threshold};

use super::model::{Condition, Object, Said};

/// How many intervals may go by before the controller is taken to be at rest.
const MISSED_INTERVALS: i32 = 3;
/// Longest reason of a condition that is shown.
const MAX_WORD: usize = 60;

const TRUE: &str = "True";
const DELETING: &str = "deleting";
const READY: StateTable = StateTable::new(&[
    (TRUE, Meaning::Passed),
    ("False", Meaning::Failed(Reason::BadState)),
    ("Unknown", Meaning::Unknown(Reason::NoData)),
]);
/// What keeps Ready from counting.
const OBSTACLES: StateTable = StateTable::new(&[
    (DELETING, Meaning::Failed(Reason::BadState)),
    ("older generation", Meaning::Pending(Reason::InProgress)),
    ("stalled", Meaning::Failed(Reason::BadState)),
    ("working", Meaning::Pending(Reason::InProgress)),
    ("suspended", Meaning::Warning(Reason::Suppressed)),
]);
/// Reasons of Ready False that only say that it is not over.
const WAITING: [&str; 2] = ["Progressing", "DependencyNotReady"];

/// What the status says of the object's own generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Observed {
    /// It is about this one.
    Current,
    /// It is about an older one.
    Behind,
    /// It does not say, or is ahead.
    Untold,
}

/// Which generation the status is about: as the status says, else as Ready says.
pub fn observed(object: &Object) -> Observed {
    let of_status = object.status.as_ref().and_then(|it| it.observed_generation);
    let of_ready = || match object.condition("Ready") {
        Said::Once(ready) => ready.observed_generation,
        Said::Nothing | Said::Ambiguously => None,
    };
    match (of_status.or_else(of_ready), object.metadata.generation) {
        (Some(observed), Some(own)) if observed < own => Observed::Behind,
        (Some(observed), Some(own)) if observed == own => Observed::Current,
        (Some(_) | None, Some(_) | None) => Observed::Untold,
    }
}

/// Whether the object is ready, whenever that was.
pub fn ready(name: FactName, object: &Object) -> Fact {
    let wanted = Some(Threshold::equals(TRUE));
    let obstacle = |word| Fact::state(name.clone(), word, &OBSTACLES);
    if object.metadata.deletion_timestamp.is_some() {
        return obstacle(DELETING).wanting(wanted);
    }
    let condition = match object.condition("Ready") {
        Said::Once(condition) => condition,
        Said::Nothing => return Fact::unknown(name, Reason::NoData).wanting(wanted),
        Said::Ambiguously => return Fact::unknown(name, Reason::Ambiguous).wanting(wanted),
    };
    let generation = observed(object);
    let (stalled, working) = (is(object, "Stalled"), is(object, "Reconciling"));
    let word = condition.status.as_str();
    let waits = word == "False" && WAITING.contains(&condition.reason.as_str());
    let is_open = matches!(word, TRUE | "Unknown");
    let fact = if generation == Observed::Behind {
        obstacle("older generation")
    } else if stalled == Some(true) {
        obstacle("stalled")
    } else if waits || is_open && working == Some(true) {
        obstacle("working")
    } else if word == TRUE && object.spec.suspend {
        obstacle("suspended")
    } else {
        Fact::state(name.clone(), word, &READY)
    };
    let fact = match (stalled, working, generation) {
        (Some(_), Some(_), Observed::Current | Observed::Behind) => fact,
        (Some(_), Some(_), Observed::Untold) => fact.doubt(Reason::UnexpectedShape),
        (None, _, _) | (_, None, _) => fact.doubt(Reason::UnrecognizedState),
    };
    // Ready counts health checks in: the two can't both be so.
    let is_healthy = match object.condition("Healthy") {
        Said::Nothing => true,
        Said::Once(_) | Said::Ambiguously => is(object, "Healthy") == Some(true),
    };
    let fact = match is_healthy {
        true => fact,
        false => fact.doubt(Reason::Contradictory),
    };
    match shown(condition) {
        Some(shown) => fact.showing(shown.as_str()),
        None => fact.without_value(),
    }
    .wanting(wanted)
}

/// Takes the conclusion away where the controller does not come by any more.
pub fn kept_up(fact: Fact, object: &Object, now: DateTime<Utc>) -> Fact {
    let idle = object.last_reconciled().map(|it| now - it);
    let (Some(idle), Some(interval)) = (idle, object.interval()) else {
        return fact;
    };
    match !object.spec.suspend && idle > interval * MISSED_INTERVALS {
        true => fact.contradict(Reason::Stale),
        false => fact,
    }
}

/// What is about an older generation is pending at most.
pub fn of_generation(fact: Fact, object: &Object) -> Fact {
    let concluded = match fact.status() {
        Status::Passed | Status::Warning | Status::Failed => true,
        Status::Pending | Status::Unknown | Status::NotApplicable => false,
    };
    match observed(object) {
        Observed::Behind if concluded => {
            let pending = Fact::pending(fact.name().clone(), Reason::InProgress);
            let pending = match fact.value() {
                Some(value) => pending.showing(value.clone()),
                None => pending,
            };
            pending.wanting(fact.threshold().cloned())
        }
        Observed::Untold => fact.doubt(Reason::UnexpectedShape),
        Observed::Behind | Observed::Current => fact,
    }
}

/// Whether an aspect is true; `None`: that can't be told. Absent is false.
fn is(object: &Object, kind: &str) -> Option<bool> {
    match object.condition(kind) {
        Said::Nothing => Some(false),
        Said::Once(it) => match it.status.as_str() {
            TRUE => Some(true),
            "False" => Some(false),
            _ => None,
        },
        Said::Ambiguously => None,
    }
}

/// `True`, else the status with its reason, as far as they look like words of a condition.
fn shown(condition: &Condition) -> Option<String> {
    let (word, reason) = (condition.status.as_str(), condition.reason.as_str());
    match (word == TRUE, is_plain(word), is_plain(reason)) {
        (true, _, _) | (false, true, false) => Some(word.to_owned()),
        (false, true, true) => Some(format!("{word}/{reason}")),
        (false, false, _) => None,
    }
}

/// Only what looks like a word of Flux or Helm is shown.
pub fn is_plain(word: &str) -> bool {
    let plain = |it: u8| it.is_ascii_alphabetic() || it == b'-';
    (1..=MAX_WORD).contains(&word.len()) && word.bytes().all(plain)
}
