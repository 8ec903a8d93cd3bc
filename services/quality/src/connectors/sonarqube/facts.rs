//! From what was read to facts. Pure.

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Status, Threshold};

use super::{
    choose::{self, Chosen, Revision},
    conditions,
    doubts::Doubts,
    measures,
    model::{Analysis, Gate},
    pull::Found,
    settings::Measures,
    states,
    tasks::{self, Tasks},
};

/// The fact that tells the gate's verdict.
pub const QUALITY_GATE: FactName = FactName::fixed("quality_gate");
const IGNORED_CONDITIONS: FactName = FactName::fixed("ignored_conditions");
const ANALYSIS_REVISION: FactName = FactName::fixed("analysis_revision");
const NONE: &str = "none";

const OTHER: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);
const IGNORED: StateTable = StateTable::new(&[
    ("false", Meaning::Passed),
    ("true", Meaning::Warning(Reason::Suppressed)),
]);

/// The facts.
pub fn of(found: &Found, wanted: &Measures, revision: &Revision, now: DateTime<Utc>) -> Vec<Fact> {
    let analysis = analysis(found);
    let of_commit = analysis_revision(found, revision);
    let doubts = Doubts::of(found, &of_commit);
    let at = match is_queued(found) {
        true => Some(now),
        false => analysis.and_then(|it| it.date),
    };
    let gate = doubts.of_gate(quality_gate(found));
    let of_gate = match &found.gate {
        Ok(gate) => parts(gate),
        Err(reason) => vec![
            conditions::unread(*reason),
            Fact::unknown(IGNORED_CONDITIONS, *reason),
        ],
    };
    let of_gate = of_gate.into_iter().map(|it| doubts.of_part(it));
    let measures = measures::facts(wanted, &found.measures);
    let measures = measures.into_iter().map(|it| doubts.of_measure(it));
    let judged = std::iter::once(gate).chain(of_gate).chain(measures);
    let judged = judged.chain(std::iter::once(of_commit));
    let mut facts: Vec<_> = judged.map(|it| it.observed(at)).collect();
    facts.push(doubts.of_task(task(found, analysis, now)));
    facts
}

/// Whether an analysis of the target is on its way.
pub fn is_queued(found: &Found) -> bool {
    found.tasks.as_ref().is_ok_and(Tasks::is_queued)
}

/// The judged analysis.
pub fn analysis(found: &Found) -> Option<&Analysis> {
    found.chosen.as_ref().ok()?.analysis.as_ref()
}

fn task(found: &Found, analysis: Option<&Analysis>, now: DateTime<Utc>) -> Fact {
    match &found.tasks {
        Err(reason) => {
            let at = analysis.and_then(|it| it.date);
            tasks::unread(*reason).observed(at)
        }
        Ok(tasks) if tasks.is_queued() => tasks.fact(analysis).observed(Some(now)),
        Ok(tasks) => tasks.fact(analysis),
    }
}

/// What the gate itself says, before anything else is known.
fn quality_gate(found: &Found) -> Fact {
    let unknown = |reason| {
        let fact = Fact::unknown(QUALITY_GATE, reason);
        fact.wanting(Some(states::good_gate()))
    };
    let gate = match &found.gate {
        Ok(gate) => gate,
        Err(reason) => return unknown(*reason),
    };
    let Some(word) = gate.status.as_deref() else {
        return unknown(Reason::NoData);
    };
    let has_conditions = gate.conditions.iter().flatten().next().is_some();
    let fact = states::gate(QUALITY_GATE, word, has_conditions);
    match fact.status() == Status::Passed && !conditions::bear_out(gate) {
        true => fact.contradict(Reason::Contradictory),
        false => fact,
    }
}

fn parts(gate: &Gate) -> Vec<Fact> {
    let ignored = gate.ignored_conditions.map(|it| {
        let word = if it { "true" } else { "false" };
        let fact = Fact::state(IGNORED_CONDITIONS, word, &IGNORED);
        fact.wanting(Some(Threshold::equals("false")))
    });
    conditions::facts(gate).into_iter().chain(ignored).collect()
}

/// Whether the judged analysis is of the commit.
fn analysis_revision(found: &Found, revision: &Revision) -> Fact {
    let chosen = match &found.chosen {
        Ok(chosen) => chosen,
        Err(reason) => return Fact::unknown(ANALYSIS_REVISION, *reason).wanting(limit(revision)),
    };
    let sha = chosen.analysis.as_ref().and_then(|it| it.revision.as_ref());
    let sha = sha.map(|it| it.to_ascii_lowercase());
    let fact = match sha.as_deref().filter(|it| choose::is_commit(it)) {
        None => unnamed(sha.is_some(), revision),
        Some(sha) => named(sha, chosen, revision, is_queued(found)),
    };
    fact.wanting(limit(revision))
}

fn unnamed(is_there: bool, revision: &Revision) -> Fact {
    match (revision, is_there) {
        (Revision::None, _) => Fact::not_applicable(ANALYSIS_REVISION, Reason::NoSubject),
        (Revision::Unusable, _) => Fact::unknown(ANALYSIS_REVISION, Reason::NoSubject),
        (Revision::Commit(_), true) => Fact::unknown(ANALYSIS_REVISION, Reason::UnexpectedShape),
        (Revision::Commit(_), false) => {
            Fact::unknown(ANALYSIS_REVISION, Reason::NoData).showing(NONE)
        }
    }
}

fn named(sha: &str, chosen: &Chosen, revision: &Revision, is_queued: bool) -> Fact {
    let wanted = match revision {
        Revision::None => {
            return Fact::not_applicable(ANALYSIS_REVISION, Reason::NoSubject).showing(sha);
        }
        Revision::Unusable => {
            return Fact::unknown(ANALYSIS_REVISION, Reason::NoSubject).showing(sha);
        }
        Revision::Commit(wanted) => wanted,
    };
    let fact = match (sha == wanted, is_queued, chosen.is_cut) {
        (true, _, _) => {
            let limits = Threshold::equals(wanted).into();
            return Fact::measured(ANALYSIS_REVISION, sha.into(), &limits);
        }
        (false, true, _) => Fact::pending(ANALYSIS_REVISION, Reason::InProgress),
        (false, false, true) => Fact::unknown(ANALYSIS_REVISION, Reason::Incomplete),
        (false, false, false) => Fact::state(ANALYSIS_REVISION, "other", &OTHER),
    };
    fact.showing(sha)
}

fn limit(revision: &Revision) -> Option<Threshold> {
    match revision {
        Revision::Commit(sha) => Some(Threshold::equals(sha)),
        Revision::None | Revision::Unusable => None,
    }
}
