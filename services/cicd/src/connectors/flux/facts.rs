//! From one object to facts. Pure.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Subject, Threshold};

use super::{applied, helm, kind::Kind, model::Object, readiness, settings::Wanted};

const FLUX_READY: FactName = FactName::fixed("flux_ready");
const SOURCE_READY: FactName = FactName::fixed("source_ready");
const SUSPENDED: FactName = FactName::fixed("suspended");

const SUSPENSION: StateTable = StateTable::new(&[
    ("false", Meaning::Passed),
    ("true", Meaning::Warning(Reason::Suppressed)),
]);

/// The facts of an object.
pub fn of(
    object: &Object,
    wanted: &Wanted,
    subject: Option<&Subject>,
    now: DateTime<Utc>,
) -> Vec<Fact> {
    let kind = wanted.scope.kind;
    let ready = readiness::ready(ready_name(kind), object);
    let mut facts = Vec::new();
    if !kind.is_source() {
        let applied = applied::fact(object, wanted, subject, ready.status());
        facts.push(readiness::of_generation(applied, object));
    }
    if kind == Kind::HelmRelease {
        facts.extend(helm::facts(object));
    }
    let ready = match kind == Kind::Kustomization {
        true => readiness::kept_up(ready, object, now),
        false => ready,
    };
    facts.extend([ready, suspended(object)]);
    facts
}

/// The facts where the object can't be read.
pub fn nothing(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let kind = wanted.scope.kind;
    let mut names = vec![ready_name(kind)];
    if !kind.is_source() {
        names.push(applied::APPLIED);
    }
    if kind == Kind::HelmRelease {
        names.extend(helm::NAMES);
    }
    names.push(SUSPENDED);
    let unknown = |name| Fact::unknown(name, reason);
    names.into_iter().map(unknown).collect()
}

/// When this was so: when a Kustomization was last reconciled, which its history tells. The others
/// have no such heartbeat, and are as they were when they were read.
pub fn observed_at(object: &Object, kind: Kind, read_at: DateTime<Utc>) -> DateTime<Utc> {
    let heartbeat = object.last_reconciled();
    let heartbeat = heartbeat.filter(|_| kind == Kind::Kustomization);
    heartbeat.unwrap_or(read_at)
}

fn ready_name(kind: Kind) -> FactName {
    match kind.is_source() {
        true => SOURCE_READY,
        false => FLUX_READY,
    }
}

fn suspended(object: &Object) -> Fact {
    let word = if object.spec.suspend { "true" } else { "false" };
    Fact::state(SUSPENDED, word, &SUSPENSION).wanting(Some(Threshold::equals("false")))
}
