//! What is wrong with a configuration, said so that a person can mend it.

use std::fmt;

/// One thing that is wrong in a configuration.
///
/// `path` is dotted and relative to whatever was checked (`queries.error_rate.threshold`,
/// `scope.labels.service`, `mappings[2].fact`); whoever knows more of the file puts the rest in
/// front with [`Problem::under`]. No text of a problem ever repeats a value that may be a secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where it is; empty for the whole of what was checked.
    pub path: String,
    /// What is wrong, lowercase, without a full stop.
    pub reason: String,
    /// What to write instead.
    pub fix: String,
}

impl Problem {
    /// A problem at `path`.
    pub fn new(path: impl Into<String>, reason: impl Into<String>, fix: impl Into<String>) -> Self {
        Self {
            path: path.into(),
            reason: reason.into(),
            fix: fix.into(),
        }
    }

    /// The same problem, seen from one level further out.
    pub fn under(mut self, parent: &str) -> Self {
        self.path = join(parent, &self.path);
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.reason, self.fix)
    }
}

/// Joins two dotted paths; an index (`[2]`) is appended without a dot.
pub fn join(parent: &str, child: &str) -> String {
    match (parent.is_empty(), child.is_empty()) {
        (true, _) => child.to_owned(),
        (_, true) => parent.to_owned(),
        (false, false) if child.starts_with('[') => format!("{parent}{child}"),
        (false, false) => format!("{parent}.{child}"),
    }
}
