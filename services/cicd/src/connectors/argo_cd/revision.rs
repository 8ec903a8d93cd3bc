//! Which revision is deployed, and which one could be gone back to. Pure.

use passport_evidence::{
    Fact, FactName, Meaning, Reason, StateTable, Status, Subject, Threshold, Value,
};

use super::{
    model::{Application, Deployed, OperationState, Revisions},
    settings::Compare,
    states::{self, NONE, SYNCED},
};

/// Name of the fact.
pub const DEPLOYED_REVISION: FactName = FactName::fixed("deployed_revision");
/// Name of the fact.
pub const ROLLBACK_TARGET: FactName = FactName::fixed("rollback_target");
/// Fewest digits of a commit that tell it from others.
const SHORTEST_COMMIT: usize = 7;
/// Longest revision that is shown: a digest with the name of its algorithm.
const MAX_REVISION: usize = 71;
/// Most characters of all revisions together.
const MAX_SHOWN: usize = 500;

const OUTCOMES: StateTable = StateTable::new(&[
    ("other", Meaning::Failed(Reason::OtherSubject)),
    ("operation failed", Meaning::Failed(Reason::BadState)),
    (NONE, Meaning::Warning(Reason::NoData)),
]);

/// What is wanted of the revisions.
#[derive(Debug)]
enum Expected<'a> {
    /// A commit, perhaps only its first digits.
    Commit(&'a str),
    /// The version of a chart, to the letter.
    Version(&'a str),
    /// Whatever it is.
    Any,
}

/// Whether the revision that was compared and the one that was last synced are both the subject's.
pub fn deployed(app: &Application, compare: &[Compare], subject: Option<&Subject>) -> Fact {
    let several = app.spec.has_several();
    let sync = app.status.sync.as_ref();
    let found = sync.map_or(Vec::new(), |it| it.revisions.by_source(several));
    let shown = shown(&found);
    if compare.iter().all(|it| *it == Compare::Any) {
        return with(
            Fact::not_applicable(DEPLOYED_REVISION, Reason::Informational),
            shown,
        );
    }
    let expected: Option<Vec<_>> = compare.iter().map(|it| expected(*it, subject)).collect();
    let Some(expected) = expected else {
        return with(Fact::unknown(DEPLOYED_REVISION, Reason::NoSubject), shown);
    };
    let fact = match obstacle(app, &expected, &found) {
        Some(fact) => fact,
        None => compared(app, &expected, &found, shown.as_deref()),
    };
    let wanted = match fact.threshold() {
        Some(_) => return fact,
        None => wanted(&expected, &found),
    };
    with(fact, shown).wanting(wanted)
}

/// `None`: the subject lacks what is compared.
fn expected(compare: Compare, subject: Option<&Subject>) -> Option<Expected<'_>> {
    Some(match compare {
        Compare::Revision => Expected::Commit(subject?.revision.as_deref()?),
        Compare::Version => Expected::Version(subject?.version.as_deref()?),
        Compare::Any => Expected::Any,
    })
}

