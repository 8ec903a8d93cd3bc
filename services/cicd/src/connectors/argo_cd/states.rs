//! Argo CD's words for how an application is, and what they mean. Pure.
//!
//! The words stand in Argo CD's Go types (`pkg/apis/application/v1alpha1`, `gitops-engine/pkg/health`);
//! its custom resource definition has plain texts.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

const UNTOLD: (&str, Meaning) = ("Unknown", Meaning::Unknown(Reason::NoData));

const SYNC: StateTable = StateTable::new(&[
    (SYNCED, Meaning::Passed),
    ("OutOfSync", Meaning::Failed(Reason::BadState)),
    UNTOLD,
]);

/// For a source that allows drift.
const LENIENT: StateTable = StateTable::new(&[
    (SYNCED, Meaning::Passed),
    ("OutOfSync", Meaning::Warning(Reason::Degraded)),
    UNTOLD,
]);

const HEALTH: StateTable = StateTable::new(&[
    (HEALTHY, Meaning::Passed),
    ("Progressing", Meaning::Pending(Reason::InProgress)),
    ("Suspended", Meaning::Warning(Reason::Suppressed)),
    ("Degraded", Meaning::Failed(Reason::BadState)),
    ("Missing", Meaning::Failed(Reason::BadState)),
    ("deleting", Meaning::Failed(Reason::BadState)),
    UNTOLD,
]);

const PHASES: StateTable = StateTable::new(&[
    (SUCCEEDED, Meaning::Passed),
    ("Running", Meaning::Pending(Reason::InProgress)),
    ("Terminating", Meaning::Pending(Reason::InProgress)),
    ("Failed", Meaning::Failed(Reason::BadState)),
    ("Error", Meaning::Failed(Reason::BadState)),
]);

/// Kinds of conditions: Argo CD itself tells them by how their names end.
const CONDITIONS: StateTable = StateTable::new(&[
    (NONE, Meaning::Passed),
    ("Error", Meaning::Failed(Reason::BadState)),
    ("Warning", Meaning::Warning(Reason::Degraded)),
]);

/// All that runs is as the sources say.
pub const SYNCED: &str = "Synced";
const HEALTHY: &str = "Healthy";
/// An operation that ended well.
pub const SUCCEEDED: &str = "Succeeded";
/// Nothing of its kind.
pub const NONE: &str = "none";
/// Shown of an application that is being deleted.
pub const DELETING: &str = "deleting";
/// Longest word that is shown.
const MAX_WORD: usize = 40;

/// How what runs compares with the sources.
pub fn sync(name: FactName, word: Option<&str>, allow_drift: bool) -> Fact {
    let table = match allow_drift {
        true => &LENIENT,
        false => &SYNC,
    };
    look_up(name, word, table, SYNCED)
}

/// How well what runs is.
pub fn health(name: FactName, word: Option<&str>) -> Fact {
    look_up(name, word, &HEALTH, HEALTHY)
}

/// How far an operation is. The phase decides, whatever else the operation says of its end.
pub fn phase(name: FactName, word: Option<&str>) -> Fact {
    look_up(name, word, &PHASES, SUCCEEDED)
}

/// What a kind of condition means.
pub fn condition(name: FactName, kind: &str) -> Fact {
    let class = ["Error", "Warning"];
    match class.into_iter().find(|it| kind.ends_with(it)) {
        Some(class) => Fact::state(name, class, &CONDITIONS),
        None => Fact::unknown(name, Reason::UnrecognizedState),
    }
}

/// That nothing stands against an application.
pub fn no_condition(name: FactName) -> Fact {
    Fact::state(name, NONE, &CONDITIONS)
}

/// Only what looks like one of Argo CD's words may be shown.
pub fn is_plain(word: &str) -> bool {
    (1..=MAX_WORD).contains(&word.len()) && word.bytes().all(|it| it.is_ascii_alphabetic())
}

fn look_up(name: FactName, word: Option<&str>, table: &StateTable, wanted: &str) -> Fact {
    let fact = match word {
        None | Some("") => Fact::unknown(name, Reason::NoData),
        Some(word) if is_plain(word) => Fact::state(name, word, table),
        Some(_) => Fact::unknown(name, Reason::UnrecognizedState),
    };
    fact.wanting(Some(Threshold::equals(wanted)))
}
