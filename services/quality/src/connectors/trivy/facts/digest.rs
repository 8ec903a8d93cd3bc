//! Whether the report is about what is being released.

use passport_evidence::{Fact, FactName, Meaning, Reason, StateTable, Threshold};

use crate::connectors::trivy::{artifact, summary::Summary};

const ARTIFACT_DIGEST: FactName = FactName::fixed("artifact_digest");

/// Most characters that a threshold names digests with.
const MAX_NAMED: usize = 500;

const TABLE: StateTable = StateTable::new(&[("other", Meaning::Failed(Reason::OtherSubject))]);

/// Compares the digests of a report with those of the subject.
pub fn fact(summary: &Summary, subject: &[&str]) -> Fact {
    let found = list(summary.digests.iter().map(String::as_str));
    let Some(wanted) = wanted(summary, subject) else {
        let fact = Fact::not_applicable(ARTIFACT_DIGEST, Reason::NoSubject);
        return match summary.digests.is_empty() {
            true => fact,
            false => fact.showing(found.as_str()),
        };
    };
    let names_it = summary.digests.iter().any(|it| subject.contains(&&**it));
    match (summary.digests.is_empty(), names_it) {
        (true, _) => Fact::unknown(ARTIFACT_DIGEST, Reason::NoData).wanting(Some(wanted)),
        (false, true) => Fact::measured(ARTIFACT_DIGEST, found.as_str().into(), &wanted.into()),
        (false, false) => Fact::state(ARTIFACT_DIGEST, "other", &TABLE)
            .showing(found.as_str())
            .wanting(Some(wanted)),
    }
}

/// One of the subject's digests; `None`: it has none. Where there are more than a threshold has room
/// for, those that the report names come first, so that leaving others out changes nothing.
fn wanted(summary: &Summary, subject: &[&str]) -> Option<Threshold> {
    let mut digests = subject.to_vec();
    digests.retain(|it| artifact::is_digest(it));
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
