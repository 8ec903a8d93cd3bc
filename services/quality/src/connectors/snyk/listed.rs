//! The issues of one project as its pages list them, each once.

use std::collections::{BTreeMap, BTreeSet};

use passport_evidence::Reason;
use serde_json::value::RawValue;

use super::{
    model::Issue,
    severity::{Counts, Issues, Severity},
};

/// Which project is read.
#[derive(Debug, Clone, Copy)]
pub struct Place<'a> {
    /// Its organization.
    pub org: &'a str,
    /// The project.
    pub project: &'a str,
}

/// What was read of a project's issues.
#[derive(Debug, Default)]
pub struct Listed {
    rows: BTreeMap<String, Row>,
    /// Why there may be more than was read.
    pub flaws: BTreeSet<Reason>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Row {
    severity: Severity,
    is_license: bool,
    is_ignored: bool,
    is_fixable: bool,
}

/// A row that is counted for nothing.
enum Left {
    /// It does not matter.
    Out,
    /// It should not be there, or can't be read.
    For(Reason),
}

// === impl Listed ===

impl Listed {
    /// Reads one more row.
    pub fn add(&mut self, row: &RawValue, place: Place<'_>) {
        let read = serde_json::from_str::<Issue>(row.get());
        let read = read.map_err(|_| Left::For(Reason::UnexpectedShape));
        match read.and_then(|issue| Ok((Row::of(&issue, place)?, issue.id))) {
            Ok((row, id)) => {
                // Of two rows of one issue that differ neither is known to be right.
                if self.rows.insert(id, row).is_some_and(|it| it != row) {
                    self.flaws.insert(Reason::Contradictory);
                }
            }
            Err(Left::For(reason)) => {
                self.flaws.insert(reason);
            }
            Err(Left::Out) => {}
        }
    }

    /// How many are open of each severity, ignored or not, of any type.
    pub fn open(&self) -> Counts {
        let mut open = Counts::default();
        self.rows.values().for_each(|it| open.add(it.severity));
        open
    }

    /// What was found.
    pub fn issues(&self) -> Issues {
        let mut issues = Issues::default();
        for row in self.rows.values() {
            match (row.is_ignored, row.is_license) {
                (true, _) => issues.ignored += 1,
                (false, true) => issues.license.add(row.severity),
                (false, false) => {
                    issues.security.add(row.severity);
                    if row.is_fixable {
                        issues.fixable.add(row.severity);
                    }
                }
            }
        }
        issues
    }
}

// === impl Row ===

impl Row {
    fn of(issue: &Issue, place: Place<'_>) -> Result<Self, Left> {
        place.check(issue)?;
        let attributes = &issue.attributes;
        match attributes.status.as_str() {
            "open" => {}
            "resolved" => return Err(Left::Out),
            _ => return Err(Left::For(Reason::UnrecognizedState)),
        }
        let is_license = match attributes.r#type.as_str() {
            "license" => true,
            "package_vulnerability" | "cloud" | "code" | "custom" | "config" => false,
            _ => return Err(Left::For(Reason::UnrecognizedState)),
        };
        let severity = match attributes.effective_severity_level.as_str() {
            "info" => return Err(Left::Out),
            word => Severity::read(word).ok_or(Left::For(Reason::UnrecognizedState))?,
        };
        Ok(Self {
            severity,
            is_license,
            is_ignored: attributes.ignored,
            is_fixable: issue.is_fixable(),
        })
    }
}

// === impl Place ===

impl Place<'_> {
    /// Names of filters that Snyk does not know are ignored silently, so that any row may come.
    fn check(&self, issue: &Issue) -> Result<(), Left> {
        let missing = || Left::For(Reason::UnexpectedShape);
        let org = issue.relationships.org().ok_or_else(missing)?;
        let item = issue.relationships.scan_item().ok_or_else(missing)?;
        let is_project = item.r#type.as_deref() == Some("project");
        let is_own = org.eq_ignore_ascii_case(self.org)
            && item.id.eq_ignore_ascii_case(self.project)
            && is_project;
        match is_own {
            true => Ok(()),
            false => Err(Left::For(Reason::FilterNotApplied)),
        }
    }
}