/// What keeps the revisions from being compared.
fn obstacle(app: &Application, expected: &[Expected<'_>], found: &[&str]) -> Option<Fact> {
    let unknown = |reason| Some(Fact::unknown(DEPLOYED_REVISION, reason));
    let phase = phase(app);
    if phase.status() == Status::Pending {
        return Some(Fact::pending(DEPLOYED_REVISION, Reason::InProgress));
    }
    let sync = app.status.sync.as_ref();
    let word = sync.and_then(|it| it.status.as_deref());
    let compared = states::sync(DEPLOYED_REVISION, word, false);
    if compared.status() == Status::Unknown {
        return unknown(compared.reason().unwrap_or(Reason::NoData));
    }
    let Some(operation) = last(app) else {
        return unknown(Reason::NoData);
    };
    let sources = app.spec.sources();
    if found.len() < sources || expected.len() > sources {
        return unknown(Reason::Incomplete);
    }
    if found.len() > sources || sync.is_some_and(|it| it.is_outdated(&app.spec)) {
        return unknown(Reason::Contradictory);
    }
    if expected.len() < sources {
        return unknown(Reason::NotConfigured);
    }
    match phase.status() {
        Status::Passed => {}
        Status::Failed => {
            return Some(Fact::state(
                DEPLOYED_REVISION,
                "operation failed",
                &OUTCOMES,
            ));
        }
        Status::Unknown | Status::Pending | Status::Warning | Status::NotApplicable => {
            return unknown(phase.reason().unwrap_or(Reason::NoData));
        }
    }
    // A sync of some resources proves the rest only where all of it is seen to be in sync.
    match operation.is_partial() && word != Some(SYNCED) {
        true => unknown(Reason::Incomplete),
        false => None,
    }
}

fn compared(
    app: &Application,
    expected: &[Expected<'_>],
    found: &[&str],
    shown: Option<&str>,
) -> Fact {
    let Some(shown) = shown else {
        return Fact::unknown(DEPLOYED_REVISION, Reason::UnexpectedShape);
    };
    let synced = last(app).and_then(|it| it.sync_result.as_ref());
    let synced = synced.map_or(Vec::new(), |it| it.by_source(app.spec.has_several()));
    if synced.len() < found.len() {
        return Fact::unknown(DEPLOYED_REVISION, Reason::Incomplete);
    }
    match are_all(expected, found) && are_all(expected, &synced) {
        true => {
            let resolved = Threshold::equals(shown);
            Fact::measured(DEPLOYED_REVISION, Value::from(shown), &resolved.into())
        }
        false => Fact::state(DEPLOYED_REVISION, "other", &OUTCOMES),
    }
}

fn are_all(expected: &[Expected<'_>], found: &[&str]) -> bool {
    let mut pairs = expected.iter().zip(found);
    expected.len() == found.len() && pairs.all(|(wanted, found)| wanted.is(found))
}

/// How the last operation that changed something ended; pending while another waits.
fn phase(app: &Application) -> Fact {
    let waits = app.operation.is_some();
    match (waits, &app.status.operation_state) {
        (true, _) => Fact::pending(DEPLOYED_REVISION, Reason::InProgress),
        (false, None) => Fact::unknown(DEPLOYED_REVISION, Reason::NoData),
        (false, Some(last)) => states::phase(DEPLOYED_REVISION, last.phase.as_deref()),
    }
}

/// The last operation, if it did more than to try.
fn last(app: &Application) -> Option<&OperationState> {
    let last = app.status.operation_state.as_deref();
    last.filter(|it| !it.is_dry_run())
}

/// The newest sync of another revision than the one that was last synced, whatever became of that.
/// Entries whose revisions are not all there can't be gone back to.
pub fn rollback_target(app: &Application) -> Fact {
    let wanted: Option<Threshold> = "!= none".parse().ok();
    let history = &app.status.history;
    let newest = || Some(&history.iter().max_by_key(|it| it.id)?.revisions);
    let synced = last(app).and_then(|it| it.sync_result.as_deref());
    let current = match synced.or_else(newest).map(Revisions::whole) {
        Some(None) => return Fact::unknown(ROLLBACK_TARGET, Reason::Incomplete).wanting(wanted),
        Some(current) => current,
        None => None,
    };
    let others = history.iter().filter(|it| it.revisions.whole() != current);
    let named = others.filter_map(|it| Some((it.id, named(it)?)));
    match (named.max_by_key(|(id, _)| *id), wanted) {
        (Some((_, name)), Some(wanted)) => {
            Fact::measured(ROLLBACK_TARGET, Value::from(name.as_str()), &wanted.into())
        }
        (_, wanted) => Fact::state(ROLLBACK_TARGET, NONE, &OUTCOMES).wanting(wanted),
    }
}

fn named(entry: &Deployed) -> Option<String> {
    let revisions = shown(&entry.revisions.whole()?)?;
    Some(format!("id={} revision={revisions}", entry.id))
}

// === impl Expected ===

impl Expected<'_> {
    /// A branch or tag is never a commit, even where both are the same word.
    fn is(&self, found: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Version(wanted) => *wanted == found,
            Self::Commit(wanted) => {
                let digits = wanted.to_ascii_lowercase();
                let found = found.to_ascii_lowercase();
                let is_digest = digits.starts_with("sha256:") && digits.len() == MAX_REVISION;
                let is_short = (SHORTEST_COMMIT..40).contains(&digits.len());
                match is_hex(&digits) && is_whole(&found) {
                    true => digits == found || is_short && found.starts_with(&digits),
                    false => is_digest && digits == found,
                }
            }
        }
    }
}

/// A commit is named with SHA-1, or in newer repositories with SHA-256.
fn is_whole(commit: &str) -> bool {
    matches!(commit.len(), 40 | 64) && is_hex(commit)
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_hexdigit())
}

/// The revisions joined, where each looks like one: a commit, a chart's version or a digest.
fn shown(revisions: &[&str]) -> Option<String> {
    let plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, '.' | '+' | '-' | ':');
    let is_one = |it: &&str| (1..=MAX_REVISION).contains(&it.len()) && it.chars().all(plain);
    let joined = revisions.join(",");
    let fits = !revisions.is_empty() && joined.len() <= MAX_SHOWN;
    (fits && revisions.iter().all(is_one)).then_some(joined)
}

/// What is wanted, where it is no more than words; for a source that is not compared what it has.
fn wanted(expected: &[Expected<'_>], found: &[&str]) -> Option<Threshold> {
    let words = expected.iter().enumerate().map(|(at, it)| match it {
        Expected::Commit(word) | Expected::Version(word) => *word,
        Expected::Any => found.get(at).copied().unwrap_or("any"),
    });
    let words: Vec<_> = words.collect();
    Some(Threshold::equals(&shown(&words)?))
}

fn with(fact: Fact, shown: Option<String>) -> Fact {
    match shown {
        Some(shown) => fact.showing(shown.as_str()),
        None => fact,
    }
}
