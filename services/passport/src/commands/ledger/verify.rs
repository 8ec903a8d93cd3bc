//! `passport ledger verify`.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use chrono::{DateTime, Utc};
use passport_evidence::WorkspaceId;
use passport_policy::attest::TrustedKeys;
use passport_store::ledger::{NotWhole, verify_export};
use passport_store::{Entry, Head, Seal, Verifier};

use super::super::files;
use super::Session;
use crate::cli::VerifyLedger;
use crate::exit::{Exit, Fault};
use crate::output::CheckedLedger;

/// Most bytes of a checkpoint.
const MOST: usize = 1 << 20;

const NO_CHECKPOINT: &str = "whether newer entries were removed or written anew together with \
                             their head was not checked: only a checkpoint tells";
const NO_KEYS: &str = "nobody vouches for it: whoever can write the file can have written all of it \
                       anew";

/// What a ledger has to be.
pub struct Chain<'a> {
    /// Whose it has to be.
    pub workspace: &'a WorkspaceId,
    /// What it has to go on from.
    pub checkpoint: Option<&'a Head>,
    /// Whose seal counts. `None`: nobody looks at the seal.
    pub keys: Option<&'a TrustedKeys>,
}

/// Asks nobody.
pub fn run(args: &VerifyLedger, session: &Session) -> Result<Exit, Fault> {
    let checkpoint = args.checkpoint.as_deref().map(checkpoint).transpose()?;
    let keys = args.sealed.keys.as_deref().map(files::keys).transpose()?;
    let chain = Chain {
        workspace: &args.workspace,
        checkpoint: checkpoint.as_ref(),
        keys: keys.as_ref(),
    };
    let checked = verified(&args.file, &chain, |_| {})?;
    session.show(&checked)?;
    match checked.is_good() {
        true => Ok(Exit::Answered),
        false => Ok(Exit::Otherwise),
    }
}

/// What is found of an exported ledger. What was seen counts only where it is good.
pub fn verified(
    file: &Path,
    chain: &Chain<'_>,
    seen: impl FnMut(&Entry),
) -> Result<CheckedLedger, Fault> {
    let unread = |error: io::Error| {
        Fault::unanswered(
            format!("could not read {}: {error}", file.display()),
            "name an export that can be read, or - for standard input",
        )
    };
    let from: Box<dyn BufRead> = match file == Path::new("-") {
        true => Box::new(io::stdin().lock()),
        false => Box::new(BufReader::new(File::open(file).map_err(unread)?)),
    };
    match verify_export(from, chain.workspace, chain.checkpoint, chain, seen) {
        Ok(whole) => Ok(CheckedLedger::whole(
            chain.workspace,
            whole,
            chain.not_checked(),
        )),
        Err(NotWhole::Broken(broken)) => Ok(CheckedLedger::broken(&broken)),
        Err(NotWhole::Unread(error)) => Err(unread(error)),
    }
}

fn checkpoint(file: &Path) -> Result<Head, Fault> {
    let bytes = files::read(file, MOST)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        Fault::wrong(
            format!("{} is no head of a ledger: {error}", file.display()),
            "name a file that `passport ledger head -o json` printed",
        )
    })
}

// === impl Chain ===

impl Chain<'_> {
    fn not_checked(&self) -> Vec<&'static str> {
        let notes = [
            self.checkpoint.is_none().then_some(NO_CHECKPOINT),
            self.keys.is_none().then_some(NO_KEYS),
        ];
        notes.into_iter().flatten().collect()
    }
}

impl Verifier for Chain<'_> {
    fn verify(&self, seal: &Seal, message: &[u8], made: DateTime<Utc>) -> bool {
        self.keys
            .is_none_or(|keys| keys.vouch(&seal.key_id, message, &seal.signature, made))
    }
}
