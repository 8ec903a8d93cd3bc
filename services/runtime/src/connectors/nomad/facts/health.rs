//! How the tasks are that should run.

use passport_evidence::{Fact, Meaning, Reason, StateTable};

use super::{CONTAINER_HEALTH, members::Members, standing::Standing};
use crate::connectors::nomad::{client::Snapshot, model::Evaluation, settings::Wanted};

/// Our own words.
const STATES: StateTable = StateTable::new(&[
    ("running", Meaning::Passed),
    ("complete", Meaning::Passed),
    ("starting", Meaning::Pending(Reason::InProgress)),
    ("queued", Meaning::Pending(Reason::InProgress)),
    ("placement_blocked", Meaning::Warning(Reason::Degraded)),
    ("unhealthy", Meaning::Failed(Reason::BadState)),
    ("task_dead", Meaning::Failed(Reason::BadState)),
    ("failed", Meaning::Failed(Reason::BadState)),
    ("lost", Meaning::Failed(Reason::BadState)),
    ("no_verdict", Meaning::Unknown(Reason::NoData)),
]);

/// What nodes may have too little of. Others are not shown: Nomad puts names into them.
const DIMENSIONS: [&str; 6] = [
    "cpu",
    "cores",
    "memory",
    "disk",
    "iops",
    "bandwidth exceeded",
];
const BLOCKED: &str = "placement_blocked";

/// The fact: the worst allocation decides, and what can't be placed.
pub fn fact(members: &Members<'_>, snapshot: &Snapshot, wanted: &Wanted) -> Fact {
    let mut parts: Vec<_> = members.wanted.iter().map(|(_, it)| of(*it)).collect();
    let unread = match &snapshot.summary {
        Ok(summary) => {
            let groups = summary.summary.iter().filter(|(it, _)| wanted.counts(it));
            let is_queued = groups.into_iter().any(|(_, it)| it.queued > 0);
            parts.extend(is_queued.then(|| of_queued(snapshot)));
            None
        }
        Err(reason) => Some(*reason),
    };
    let fact = Fact::fold(CONTAINER_HEALTH, &parts);
    match members.doubt.or(unread) {
        Some(reason) if parts.is_empty() => Fact::unknown(CONTAINER_HEALTH, reason),
        Some(reason) => fact.doubt(reason),
        None => fact,
    }
}

fn of(standing: Standing) -> Fact {
    match standing {
        Standing::Well => state("running"),
        Standing::Complete => state("complete"),
        Standing::Unjudged => state("no_verdict"),
        Standing::Starting => state("starting"),
        Standing::Untold(untold) => Fact::unknown(CONTAINER_HEALTH, untold.reason()),
        Standing::Lost => state("lost"),
        Standing::Unhealthy => state("unhealthy"),
        Standing::TaskDead => state("task_dead"),
        Standing::Failed => state("failed"),
    }
}

/// Of what is wanted and not placed: a blocked evaluation says that it can't be.
fn of_queued(snapshot: &Snapshot) -> Fact {
    let evaluations = match &snapshot.evaluations {
        Ok(evaluations) => evaluations,
        Err(reason) => return Fact::unknown(CONTAINER_HEALTH, *reason),
    };
    let mut blocked = evaluations
        .iter()
        .filter(|it| it.status == "blocked")
        .peekable();
    if blocked.peek().is_none() {
        return state("queued");
    }
    match blocked.find_map(dimension) {
        Some(dimension) => state(BLOCKED).showing(format!("{BLOCKED}: {dimension}").as_str()),
        None => state(BLOCKED),
    }
}

fn dimension(evaluation: &Evaluation) -> Option<&'static str> {
    let groups = evaluation.failed_groups.iter().flat_map(|it| it.values());
    let exhausted = groups.flat_map(|it| it.dimension_exhausted.iter());
    let mut names = exhausted.flat_map(|it| it.keys());
    names.find_map(|name| DIMENSIONS.into_iter().find(|it| it == name))
}

fn state(word: &str) -> Fact {
    Fact::state(CONTAINER_HEALTH, word, &STATES)
}
