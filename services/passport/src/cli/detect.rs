//! Arguments of `passport detect`.

use std::path::PathBuf;

use clap::Args;
use passport_evidence::{EnvironmentName, ServiceName, WorkspaceId};

#[derive(Debug, Args)]
#[command(after_help = "\
Reads text files that configure something, those of .gitignore left out, and .git/config. Follows no
link, starts no process and asks nobody. Tells files and lines, and no text of a file but plain names.
What a file does not say is a blank (`FILL IN: …`); `passport config check` names those that are left.")]
pub struct Detect {
    /// Folder of the repository
    #[arg(default_value = ".", value_name = "PATH")]
    pub path: PathBuf,
    /// Workspace of the service
    #[arg(long, value_name = "NAME")]
    pub workspace: Option<WorkspaceId>,
    /// Service that the repository holds; without it that of the repository's own name
    #[arg(long, value_name = "NAME")]
    pub service: Option<ServiceName>,
    /// Environment that is released to
    #[arg(long, value_name = "NAME")]
    pub environment: Option<EnvironmentName>,
    /// Write the configuration into this file too, which must not be there yet
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
}
