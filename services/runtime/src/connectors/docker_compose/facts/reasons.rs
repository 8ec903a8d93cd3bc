//! Why containers ended, as far as the engine tells. How often they were restarted is what `recent_restarts` judges.

use passport_evidence::{Fact, Reason};

use super::RESTART_REASON;
use crate::connectors::docker_compose::client::Member;

const OUT_OF_MEMORY: &str = "out_of_memory";

/// The fact. It never passes: an engine that says nothing of it proves nothing.
pub fn fact(members: &[Member]) -> Fact {
    let seen = members.iter().filter_map(|it| it.seen.as_ref().ok());
    let mut killed = seen.map(|(it, _)| it.state.oom_killed == Some(true));
    let fact = Fact::not_applicable(RESTART_REASON, Reason::Informational);
    match killed.any(|it| it) {
        true => fact.showing(OUT_OF_MEMORY),
        false => fact,
    }
}
