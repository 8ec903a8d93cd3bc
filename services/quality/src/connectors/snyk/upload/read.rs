//! From an upload's bytes to what is kept of it.

use std::collections::{BTreeSet, HashSet};

use super::{
    output::{Issue, Member},
    summary::{Flaw, Found, Summary},
};
use crate::{
    connectors::snyk::severity::{Issues, Severity},
    strict_json::{self, Bounds, Refused},
};

/// Issues, and what is read beside them.
const BOUNDS: Bounds = Bounds {
    lists: &[
        "applications",
        "fixedIn",
        "ignore",
        "infrastructureAsCodeIssues",
        "vulnerabilities",
    ],
    items: 500_000,
};

/// Why an upload can't be used. Sending it again would not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// Not one JSON document that can be read in one way only.
    #[error("not one JSON document in UTF-8 with every key once and at most 64 levels")]
    Json,
    /// So much that reading it would cost too much.
    #[error("over 500,000 issues or over 2,000,000 keys")]
    TooMany,
    /// JSON, but not what Snyk's command writes.
    #[error("not the JSON output of `snyk test`, `snyk container test` or `snyk iac test`")]
    Form,
    /// About another project.
    #[error("has a project that the source's `scope.projects` does not name")]
    OtherProject,
}

/// Reads an upload about these projects.
pub fn read(body: &[u8], projects: &BTreeSet<String>) -> Result<Summary, Unusable> {
    let text = strict_json::document(body, &BOUNDS)?;
    let is_list = text.iter().find(|it| !it.is_ascii_whitespace()) == Some(&b'[');
    let members: Vec<Member> = match is_list {
        true => serde_json::from_slice(text),
        false => serde_json::from_slice(text).map(|one| vec![one]),
    }
    .map_err(|_| Unusable::Form)?;
    let mut summary = Summary::default();
    for member in &members {
        let found = found(member)?;
        match place(member, projects)? {
            Some(name) => {
                let project = summary.projects.entry(name.to_owned());
                project.or_default().add(found);
            }
            None => summary.strays += 1,
        }
    }
    Ok(summary)
}

/// The project that a member is of. A test that failed may tell only where it ran; `None`: it tells
/// of no project of the source.
fn place<'a>(member: &'a Member, projects: &BTreeSet<String>) -> Result<Option<&'a str>, Unusable> {
    let named = |name: &&str| projects.contains(*name);
    if let Some(name) = member.project_name.as_deref() {
        let name = Some(name).filter(named);
        return name.map(Some).ok_or(Unusable::OtherProject);
    }
    match member.error {
        None => Err(Unusable::Form),
        Some(_) => Ok(member.path.as_deref().and_then(last_part).filter(named)),
    }
}

fn last_part(path: &str) -> Option<&str> {
    let parts = path.rsplit(['/', '\\']);
    parts.into_iter().find(|it| !it.is_empty())
}

/// What one member found, its applications included.
fn found(member: &Member) -> Result<Found, Unusable> {
    let mut found = part(member)?;
    if member.error.is_none() && looks_at_nothing(member) {
        found.flaws.insert(Flaw::Nothing);
    }
    for application in member.applications.iter().flatten() {
        if application.applications.is_some() {
            return Err(Unusable::Form);
        }
        let mut part = part(application)?;
        explain(&mut part, application)?;
        found.add(part);
    }
    explain(&mut found, member)?;
    Ok(found)
}

/// What lists nothing, applications included, and is not well all the same, is not explained.
fn explain(found: &mut Found, member: &Member) -> Result<(), Unusable> {
    let lists = !found.issues.security.is_empty() || !found.issues.license.is_empty();
    let explained = lists || found.flaws.contains(&Flaw::Untold) || member.error.is_some();
    if member.ok == Some(false) && !explained {
        found.flaws.insert(Flaw::Unexplained);
    }
    match (member.ok, &member.error) {
        (None, None) => Err(Unusable::Form),
        (Some(_), _) | (None, Some(_)) => Ok(()),
    }
}

/// A file of infrastructure has no dependencies; that it is named shows that it was read.
fn looks_at_nothing(member: &Member) -> bool {
    match &member.infrastructure_as_code_issues {
        Some(_) => member.target_file.as_deref().is_none_or(str::is_empty),
        None => member.dependency_count.is_none_or(|it| it == 0),
    }
}

fn part(member: &Member) -> Result<Found, Unusable> {
    if member.error.is_some() {
        return Ok(Found {
            flaws: BTreeSet::from([Flaw::Error]),
            issues: count(member).issues,
        });
    }
    let lists_any =
        member.vulnerabilities.is_some() || member.infrastructure_as_code_issues.is_some();
    match lists_any {
        true => Ok(count(member)),
        false => Err(Unusable::Form),
    }
}

fn count(member: &Member) -> Found {
    let mut tally = Tally::default();
    for issue in member.vulnerabilities.iter().flatten() {
        tally.add(issue, false);
    }
    let unique = tally.ids.len();
    for issue in member.infrastructure_as_code_issues.iter().flatten() {
        tally.add(issue, issue.is_ignored == Some(true));
    }
    let filtered = member.filtered.as_ref();
    for issue in filtered
        .and_then(|it| it.ignore.as_ref())
        .into_iter()
        .flatten()
    {
        tally.add(issue, true);
    }
    let mut found = tally.found;
    if member.unique_count.is_some_and(|it| it > unique as u64) {
        found.flaws.insert(Flaw::Fewer);
    }
    found
}

/// Counts issues, each once. Two are the same only where they say who they are.
#[derive(Default)]
struct Tally<'a> {
    ids: HashSet<&'a str>,
    seen: HashSet<(bool, Option<&'a str>, [&'a str; 3])>,
    found: Found,
}

// === impl Tally ===

impl<'a> Tally<'a> {
    fn add(&mut self, issue: &'a Issue, is_ignored: bool) {
        let text = |it: &'a Option<String>| it.as_deref().unwrap_or_default();
        let identity = [
            text(&issue.id),
            text(&issue.package_name),
            text(&issue.version),
        ];
        self.ids.insert(text(&issue.id));
        let is_named = issue.id.is_some() && issue.package_name.is_some();
        let seen = (is_ignored, issue.severity.as_deref(), identity);
        if is_named && !self.seen.insert(seen) {
            return;
        }
        let Found { issues, flaws } = &mut self.found;
        match (
            is_ignored,
            issue.severity.as_deref().and_then(Severity::read),
        ) {
            (true, _) => issues.ignored += 1,
            (false, None) => {
                flaws.insert(Flaw::Untold);
            }
            (false, Some(severity)) => count_open(issues, issue, severity),
        }
    }
}

fn count_open(issues: &mut Issues, issue: &Issue, severity: Severity) {
    if issue.r#type.as_deref() == Some("license") {
        issues.license.add(severity);
        return;
    }
    issues.security.add(severity);
    if issue.is_fixable() {
        issues.fixable.add(severity);
    }
}

// === impl Unusable ===

impl From<Refused> for Unusable {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::NotStrict => Self::Json,
            Refused::TooMany => Self::TooMany,
        }
    }
}
