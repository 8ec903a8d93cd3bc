//! Arguments of `passport detect`.

use std::path::PathBuf;

use clap::Args;
use passport_evidence::{EnvironmentName, ServiceName, WorkspaceId};

#[derive(Debug, Args)]
#[command(after_help = "\
Reads text files that configure something, those of .gitignore left out, and .git/config. Follows no
link, starts no process and asks nobody, unless a context is named. Tells files and lines, and no text of a file but plain names.
What a file does not say is a blank (`FILL IN: …`); `passport config check` names those that are left.

With --kube-context the objects of one namespace are proposed beside what the files say: workloads, and
what Argo Rollouts, Flagger, Flux and Argo CD have there. What both name is proposed once, as the cluster has it. Only their names are read, with that context's token or client
certificate from the kubeconfig; a context that would run a program or trust any server is refused.")]
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
    /// Context of the kubeconfig (KUBECONFIG, or that in the home folder) whose cluster is looked into
    #[arg(long, value_name = "NAME", requires = "namespace")]
    pub kube_context: Option<String>,
    /// The one namespace that is looked into there
    #[arg(long, value_name = "NAME", requires = "kube_context")]
    pub namespace: Option<String>,
    /// Write the configuration into this file too, which must not be there yet
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
}
