//! Arguments of `passport notify`.

use clap::Args;
use passport_evidence::SourceName;

use super::{ScopeArgs, SubjectArgs};

const NOTE: &str = "\
Sent once for a release, however often this is typed and by whom: a pipeline may be run again. What came of it,
such as whether the provider accepted it and who approved, stands in what `passport collect` tells of the source.
Ends with 0 if it is sent or was before, with 1 if the source is not configured to send anything about this
release, and with 3 if there was no answer.";

#[derive(Debug, Args)]
#[command(after_help = NOTE)]
pub struct Notify {
    /// Source that sends it
    #[arg(long, value_name = "NAME")]
    pub source: SourceName,
    #[command(flatten)]
    pub scope: ScopeArgs,
    #[command(flatten)]
    pub subject: SubjectArgs,
}
