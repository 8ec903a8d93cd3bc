//! `passport ledger export`.

use std::io::{self, Write};
use std::path::Path;

use passport_proto::gateway::ExportLedgerRequest;
use passport_store::ledger::last_line;
use tempfile::NamedTempFile;

use super::super::files::unwritable;
use super::Session;
use crate::cli::Export;
use crate::client::{Gateway, protocol};
use crate::exit::{Exit, Fault};
use crate::terminal::remark;

/// No last line is longer.
const MOST_OF_THE_LAST: usize = 4096;

/// Tells whether a text ends with the last line of an export.
#[derive(Default)]
struct Ending {
    /// As much of the line that was begun last as a last line can have.
    line: Vec<u8>,
    is_ended: bool,
}

pub async fn run(args: &Export, session: &Session) -> Result<Exit, Fault> {
    session.only_text("ledger export")?;
    match args.to.as_deref().filter(|it| *it != Path::new("-")) {
        Some(file) => to_file(file, args, session).await?,
        None => copy(args, session, &mut io::stdout(), &piped).await?,
    }
    Ok(Exit::Answered)
}

/// Under another name until it is whole, readable by nobody else: it holds people's words.
async fn to_file(file: &Path, args: &Export, session: &Session) -> Result<(), Fault> {
    let wrong = |error| unwritable(file, &error);
    if file.metadata().is_ok_and(|it| !it.is_file()) {
        // It would be replaced, and not written to.
        let other = io::Error::other("it is there and is no file");
        return Err(wrong(other));
    }
    let folder = file.parent().filter(|it| *it != Path::new(""));
    let partial = NamedTempFile::new_in(folder.unwrap_or(Path::new(".")));
    let mut partial = partial.map_err(wrong)?;
    copy(args, session, &mut partial, &wrong).await?;
    partial.as_file().sync_all().map_err(wrong)?;
    partial.persist(file).map_err(|it| wrong(it.error))?;
    remark(&format!("wrote {}", file.display()));
    Ok(())
}

/// Copies all of it. A text that broke off is told as one.
async fn copy(
    args: &Export,
    session: &Session,
    to: &mut impl Write,
    wrong: &(impl Fn(io::Error) -> Fault + ?Sized),
) -> Result<(), Fault> {
    let what = format!("export the ledger of {}", args.workspace);
    let gateway = Gateway::connect(&session.global).await?;
    let request = gateway.request(ExportLedgerRequest {
        workspace_id: args.workspace.to_string(),
    });
    let mut client = gateway.client();
    let reply = gateway.answer(&what, client.export_ledger(request)).await?;
    let mut parts = reply.into_inner();
    let mut ending = Ending::default();
    while let Some(part) = gateway.answer(&what, parts.message()).await? {
        ending.take(&part.text);
        to.write_all(&part.text).map_err(wrong)?;
    }
    to.flush().map_err(wrong)?;
    match ending.is_last_line() {
        true => Ok(()),
        false => Err(protocol(&what, "it ends before the head of the ledger")),
    }
}

/// A reader that went away did not get all of it.
fn piped(error: io::Error) -> Fault {
    Fault::unanswered(
        format!("could not write the ledger: {}", error.kind()),
        "see whether standard output can be written to, or name a file with --to",
    )
}

// === impl Ending ===

impl Ending {
    fn take(&mut self, text: &[u8]) {
        for part in text.split_inclusive(|it| *it == b'\n') {
            if self.is_ended {
                self.line.clear();
            }
            let room = MOST_OF_THE_LAST.saturating_sub(self.line.len());
            self.line.extend(part.iter().take(room));
            self.is_ended = part.ends_with(b"\n");
        }
    }

    fn is_last_line(&self) -> bool {
        self.is_ended && last_line(&self.line).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_whole(parts: &[&str]) -> bool {
        let mut ending = Ending::default();
        parts.iter().for_each(|it| ending.take(it.as_bytes()));
        ending.is_last_line()
    }

    #[test]
    fn only_what_ends_with_the_line_of_a_head_is_whole() {
        assert!(is_whole(&["{\"head\":null}\n"]));
        assert!(is_whole(&["{\"sequ", "ence\":1}\n{\"he", "ad\":null}\n"]));
        let long = format!("{{\"body\":\"{}\"}}\n", "a".repeat(10_000));
        assert!(is_whole(&[&long, "{\"head\":null}\n"]));
        for part in [
            "",
            "{\"head\":null}",
            "{\"head\":null}\n{",
            "{\"head\":null}\n{\"sequence\":1}\n",
            "{}\n",
        ] {
            assert!(!is_whole(&[part]), "{part}");
        }
        assert!(!is_whole(&[&long]));
    }
}
