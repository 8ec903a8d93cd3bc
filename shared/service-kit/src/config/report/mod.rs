//! All that is wrong with a file, in its order.

mod excerpt;
mod picture;
#[cfg(test)]
mod tests;
mod withheld;

use std::fmt;

use passport_evidence::problem::Problem;
use serde::Serialize;

use super::tree::{Flaw, Position, Tree};
use excerpt::Excerpt;
use withheld::withheld;

/// One thing that is wrong, with its place. The machine form of a report is a list of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The file, as it was named.
    pub file: String,
    /// Line, from 1. A file that could not be read says 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Where it is in the configuration; empty for the file as such.
    pub path: String,
    /// What is wrong.
    pub reason: String,
    /// What to write instead.
    pub fix: String,
    #[serde(skip)]
    excerpt: Option<Excerpt>,
}

/// Why a file cannot be used: everything at once, by line and column, without any value that may
/// be a secret. Displays one line a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Report {
    findings: Vec<Finding>,
}

// === impl Report ===

impl Report {
    /// A file that could not be read or parsed at all.
    pub(super) fn unusable(file: &str, text: &str, flaw: Flaw) -> Self {
        let excerpt = excerpt::of_text(text, flaw.at);
        Self {
            findings: vec![Finding::new(file, flaw.at, flaw.problem, excerpt)],
        }
    }

    /// The flaws of a tree and the problems of its content, also those that are found after a
    /// file was loaded. Paths count from the top of the file.
    pub fn of(tree: &Tree, problems: Vec<Problem>) -> Self {
        let flaws = tree.flaws().iter().map(|flaw| {
            let excerpt = excerpt::of_place(tree, flaw.at);
            Finding::new(tree.name(), flaw.at, flaw.problem.clone(), excerpt)
        });
        let problems = problems.into_iter().map(|problem| {
            let found = tree.find(&problem.path);
            let excerpt = excerpt::of_found(tree, &found);
            Finding::new(tree.name(), found.at, problem, excerpt)
        });
        let mut findings = flaws.chain(problems).collect::<Vec<_>>();
        findings.sort_by(|a, b| a.order().cmp(&b.order()));
        findings.dedup();
        Self { findings }
    }

    /// The problems, by line and column.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The problems with the lines they stand in, drawn for a terminal (`colour`) or plainly.
    /// Values are elided but for those that are words of a closed set.
    pub fn picture(&self, colour: bool) -> String {
        picture::draw(&self.findings, colour)
    }
}

impl std::error::Error for Report {}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, finding) in self.findings.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            finding.fmt(f)?;
        }
        Ok(())
    }
}

// === impl Finding ===

impl Finding {
    fn new(file: &str, at: Position, problem: Problem, excerpt: Option<Excerpt>) -> Self {
        let Problem { path, reason, fix } = problem;
        Self {
            file: file.to_owned(),
            line: at.line,
            column: at.column,
            path: withheld(&path),
            reason: withheld(&reason),
            fix: withheld(&fix),
            excerpt,
        }
    }

    /// The place and the reason.
    fn what(&self) -> String {
        let Self {
            file,
            line,
            column,
            path,
            reason,
            fix: _,
            excerpt: _,
        } = self;
        let space = if path.is_empty() { "" } else { " " };
        format!("{file}:{line}:{column}{space}{path}: {reason}")
    }

    fn order(&self) -> (usize, usize, &str, &str) {
        (self.line, self.column, &self.path, &self.reason)
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what(), self.fix)
    }
}
