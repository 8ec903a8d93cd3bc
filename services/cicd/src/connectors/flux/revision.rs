//! Revisions and versions, and whether they are the subject's. Pure.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Status, Subject, Threshold};

use super::{
    model::{Entry, Object},
    settings::Compare,
};

/// Name of the fact.
pub const APPLIED: FactName = FactName::fixed("applied_revision");
/// Longest version that is shown.
const MAX_VERSION: usize = 64;
/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

const OUTCOMES: StateTable = StateTable::new(&[
    ("other", Meaning::Failed(Reason::OtherSubject)),
    ("not applied", Meaning::Failed(Reason::BadState)),
]);

/// What is applied.
#[derive(Debug, Default)]
struct Applied {
    /// What is compared and shown; `None`: absent, or nothing that can be told from others.
    found: Option<String>,
    is_absent: bool,
    /// Whether what was tried last is what is applied; `None`: that is not told.
    is_last_tried: Option<bool>,
}

/// Whether the subject is applied.
pub fn applied(
    object: &Object,
    newest: Result<Option<&Entry>, Reason>,
    compare: Option<Compare>,
    subject: Option<&Subject>,
    readiness: Status,
    is_release: bool,
) -> Fact {
    let unknown = |reason| Fact::unknown(APPLIED, reason);
    let newest = match newest {
        Ok(newest) => newest,
        Err(reason) => return unknown(reason),
    };
    let expected = compare.map(|it| expected(it, subject));
    let keeps_hash = |it: &Vec<String>| it.iter().any(|it| it.contains('+'));
    let keeps_hash = expected
        .as_ref()
        .and_then(Option::as_ref)
        .is_some_and(keeps_hash);
    let applied = match is_release {
        true => of_release(object, newest, compare, keeps_hash),
        false => of_kustomization(object, compare),
    };
    let found = applied.found.as_deref();
    let (wanted, expected) = match expected {
        None => return with(Fact::not_applicable(APPLIED, Reason::Informational), found),
        Some(None) => return with(unknown(Reason::NoSubject), found),
        Some(Some(expected)) => (threshold(compare, &expected), expected),
    };
    if applied.is_absent {
        return unknown(Reason::NoData).wanting(wanted);
    }
    let outcome = |word| match readiness {
        Status::Pending => Fact::pending(APPLIED, Reason::InProgress),
        _ => Fact::state(APPLIED, word, &OUTCOMES),
    };
    let matching = found.filter(|found| expected.iter().any(|it| it == found));
    let fact = match (applied.is_last_tried, matching, wanted.clone()) {
        (Some(false), _, _) => with(outcome("not applied"), found),
        (_, None, _) => with(outcome("other"), found),
        (Some(true), Some(found), Some(wanted)) => {
            return Fact::measured(APPLIED, found.into(), &wanted.into());
        }
        (None, Some(found), _) => unknown(Reason::NoData).showing(found),
        (Some(true), Some(found), None) => unknown(Reason::UnexpectedShape).showing(found),
    };
    // The words of the table are none of the provider's.
    match (fact.status(), found) {
        (Status::Failed, None) => fact.without_value(),
        _ => fact,
    }
    .wanting(wanted)
}

/// What the subject would show; `None`: it lacks the part that is compared.
fn expected(compare: Compare, subject: Option<&Subject>) -> Option<Vec<String>> {
    let subject = subject?;
    let expected: Vec<_> = match compare {
        Compare::Revision => {
            let revision = subject.revision.iter().map(|it| it.to_ascii_lowercase());
            revision.filter(|it| is_commit(it)).collect()
        }
        Compare::Digest => {
            let digests = subject.artifact_digests.iter();
            let digests = digests.map(|it| it.to_ascii_lowercase());
            digests.filter(|it| is_digest(it)).collect()
        }
        Compare::ChartVersion | Compare::AppVersion => {
            let version = subject.version.iter();
            version.filter(|it| is_version(it)).cloned().collect()
        }
    };
    (!expected.is_empty()).then_some(expected)
}

fn threshold(compare: Option<Compare>, expected: &[String]) -> Option<Threshold> {
    match compare {
        Some(Compare::Digest) => {
            let mut length = 0;
            let named = expected.iter().map(String::as_str).take_while(|it| {
                length += it.len() + 2;
                length <= MAX_NAMED
            });
            format!("in {}", named.collect::<Vec<_>>().join(", "))
                .parse()
                .ok()
        }
        Some(Compare::Revision | Compare::ChartVersion | Compare::AppVersion) | None => {
            expected.first().map(|it| Threshold::equals(it))
        }
    }
}

