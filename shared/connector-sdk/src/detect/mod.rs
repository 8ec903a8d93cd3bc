//! Candidates for sources, found in the files of a repository.
//!
//! A detector is a pure function of files that were read before: it opens none, starts no process
//! and asks no provider. What it proposes is a source with blanks; a person fills them in.

mod files;
mod git;
mod plain;
mod proposal;
mod yaml;

pub use files::{RepositoryFile, RepositoryFiles};
pub use git::Origin;
pub use plain::plain;
pub use proposal::{Proposal, Setting, blank, table};
pub use yaml::{Entry, Node};

/// Finds candidates of one kind.
pub type Detect = fn(&RepositoryFiles) -> Vec<Detected>;

/// Most reasons that are told of one candidate.
const MAX_REASONS: usize = 10;

/// A candidate for a source.
#[derive(Debug, Clone, PartialEq)]
pub struct Detected {
    /// Why it is one; never empty.
    pub why: Vec<Why>,
    /// The source that is proposed.
    pub proposal: Proposal,
}

/// One reason, and where it was read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Why {
    /// The file, relative to the repository.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// What stands there, in our words: no text of the file but names that are [`plain()`].
    pub what: String,
}

// === impl Detected ===

impl Detected {
    /// A candidate, if there is any reason for it. Of many reasons the first ones are told.
    pub fn because(why: impl IntoIterator<Item = Why>, proposal: Proposal) -> Option<Self> {
        let why: Vec<_> = why.into_iter().take(MAX_REASONS).collect();
        (!why.is_empty()).then_some(Self { why, proposal })
    }
}

// === impl Why ===

impl Why {
    /// A reason.
    pub fn new(file: &RepositoryFile, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.path().to_owned(),
            line,
            what: what.into(),
        }
    }
}

#[cfg(test)]
mod tests;
