//! Why containers were restarted lately, after the page "Determine the Reason for Pod Failure" and the field
//! `terminated.reason` of a container's state. It explains `recent_restarts`, and judges nothing itself.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable};

use super::{members::Members, restarts::Window};
use crate::connectors::kubernetes::settings::Wanted;

/// Name of the fact about why.
pub const RESTART_REASON: FactName = FactName::fixed("restart_reason");

const TOLD: Meaning = Meaning::NotApplicable(Reason::Informational);

/// The words of the kubelet and of the runtimes below it. None of them is good or bad: how many restarts
/// may be is what the source says.
const REASONS: StateTable = StateTable::new(&[
    ("OOMKilled", TOLD),
    ("Error", TOLD),
    ("Completed", TOLD),
    ("ContainerCannotRun", TOLD),
    ("StartError", TOLD),
    ("DeadlineExceeded", TOLD),
    ("Evicted", TOLD),
    // The kubelet's own word for that it lost it.
    ("ContainerStatusUnknown", Meaning::Unknown(Reason::NoData)),
]);

/// For each container that was restarted within the window, or may have been, why: the last end of it in
/// each pod, which is all that Kubernetes keeps.
pub fn facts(members: &Members<'_>, wanted: &Wanted, now: DateTime<Utc>) -> Vec<Fact> {
    let window = Window::of(wanted, now);
    let mut found: BTreeMap<&str, BTreeSet<Option<&str>>> = BTreeMap::new();
    for pod in &members.kept {
        for name in pod.lasting().filter(|it| !wanted.ignored.contains(*it)) {
            let statuses = pod.statuses_of(name);
            for status in statuses.filter(|it| window.restarts(pod, it).high > 0) {
                let last = status.last_state.terminated.as_ref();
                let reason = last.and_then(|it| it.reason.as_deref());
                found.entry(name).or_default().insert(reason);
            }
        }
    }
    let facts = found.into_iter();
    facts
        .map(|(name, reasons)| of_container(&reasons).about(name))
        .collect()
}

/// All reasons of one container, if all are known.
fn of_container(reasons: &BTreeSet<Option<&str>>) -> Fact {
    let mut words = Vec::new();
    for reason in reasons {
        let Some(word) = reason.filter(|it| !it.is_empty()) else {
            return Fact::unknown(RESTART_REASON, Reason::NoData);
        };
        // A word that is not known is not shown.
        match REASONS.meaning(word) {
            Meaning::Unknown(reason) => return Fact::unknown(RESTART_REASON, reason),
            Meaning::Passed
            | Meaning::Warning(_)
            | Meaning::Failed(_)
            | Meaning::Pending(_)
            | Meaning::NotApplicable(_) => words.push(word),
        }
    }
    Fact::not_applicable(RESTART_REASON, Reason::Informational).showing(words.join(",").as_str())
}
