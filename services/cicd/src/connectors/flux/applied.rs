//! Whether what is applied is the subject. Pure.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Status, Subject, Threshold};

use super::{
    helm,
    kind::Kind,
    model::Object,
    revision::{fixed_part, is_commit, is_digest, is_version, same_version, without_hash},
    settings::{Compare, Wanted},
};

/// Name of the fact.
pub const APPLIED: FactName = FactName::fixed("applied_revision");
/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

const OUTCOMES: StateTable = StateTable::new(&[
    ("other", Meaning::Failed(Reason::OtherSubject)),
    ("not applied", Meaning::Failed(Reason::BadState)),
]);

/// What is applied.
#[derive(Debug)]
struct Applied {
    is_absent: bool,
    /// What is compared and shown; `None`: absent, or nothing that can be told from others.
    found: Option<String>,
    /// Whether what was tried last is what is applied; `None`: that is not told.
    is_last_tried: Option<bool>,
}

/// Whether what is applied is the subject.
pub fn fact(
    object: &Object,
    wanted: &Wanted,
    subject: Option<&Subject>,
    readiness: Status,
) -> Fact {
    let read = match wanted.scope.kind == Kind::HelmRelease {
        true => of_release(object, wanted.compare),
        false => Ok(of_kustomization(object, wanted.compare)),
    };
    let applied = match read {
        Ok(applied) => applied,
        Err(reason) => return Fact::unknown(APPLIED, reason),
    };
    let found = applied.found.as_deref();
    let Some(compare) = wanted.compare else {
        return with(Fact::not_applicable(APPLIED, Reason::Informational), found);
    };
    match expected(compare, subject) {
        None => with(Fact::unknown(APPLIED, Reason::NoSubject), found),
        Some(expected) => compared(&applied, compare, &expected, readiness),
    }
}

fn compared(applied: &Applied, compare: Compare, expected: &[String], readiness: Status) -> Fact {
    let found = applied.found.as_deref();
    let found = found.map(|it| comparable(it, compare, expected));
    let matching = found.filter(|found| expected.iter().any(|it| it == found));
    let wanted = threshold(compare, expected, matching);
    let outcome = |word| match readiness == Status::Pending {
        true => Fact::pending(APPLIED, Reason::InProgress),
        false => Fact::state(APPLIED, word, &OUTCOMES).without_value(),
    };
    let fact = match (applied.is_last_tried, matching, &wanted) {
        _ if applied.is_absent => Fact::unknown(APPLIED, Reason::NoData),
        (Some(false), _, _) => outcome("not applied"),
        (Some(true) | None, None, _) => outcome("other"),
        (None, Some(_), _) => Fact::unknown(APPLIED, Reason::NoData),
        (Some(true), Some(_), None) => Fact::unknown(APPLIED, Reason::UnexpectedShape),
        (Some(true), Some(found), Some(wanted)) => {
            return Fact::measured(APPLIED, found.into(), &wanted.clone().into());
        }
    };
    with(fact, found).wanting(wanted)
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

/// A chart's version counts without what Flux adds to it, unless the subject's has such a part too.
fn comparable<'a>(found: &'a str, compare: Compare, expected: &[String]) -> &'a str {
    let is_whole = expected.iter().any(|it| it.contains('+'));
    match compare == Compare::ChartVersion && !is_whole {
        true => without_hash(found),
        false => found,
    }
}

/// Digests are named as far as there is room for, the one that was found in any case.
fn threshold(compare: Compare, expected: &[String], matching: Option<&str>) -> Option<Threshold> {
    if compare != Compare::Digest {
        return expected.first().map(|it| Threshold::equals(it));
    }
    let mut length = 0;
    let named = expected.iter().map(String::as_str).take_while(|it| {
        length += it.len() + 2;
        length <= MAX_NAMED
    });
    let mut named: Vec<_> = named.collect();
    if let Some(matching) = matching.filter(|it| !named.contains(it)) {
        named = vec![matching];
    }
    format!("in {}", named.join(", ")).parse().ok()
}

fn of_kustomization(object: &Object, compare: Option<Compare>) -> Applied {
    let status = object.status.as_ref();
    let named = |it: &Option<String>| it.clone().filter(|it| !it.is_empty());
    let applied = status.and_then(|it| named(&it.last_applied_revision));
    let tried = status.and_then(|it| named(&it.last_attempted_revision));
    let part = applied.as_deref().and_then(fixed_part);
    let same_part = |tried: &str| part.is_some() && fixed_part(tried) == part;
    let is_last = |tried: String| applied.as_ref() == Some(&tried) || same_part(&tried);
    let is_last_tried = tried.map(is_last);
    // A commit is named without its algorithm, a digest with it.
    let is_bare = compare == Some(Compare::Revision);
    Applied {
        is_absent: applied.is_none(),
        found: part.map(|(algorithm, digits)| match is_bare || algorithm == "sha1" {
            true => digits,
            false => format!("{algorithm}:{digits}"),
        }),
        is_last_tried,
    }
}

/// Of the newest release, which counts as applied only once Helm says that it is deployed.
fn of_release(object: &Object, compare: Option<Compare>) -> Result<Applied, Reason> {
    let newest = helm::newest(object)?;
    let chart = newest.and_then(|it| it.chart_version.as_deref());
    let version = match compare {
        Some(Compare::AppVersion) => newest.and_then(|it| it.app_version.as_deref()),
        Some(Compare::ChartVersion | Compare::Revision | Compare::Digest) | None => chart,
    };
    let version = version.filter(|it| !it.is_empty());
    let is_deployed = newest.is_some_and(|it| it.status.as_deref() == Some("deployed"));
    let status = object.status.as_ref();
    let tried = status.and_then(|it| it.last_attempted_revision.as_deref());
    let tried = tried.filter(|it| !it.is_empty());
    let is_same = tried
        .zip(chart)
        .map(|(tried, chart)| same_version(tried, chart));
    Ok(Applied {
        is_absent: version.is_none(),
        found: version.filter(|it| is_version(it)).map(str::to_owned),
        is_last_tried: match is_deployed {
            true => is_same,
            false => Some(false),
        },
    })
}

fn with(fact: Fact, found: Option<&str>) -> Fact {
    match found {
        Some(found) => fact.showing(found),
        None => fact,
    }
}
