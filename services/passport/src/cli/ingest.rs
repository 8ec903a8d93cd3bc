//! Arguments of `passport ingest`.

use std::path::PathBuf;

use clap::Args;
use passport_evidence::SourceName;

use super::{ScopeArgs, parse};

pub use parse::SentHeader;

const NOTE: &str = "\
The report is sent byte for byte, up to 32 MiB. The same report with the same headers again is kept
once. Ends with 0 if it is kept, with 1 if the source rejects it, and with 3 if it is not known or not
possible now; then the same may be sent again. In every form `message` is the answer of the source itself, which over
HTTP stands alone.";

#[derive(Debug, Args)]
#[command(after_help = NOTE)]
pub struct Ingest {
    /// Source that the report is for
    #[arg(long, value_name = "NAME")]
    pub source: SourceName,
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// When the report was made, such as 2026-05-03T09:30:00Z, if it does not say so itself: the header
    /// Passport-Observed-At
    #[arg(long, value_name = "TIME", value_parser = parse::moment)]
    pub observed_at: Option<SentHeader>,
    /// Header that the source needs, such as 'Content-Type: application/json'; may be repeated
    #[arg(long = "header", value_name = "HEADER", value_parser = parse::header)]
    pub headers: Vec<SentHeader>,
    /// Report to send; - stands for standard input
    pub file: PathBuf,
}

// === impl Ingest ===

impl Ingest {
    /// Every header that was typed, in either way.
    pub fn all_headers(&self) -> impl Iterator<Item = &SentHeader> {
        self.headers.iter().chain(&self.observed_at)
    }
}
