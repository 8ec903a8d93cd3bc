//! What the pipelines that bridges started say. Pure.

use std::collections::BTreeMap;

use passport_evidence::{Fact, FactName, Reason, Status};

use super::{
    jobs::{counted, newest_of_each, succeeded},
    model::Bridge,
    pages::Listed,
    states,
};

const DOWNSTREAM: FactName = FactName::fixed("downstream_pipelines");
/// What is shown where a pipeline starts no other.
const NONE: &str = "none";

/// The bridges of a pipeline, and those of the pipelines below it.
#[derive(Debug)]
pub struct Tree {
    /// Of the pipeline itself.
    pub own: Listed<Bridge>,
    /// Of each pipeline below it that could be read, by its id.
    pub below: BTreeMap<u64, Listed<Bridge>>,
}

/// Whether what a bridge started is good so far, so that its own bridges decide.
pub fn is_green(bridge: &Bridge) -> bool {
    parts(bridge).iter().all(|it| it.status() == Status::Passed)
}

/// All downstream pipelines in one fact.
pub fn fact(tree: &Tree) -> Fact {
    let bridges = newest_of_each(&tree.own.items, |it| &it.job);
    if bridges.is_empty() && tree.own.is_whole {
        return Fact::not_applicable(DOWNSTREAM, Reason::Informational).showing(NONE);
    }
    let mut below: BTreeMap<_, _> = tree.below.iter().map(|(id, it)| (*id, it)).collect();
    let of = bridges.len();
    let judged = bridges.into_iter().map(|it| part(it, &mut below));
    let mut parts: Vec<_> = judged.collect();
    let succeeded = succeeded(&parts);
    if !tree.own.is_whole {
        parts.push(incomplete());
    }
    counted(DOWNSTREAM, &parts, succeeded, of)
}

/// Where the bridges could not be read.
pub fn unread(reason: Reason) -> Fact {
    Fact::unknown(DOWNSTREAM, reason)
}

/// A bridge and all below it. Each pipeline is taken out of the rest once it was seen: one that is
/// said to be started twice, or by itself, is not believed the second time.
fn part(bridge: &Bridge, rest: &mut BTreeMap<u64, &Listed<Bridge>>) -> Fact {
    let own = Fact::fold(DOWNSTREAM, &parts(bridge));
    if own.status() != Status::Passed {
        return own;
    }
    let started = bridge.downstream_pipeline.as_ref();
    let Some(listed) = started.and_then(|it| rest.remove(&it.id)) else {
        return incomplete();
    };
    let nested = newest_of_each(&listed.items, |it| &it.job);
    let nested = nested.into_iter().map(|it| part(it, rest));
    let doubt = (!listed.is_whole).then(incomplete);
    let all: Vec<_> = [own].into_iter().chain(nested).chain(doubt).collect();
    Fact::fold(DOWNSTREAM, &all)
}

/// The bridge itself and the pipeline that it started.
fn parts(bridge: &Bridge) -> Vec<Fact> {
    let state = |status: &str| states::job(DOWNSTREAM, status, bridge.job.allow_failure);
    let own = state(&bridge.job.status);
    let started = bridge.downstream_pipeline.as_ref();
    let started = match (started, own.status()) {
        (Some(started), _) => Some(state(&started.status)),
        (None, Status::Passed) => Some(incomplete()),
        (None, _) => None,
    };
    [Some(own), started].into_iter().flatten().collect()
}

fn incomplete() -> Fact {
    Fact::unknown(DOWNSTREAM, Reason::Incomplete)
}
