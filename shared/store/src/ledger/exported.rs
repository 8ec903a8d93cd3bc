//! Checking a chain as it was exported: a text of lines, without a database.

use std::io::{self, BufRead, Read as _};

use passport_evidence::WorkspaceId;
use serde::Deserialize;

use super::{Broken, Entry, Head, Reason, Verified, Verifier, chain::Walk};

/// Most bytes of a line: a body of 16 MiB in base64, and what stands around it.
const MOST: usize = 24 << 20;

/// A chain that is whole, and where it ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// What was found.
    pub verified: Verified,
    /// The head that it ends with. `None`: nothing was recorded.
    pub head: Option<Head>,
}

/// The first place where an export is broken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{broken} (line {line})")]
pub struct BrokenExport {
    /// What is wrong, and with which entry.
    #[source]
    pub broken: Broken,
    /// The line that shows it, from 1; the one that should come where the text ends too early.
    pub line: u64,
    /// The newest entries, from one to another, that the head or the checkpoint speaks of and that are
    /// not there.
    pub missing: Option<(u64, u64)>,
}

/// Why an export is not known to be whole.
#[derive(Debug, thiserror::Error)]
pub enum NotWhole {
    /// It is not.
    #[error(transparent)]
    Broken(#[from] BrokenExport),
    /// It could not be read to its end.
    #[error("the export could not be read")]
    Unread(#[source] io::Error),
}

/// A line of an export.
enum Line {
    Entry(Entry),
    /// The head that it ends with.
    Last(Option<Head>),
}

/// The last line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LastLine {
    #[serde(deserialize_with = "Option::deserialize")]
    head: Option<Head>,
}

/// An export as far as it was read.
struct Reading<'a, R> {
    from: R,
    walk: Walk,
    checkpoint: Option<&'a Head>,
    line: u64,
    text: Vec<u8>,
}

/// Checks an export from its first line to its last, a line at a time: that each entry is what it was
/// and follows the one before it, that it ends with a head that a trusted key sealed, and that it goes on
/// from the checkpoint. Hands each entry over once it has its place in the chain; what was seen counts
/// only where the whole of it is good.
///
/// Without a checkpoint it is not found that the newest entries were removed together with their head,
/// and an older one put back; nor that a whole chain is gone.
///
/// # Errors
/// The first place where it is broken; or it can't be read.
pub fn verify_export(
    from: impl BufRead,
    workspace: &WorkspaceId,
    checkpoint: Option<&Head>,
    verifier: &dyn Verifier,
    mut seen: impl FnMut(&Entry),
) -> Result<Exported, NotWhole> {
    let mut reading = Reading {
        from,
        walk: Walk::begin(workspace, checkpoint, verifier).map_err(|broken| BrokenExport {
            broken,
            line: 0,
            missing: None,
        })?,
        checkpoint,
        line: 0,
        text: Vec::new(),
    };
    let head = loop {
        match reading.next()? {
            Some(Line::Entry(entry)) => {
                let stepped = reading.walk.step(&entry);
                stepped.map_err(|broken| reading.at(broken))?;
                seen(&entry);
            }
            Some(Line::Last(head)) => break head,
            None => return Err(reading.broken(Reason::CutOff).into()),
        }
    };
    reading.ends_here()?;
    reading.end(head, verifier)
}

/// The head that a line of an export says it ends with, if it is the last one.
pub fn last_line(text: &[u8]) -> Option<Option<Head>> {
    let line: LastLine = serde_json::from_slice(text).ok()?;
    Some(line.head)
}

fn line(text: &[u8]) -> Option<Line> {
    if text.len() > MOST {
        return None;
    }
    let entry = serde_json::from_slice(text).ok().map(Line::Entry);
    entry.or_else(|| last_line(text).map(Line::Last))
}

// === impl Reading ===

impl<R: BufRead> Reading<'_, R> {
    /// The next line. `None`: there is none.
    fn next(&mut self) -> Result<Option<Line>, NotWhole> {
        self.line += 1;
        if !self.fill()? {
            return Ok(None);
        }
        let line = line(&self.text);
        line.map(Some)
            .ok_or_else(|| self.broken(Reason::Unreadable).into())
    }

    /// Reads a line, and one byte more than a line may have.
    fn fill(&mut self) -> Result<bool, NotWhole> {
        self.text.clear();
        let mut limited = self.from.by_ref().take(MOST as u64 + 1);
        let read = limited.read_until(b'\n', &mut self.text);
        Ok(read.map_err(NotWhole::Unread)? > 0)
    }

    fn ends_here(&mut self) -> Result<(), NotWhole> {
        self.line += 1;
        match self.fill()? {
            false => Ok(()),
            true => Err(self.broken(Reason::AfterTheHead).into()),
        }
    }

    fn end(self, head: Option<Head>, verifier: &dyn Verifier) -> Result<Exported, NotWhole> {
        let seen = self.walk.seen();
        let line = self.line - 1;
        let told = head
            .iter()
            .chain(self.checkpoint)
            .map(|it| it.sequence)
            .max();
        let missing = told.filter(|it| *it > seen).map(|it| (seen + 1, it));
        let ended = self.walk.end(head.as_ref(), verifier);
        let verified = ended.map_err(|broken| BrokenExport {
            broken,
            line,
            missing,
        })?;
        Ok(Exported { verified, head })
    }

    /// The entry that should come next is not there.
    fn broken(&self, reason: Reason) -> BrokenExport {
        let sequence = self.walk.seen() + 1;
        self.at(Broken { sequence, reason })
    }

    fn at(&self, broken: Broken) -> BrokenExport {
        BrokenExport {
            broken,
            line: self.line,
            missing: None,
        }
    }
}

#[cfg(test)]
mod tests;
