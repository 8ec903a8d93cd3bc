//! Counts vulnerabilities, each once.

use std::collections::HashSet;

use super::{
    severity::{Counts, Severity},
    summary::Summary,
};

/// A vulnerability of a package. An empty text is one that the report does not give.
#[derive(Clone, Copy)]
pub struct Vulnerability<'a> {
    /// How bad; `None`: the report does not tell in a known word.
    pub severity: Option<Severity>,
    /// Its id, such as CVE-2026-0001.
    pub id: &'a str,
    /// The package.
    pub package: &'a str,
    /// The version that is there.
    pub installed: &'a str,
    /// Where the package is.
    pub target: &'a str,
    /// Whether a version fixes it.
    pub fix: Fix,
}

/// Whether a version fixes a vulnerability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fix {
    /// One does.
    Exists,
    /// None does, says the report.
    Missing,
    /// The report does not tell.
    Untold,
}

/// Vulnerabilities, each once.
#[derive(Default)]
pub struct Tally<'a> {
    seen: HashSet<(Option<Severity>, [&'a str; 4])>,
    all: Counts,
    fixable: Counts,
    unfixed: Counts,
}

// === impl Tally ===

impl<'a> Tally<'a> {
    /// Counts one, unless it was counted before. Two are the same only where they say who they are.
    pub fn add(&mut self, it: Vulnerability<'a>) {
        let is_named = !it.id.is_empty() && !it.package.is_empty();
        let identity = [it.id, it.package, it.installed, it.target];
        if is_named && !self.seen.insert((it.severity, identity)) {
            return;
        }
        self.all.add(it.severity);
        match it.fix {
            Fix::Exists => self.fixable.add(it.severity),
            Fix::Missing => self.unfixed.add(it.severity),
            Fix::Untold => {}
        }
    }

    /// Writes down what was counted.
    pub fn into_summary(self, summary: &mut Summary) {
        summary.vulnerabilities = self.all;
        summary.fixable = self.fixable;
        summary.unfixed = self.unfixed;
    }
}
