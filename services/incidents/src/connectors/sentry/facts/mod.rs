//! From what was read to facts. Pure.

mod crash_free;
mod issues;
mod loss;
mod release;
mod spike;

use chrono::{DateTime, Utc};
use passport_evidence::{Fact, FactName, Reason, Threshold};

use super::{
    pull::{Found, Read},
    wanted::Wanted,
};
use issues::Seen;

const RELEASE_KNOWN: FactName = FactName::fixed("release_known");
const NEW: FactName = FactName::fixed("new_issue_count");
const REGRESSED: FactName = FactName::fixed("regressed_issue_count");
const UNHANDLED: FactName = FactName::fixed("unhandled_issue_count");
const SUPPRESSED: FactName = FactName::fixed("suppressed_issue_count");
const CRASH_FREE_SESSIONS: FactName = FactName::fixed("crash_free_sessions");
const CRASH_FREE_USERS: FactName = FactName::fixed("crash_free_users");
const ERROR_SPIKE: FactName = FactName::fixed("error_spike");
const EVENT_INGEST_LOSS: FactName = FactName::fixed("event_ingest_loss");

/// Facts beside [`RELEASE_KNOWN`].
const MEASURED: [FactName; 8] = [
    NEW,
    REGRESSED,
    UNHANDLED,
    SUPPRESSED,
    CRASH_FREE_SESSIONS,
    CRASH_FREE_USERS,
    ERROR_SPIKE,
    EVENT_INGEST_LOSS,
];

/// What is judged, and by what.
#[derive(Debug, Clone, Copy)]
pub struct Judged<'a> {
    /// What the source wants.
    pub wanted: &'a Wanted,
    /// The version of the release.
    pub release: &'a str,
    /// The project's number.
    pub project: &'a str,
    /// The moment before asking.
    pub now: DateTime<Utc>,
}

/// The facts where nothing could be asked about the release.
pub fn nothing(wanted: &Wanted, reason: Reason) -> Vec<Fact> {
    let measured = MEASURED.map(|name| unknown(name, wanted, reason));
    let known = Fact::unknown(RELEASE_KNOWN, reason);
    std::iter::once(known).chain(measured).collect()
}

/// The facts of a release. `at` is when the oldest answer was true.
pub fn of(found: &Found, judged: Judged<'_>, at: DateTime<Utc>) -> Vec<Fact> {
    let loss = loss::of(&found.outcomes);
    let seen = Seen {
        is_alive: is_alive(found),
        is_lossy: loss.as_ref().is_ok_and(loss::Loss::is_heavy),
    };
    let count = |name, read, kind| issues::fact(name, read, kind, judged, seen);
    let (open, archived) = (issues::Kind::Unresolved, issues::Kind::Archived);
    let facts = [
        release::fact(&found.release, judged),
        count(NEW, &found.new, open),
        count(REGRESSED, &found.regressed, open),
        count(UNHANDLED, &found.unhandled, open),
        count(SUPPRESSED, &found.archived, archived),
        spike::fact(&found.now, &found.before, judged, seen),
        loss::fact(loss, judged.wanted),
    ];
    let facts = facts.into_iter().map(|it| it.observed(Some(at)));
    let facts = facts.chain(crash_free::facts(found, judged, at));
    facts
        .map(|it| of_environment(it, &found.environment))
        .collect()
}

/// A fact of one environment, as sure as it is that there is such a one.
fn of_environment(fact: Fact, environment: &Read<()>) -> Fact {
    let is_of_all = [RELEASE_KNOWN, EVENT_INGEST_LOSS].contains(fact.name());
    match environment {
        // Whatever it says, it may be about others.
        Err(Reason::FilterNotApplied) if !is_of_all => fact.contradict(Reason::FilterNotApplied),
        Err(reason) if !is_of_all => fact.doubt(*reason),
        Ok(_) | Err(_) => fact,
    }
}

/// Whether the release was seen at work in the window at all.
fn is_alive(found: &Found) -> bool {
    let events = found.events.as_ref().is_ok_and(|it| {
        let rows = &it.read.data;
        rows.len() == 1 && rows.iter().all(|row| row.count > 0)
    });
    events || crash_free::count(&found.sessions).is_ok_and(|it| it > 0)
}

fn unknown(name: FactName, wanted: &Wanted, reason: Reason) -> Fact {
    let threshold = threshold(&name, wanted);
    Fact::unknown(name, reason).wanting(threshold)
}

fn threshold(name: &FactName, wanted: &Wanted) -> Option<Threshold> {
    wanted.thresholds.of(name.as_str()).cloned()
}
