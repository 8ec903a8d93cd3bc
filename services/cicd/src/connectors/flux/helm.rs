//! What a HelmRelease tells of its releases, after the page "Helm Releases". Pure.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

use super::{
    model::{Entry, Object, Said},
    readiness::{is_plain, of_generation},
    revision::is_version,
};

const HELM_RELEASE: FactName = FactName::fixed("helm_release");
const HELM_TEST: FactName = FactName::fixed("helm_test");
const DRIFT: FactName = FactName::fixed("drift");
const ROLLBACK_TARGET: FactName = FactName::fixed("rollback_target");
/// Names of the facts that only a HelmRelease has.
pub const NAMES: [FactName; 4] = [HELM_RELEASE, HELM_TEST, DRIFT, ROLLBACK_TARGET];
const NONE: &str = "none";

/// Helm's words for a release.
const RELEASE: StateTable = StateTable::new(&[
    ("deployed", Meaning::Passed),
    ("failed", Meaning::Failed(Reason::BadState)),
    ("pending-install", Meaning::Pending(Reason::InProgress)),
    ("pending-upgrade", Meaning::Pending(Reason::InProgress)),
    ("pending-rollback", Meaning::Pending(Reason::InProgress)),
    ("unknown", Meaning::Unknown(Reason::NoData)),
    ("superseded", Meaning::Unknown(Reason::Contradictory)),
    ("uninstalled", Meaning::Unknown(Reason::Contradictory)),
    ("uninstalling", Meaning::Unknown(Reason::Contradictory)),
]);
const TEST: StateTable = StateTable::new(&[
    ("True", Meaning::Passed),
    ("False", Meaning::Failed(Reason::BadState)),
    ("Unknown", Meaning::Pending(Reason::InProgress)),
]);
const DRIFTED: StateTable = StateTable::new(&[
    ("False", Meaning::Passed),
    ("True", Meaning::Warning(Reason::Degraded)),
    ("Unknown", Meaning::Unknown(Reason::NoData)),
]);
const TARGETS: StateTable = StateTable::new(&[
    (NONE, Meaning::Warning(Reason::NoData)),
    ("remediated", Meaning::Warning(Reason::Degraded)),
]);

/// The newest release; `None`: there is none. Flux keeps the newest first.
pub fn newest(object: &Object) -> Result<Option<&Entry>, Reason> {
    let numbers: Option<Vec<_>> = object.history().iter().map(|it| it.version).collect();
    let numbers = numbers.ok_or(Reason::UnexpectedShape)?;
    let is_sorted = numbers
        .windows(2)
        .all(|pair| matches!(pair, [one, next] if one > next));
    match is_sorted {
        true => Ok(object.history().first()),
        false => Err(Reason::Contradictory),
    }
}

/// The facts that only a HelmRelease has.
pub fn facts(object: &Object) -> Vec<Fact> {
    vec![
        release(object),
        of_generation(
            condition(HELM_TEST, object, "TestSuccess", &TEST, "True"),
            object,
        ),
        of_generation(
            condition(DRIFT, object, "Drifted", &DRIFTED, "False"),
            object,
        ),
        rollback_target(object),
    ]
}

fn release(object: &Object) -> Fact {
    let fact = match newest(object) {
        Err(reason) => Fact::unknown(HELM_RELEASE, reason),
        Ok(None) => Fact::unknown(HELM_RELEASE, Reason::NoData),
        Ok(Some(newest)) => match newest.status.as_deref() {
            None => Fact::unknown(HELM_RELEASE, Reason::UnexpectedShape),
            Some(word) if is_plain(word) => Fact::state(HELM_RELEASE, word, &RELEASE),
            Some(_) => Fact::unknown(HELM_RELEASE, Reason::UnrecognizedState),
        },
    };
    of_generation(fact.wanting(Some(Threshold::equals("deployed"))), object)
}

/// An aspect that not every release has.
fn condition(
    name: FactName,
    object: &Object,
    kind: &str,
    table: &StateTable,
    wanted: &str,
) -> Fact {
    let fact = match object.condition(kind) {
        Said::Nothing => return Fact::not_applicable(name, Reason::Informational),
        Said::Once(it) if is_plain(&it.status) => Fact::state(name, &it.status, table),
        Said::Once(_) => Fact::unknown(name, Reason::UnrecognizedState),
        Said::Ambiguously => Fact::unknown(name, Reason::Ambiguous),
    };
    fact.wanting(Some(Threshold::equals(wanted)))
}

fn rollback_target(object: &Object) -> Fact {
    let wanted: Option<Threshold> = "!= none".parse().ok();
    let unknown = |reason| Fact::unknown(ROLLBACK_TARGET, reason).wanting(wanted.clone());
    let state = |word| Fact::state(ROLLBACK_TARGET, word, &TARGETS).wanting(wanted.clone());
    if let Err(reason) = newest(object) {
        return unknown(reason);
    }
    // Flux itself rolls back to what was once deployed, and to nothing else.
    let worked = |it: &&Entry| matches!(it.status.as_deref(), Some("deployed" | "superseded"));
    let is_remediated =
        matches!(object.condition("Remediated"), Said::Once(it) if it.status == "True");
    let mut earlier = object.history().iter().skip(1);
    let before = earlier.find(|it| is_remediated || worked(it));
    let version = match before.map(|it| it.chart_version.as_deref()) {
        None => NONE,
        Some(Some(version)) if is_version(version) => version,
        Some(_) => return unknown(Reason::UnexpectedShape),
    };
    match (object.condition("Remediated"), wanted.clone()) {
        (Said::Once(it), _) if it.status == "True" => state("remediated").showing(version),
        (Said::Once(it), _) if it.status != "False" => unknown(Reason::UnrecognizedState),
        (Said::Ambiguously, _) => unknown(Reason::Ambiguous),
        (Said::Nothing | Said::Once(_), Some(wanted)) if before.is_some() => {
            Fact::measured(ROLLBACK_TARGET, version.into(), &wanted.into())
        }
        (Said::Nothing | Said::Once(_), _) => state(NONE),
    }
}
