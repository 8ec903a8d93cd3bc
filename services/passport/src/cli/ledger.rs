//! Arguments of `passport ledger`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use passport_evidence::WorkspaceId;

#[derive(Debug, Subcommand)]
pub enum Ledger {
    /// Take the whole ledger of a workspace out, an entry on each line and its sealed head on the last
    Export(Export),
    /// Print the sealed head of a ledger; kept elsewhere as JSON, it is a checkpoint
    Head(LedgerHead),
    /// Check an exported ledger without asking anybody; ends with 1 if it is broken, with 3 if it can't
    /// be read
    Verify(VerifyLedger),
}

#[derive(Debug, Args)]
pub struct Export {
    /// Workspace of the ledger
    #[arg(long, value_name = "NAME")]
    pub workspace: WorkspaceId,
    /// File to write, in place of standard output; it is there whole or not at all
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct LedgerHead {
    /// Workspace of the ledger
    #[arg(long, value_name = "NAME")]
    pub workspace: WorkspaceId,
}

#[derive(Debug, Args)]
pub struct VerifyLedger {
    /// The export, or - for standard input
    pub file: PathBuf,
    /// Workspace that it has to be of
    #[arg(long, value_name = "NAME")]
    pub workspace: WorkspaceId,
    /// Head that was printed before, as JSON, from which the ledger has to go on
    #[arg(long, value_name = "FILE")]
    pub checkpoint: Option<PathBuf>,
    #[command(flatten)]
    pub sealed: SealedBy,
}

/// Whose seal counts.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct SealedBy {
    /// Public keys that are trusted, as PEM or as JSON with the times that each counts from and to
    #[arg(long, value_name = "FILE")]
    pub keys: Option<PathBuf>,
    /// Check the chain of hashes alone, of a gateway without a signing key: whoever can write the file
    /// can have written all of it anew
    #[arg(long)]
    pub unsealed: bool,
}
