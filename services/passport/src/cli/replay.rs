//! Arguments of `passport replay`.

use std::path::PathBuf;

use clap::Args;

#[derive(Debug, Args)]
#[command(after_help = "\
Ends with 1 if a case came out differently. A case is one file: what a provider answers, and what
must come of it. No network beyond this machine is used.")]
pub struct Replay {
    /// Files, or folders with *.case.json at any depth
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Play the cases of this connector only
    #[arg(long, value_name = "NAME")]
    pub connector: Option<String>,
}