fn of_kustomization(object: &Object, compare: Option<Compare>) -> Applied {
    let status = object.status.as_ref();
    let applied = status.and_then(|it| it.last_applied_revision.as_deref());
    let tried = status.and_then(|it| it.last_attempted_revision.as_deref());
    let applied = applied.filter(|it| !it.is_empty());
    let found = applied.and_then(fixed_part).map(|(algorithm, digits)| {
        // A commit is named without its algorithm, a digest with it.
        let is_bare = compare == Some(Compare::Revision) || algorithm == "sha1";
        match is_bare {
            true => digits,
            false => format!("{algorithm}:{digits}"),
        }
    });
    Applied {
        found,
        is_absent: applied.is_none(),
        is_last_tried: tried.filter(|it| !it.is_empty()).map(|tried| {
            let same_part = || Some(fixed_part(tried)? == fixed_part(applied?)?);
            applied == Some(tried) || same_part() == Some(true)
        }),
    }
}

fn of_release(
    object: &Object,
    newest: Option<&Entry>,
    compare: Option<Compare>,
    keeps_hash: bool,
) -> Applied {
    let chart = newest.and_then(|it| it.chart_version.as_deref());
    let version = match compare {
        Some(Compare::AppVersion) => newest.and_then(|it| it.app_version.as_deref()),
        _ => chart,
    };
    let version = version.filter(|it| !it.is_empty());
    let is_hashed = compare != Some(Compare::AppVersion) && !keeps_hash;
    let found = version.map(|it| if is_hashed { without_hash(it) } else { it });
    let tried = object.status.as_ref();
    let tried = tried.and_then(|it| it.last_attempted_revision.as_deref());
    let is_deployed = newest.and_then(|it| it.status.as_deref()) == Some("deployed");
    let is_same = tried
        .zip(chart)
        .map(|(tried, chart)| without_hash(tried) == without_hash(chart));
    Applied {
        found: found.filter(|it| is_version(it)).map(str::to_owned),
        is_absent: version.is_none(),
        is_last_tried: match is_deployed {
            true => is_same,
            false => Some(false),
        },
    }
}

/// The part of a revision that never moves, after the page "Artifacts" of the Source API: a commit or
/// digest with its algorithm. A branch or tag has none.
fn fixed_part(revision: &str) -> Option<(&'static str, String)> {
    let named = revision.rsplit_once('@').map_or(revision, |(_, part)| part);
    let (algorithm, digits) = match named.split_once(':') {
        Some(("sha1", digits)) => ("sha1", digits),
        Some(("sha256", digits)) => ("sha256", digits),
        Some(_) => return None,
        // As versions before 0.36 wrote it: branch/commit.
        None => ("sha1", revision.rsplit_once('/')?.1),
    };
    let length = if algorithm == "sha1" { 40 } else { 64 };
    let is_whole = digits.len() == length && is_hex(digits);
    is_whole.then(|| (algorithm, digits.to_ascii_lowercase()))
}

/// The version of a chart without what Flux adds of the commit or digest that it came from.
fn without_hash(version: &str) -> &str {
    version
        .split_once('+')
        .map_or(version, |(version, _)| version)
}

/// A commit is named with SHA-1, or in newer repositories with SHA-256.
fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && is_hex(text)
}

fn is_digest(text: &str) -> bool {
    let digits = text.strip_prefix("sha256:");
    digits.is_some_and(|it| it.len() == 64 && is_hex(it))
}

fn is_hex(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_hexdigit())
}

/// Whether a text may be shown as a version: it begins with a digit, perhaps after a `v`.
pub fn is_version(text: &str) -> bool {
    let plain = |it: u8| it.is_ascii_alphanumeric() || matches!(it, b'.' | b'+' | b'-');
    let number = text.strip_prefix('v').unwrap_or(text);
    number.starts_with(|it: char| it.is_ascii_digit())
        && text.len() <= MAX_VERSION
        && text.bytes().all(plain)
}

fn with(fact: Fact, found: Option<&str>) -> Fact {
    match found {
        Some(found) => fact.showing(found),
        None => fact,
    }
}
