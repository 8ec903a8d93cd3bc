//! How many issues of the release still have to be done. Pure.

use std::collections::BTreeSet;

use passport_evidence::{Fact, Limits, Meaning, Quantity, Reason, StateTable};

use super::{RELEASE, state, threshold};
use crate::connectors::linear::{model, pull::Gathered, wanted::Wanted};

/// Releases that will never go out.
const GIVEN_UP: StateTable = StateTable::new(&[
    ("canceled", Meaning::Failed(Reason::BadState)),
    ("trashed", Meaning::Failed(Reason::BadState)),
]);
/// Types of stages in which a release may go out ("ReleaseStageType").
const STAGES: [&str; 3] = ["planned", "started", "completed"];

/// The fact.
pub fn fact(gathered: &Gathered, wanted: &Wanted) -> Fact {
    let release = &gathered.release;
    let limits = Limits {
        threshold: threshold(&RELEASE, wanted),
        warn_threshold: None,
    };
    let open = open(gathered);
    let count = Quantity::count(open.ids.len() as u64);
    let fact = match word(release) {
        Err(reason) => Fact::measured(RELEASE, count.into(), &limits).doubt(reason),
        Ok(Some(word)) => {
            let fact = Fact::state(RELEASE, word, &GIVEN_UP);
            return fact.showing(count).wanting(limits.threshold);
        }
        Ok(None) => Fact::measured(RELEASE, count.into(), &limits),
    };
    open.doubts.into_iter().fold(fact, Fact::doubt)
}

/// Issues that still have to be done, and why there may be more.
struct Open<'a> {
    ids: BTreeSet<&'a str>,
    doubts: Vec<Reason>,
}

fn open(gathered: &Gathered) -> Open<'_> {
    let mut doubts = Vec::new();
    let mut ids = BTreeSet::new();
    let mut all = BTreeSet::new();
    for issue in &gathered.issues {
        all.insert(issue.id.as_str());
        match state::is_open(&issue.state.kind) {
            Ok(true) => drop(ids.insert(issue.id.as_str())),
            Ok(false) => {}
            Err(reason) => doubts.push(reason),
        }
    }
    let told = gathered.release.issue_count;
    let is_whole = gathered.is_whole && told == all.len() as u64;
    if gathered.is_partial {
        doubts.insert(0, Reason::PartialResponse);
    } else if !is_whole {
        doubts.insert(0, Reason::Incomplete);
    } else if told == 0 {
        doubts.push(Reason::NoData);
    }
    Open { ids, doubts }
}

/// What is wrong with the release; `None`: nothing.
fn word(release: &model::Release) -> Result<Option<&'static str>, Reason> {
    let stage = release.stage.kind.as_str();
    if release.trashed.told()? == Some(&true) {
        return Ok(Some("trashed"));
    }
    if stage == "canceled" || release.canceled_at.told()?.is_some() {
        return Ok(Some("canceled"));
    }
    match STAGES.contains(&stage) {
        true => Ok(None),
        false => Err(Reason::UnrecognizedState),
    }
}
