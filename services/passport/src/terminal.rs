//! What the two output streams can show.

use std::env;
use std::io::{self, IsTerminal as _, Write as _};

use crate::exit::Fault;

/// What the two output streams can show. In a pipe: plain text, and no progress.
#[derive(Debug, Clone, Copy)]
pub struct Terminal {
    /// Standard output is read by a person: tables are fitted to the window.
    pub person: bool,
    /// Standard output may be coloured.
    pub colour: bool,
    /// Standard error may show progress that changes in place.
    pub progress: bool,
}

// === impl Terminal ===

impl Terminal {
    /// That of this process; obeys `NO_COLOR` and `TERM=dumb`.
    pub fn of_process() -> Self {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = env::var_os("TERM").is_some_and(|term| term == "dumb");
        let coloured = !dumb && !set("NO_COLOR");
        let person = io::stdout().is_terminal();
        let watched = io::stderr().is_terminal();
        Self {
            person,
            colour: person && coloured,
            progress: watched && !dumb,
        }
    }
}

/// Writes an answer to standard output. A reader that has seen enough is no fault.
pub fn print(text: &str) -> Result<(), Fault> {
    let mut out = io::stdout().lock();
    let written = out
        .write_all(text.as_bytes())
        .and_then(|()| match text.ends_with('\n') {
            true => Ok(()),
            false => out.write_all(b"\n"),
        })
        .and_then(|()| out.flush());
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Fault::unanswered(
            format!("could not write the answer: {}", error.kind()),
            "see whether standard output can be written to",
        )),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Says something beside the answer, on standard error.
pub fn remark(text: &str) {
    // Where nobody can read a remark, the answer still counts.
    let _ = writeln!(io::stderr(), "{text}");
}
