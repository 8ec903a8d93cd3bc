//! Whether the report is about what is being released.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

use crate::connectors::trivy::{subject::Digests, summary::Summary};

const ARTIFACT_DIGEST: FactName = FactName::fixed("artifact_digest");

/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

const TABLE: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

/// Compares the digests of a report with those of the subject.
pub fn fact(summary: &Summary, subject: &Digests) -> Fact {
    let found = list(summary.digests.iter().map(String::as_str));
    let show = |fact: Fact| match summary.digests.is_empty() {
        true => fact,
        false => fact.showing(found.as_str()),
    };
    let wanted = wanted(summary, subject);
    if subject.are_named_by(summary)
        && let Some(wanted) = wanted
    {
        return Fact::measured(ARTIFACT_DIGEST, found.as_str().into(), &wanted.into());
    }
    if subject.has_illegible {
        // What they name is not known, and so whether it is this.
        let fact = Fact::unknown(ARTIFACT_DIGEST, Reason::UnexpectedShape);
        return show(fact).wanting(wanted);
    }
    if wanted.is_none() {
        return show(Fact::not_applicable(ARTIFACT_DIGEST, Reason::NoSubject));
    }
    if summary.digests.is_empty() {
        let reason = summary.flaw().unwrap_or(Reason::NoData);
        return Fact::unknown(ARTIFACT_DIGEST, reason).wanting(wanted);
    }
    show(Fact::state(ARTIFACT_DIGEST, "other", &TABLE)).wanting(wanted)
}

/// Whether it says that a report is not known to be about the subject, though both have digests.
pub fn is_doubtful(fact: &Fact) -> bool {
    matches!(
        fact.reason(),
        Some(Reason::OtherSubject | Reason::UnexpectedShape)
    )
}

/// One of the subject's digests; `None`: it has none. Where there are more than a threshold has room
/// for, those that the report names come first, so that leaving others out changes nothing.
fn wanted(summary: &Summary, subject: &Digests) -> Option<Threshold> {
    let mut digests: Vec<_> = subject.legible.iter().map(String::as_str).collect();
    if list(digests.iter().copied()).len() > MAX_NAMED {
        digests.sort_by_key(|it| !summary.digests.contains(*it));
    }
    let mut length = 0;
    let named = digests.into_iter().take_while(|it| {
        length += it.len() + 1;
        length <= MAX_NAMED
    });
    format!("in {}", list(named)).parse().ok()
}

fn list<'a>(digests: impl Iterator<Item = &'a str>) -> String {
    digests.collect::<Vec<_>>().join(",")
}
