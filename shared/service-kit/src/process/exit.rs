//! How a program ends.

use std::io::{Write as _, stderr};
use std::process::ExitCode;

/// What the exit code tells a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// The question was answered, whatever the answer is.
    Answered,
    /// The question was answered, and something came out otherwise than it had to.
    Otherwise,
    /// The command was used wrongly, or a configuration is not usable.
    Wrong,
    /// The question could not be asked, or not be answered.
    Unanswered,
}

/// Why a program did not do what was asked, and what to do next. Neither holds a secret.
#[derive(Debug, thiserror::Error)]
#[error("{what}")]
pub struct Fault {
    exit: Exit,
    what: String,
    next: String,
}

// === impl Exit ===

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Answered => 0,
            Exit::Otherwise => 1,
            Exit::Wrong => 2,
            Exit::Unanswered => 3,
        })
    }
}

// === impl Fault ===

impl Fault {
    /// Wrong usage or configuration.
    pub fn wrong(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(Exit::Wrong, what, next)
    }

    /// A question that could not be asked or answered.
    pub fn unanswered(what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::new(Exit::Unanswered, what, next)
    }

    fn new(exit: Exit, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            exit,
            what: what.into(),
            next: next.into(),
        }
    }
}

/// Says on standard error what went wrong, and gives the code to end with.
pub fn tell(fault: &Fault) -> ExitCode {
    // Where nobody can read it, the exit code still tells.
    let _ = writeln!(stderr(), "error: {}\n next: {}", fault.what, fault.next);
    fault.exit.into()
}

/// What was checked before, and is refused all the same.
pub fn defect(error: impl std::fmt::Display) -> Fault {
    Fault::unanswered(
        format!("could not put the mesh together: {error}"),
        "report this as a defect",
    )
}
