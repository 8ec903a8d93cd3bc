//! The account that a platform gives to each process that it runs.

use std::path::PathBuf;

use passport_evidence::WorkspaceId;

/// To whom the operator opened the account that the platform gives to this process. By default to nobody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnAccount {
    /// Workspaces whose sources may use it.
    pub workspaces: Vec<WorkspaceId>,
    /// Where the platform keeps it, if not where it always does.
    pub folder: Option<PathBuf>,
}

/// How a platform tells a process its account: where its API is, and where token and authorities lie.
#[derive(Debug, Clone, Copy)]
pub struct Platform {
    /// The key of a source that asks for it.
    pub key: &'static str,
    /// Variable with the API's host.
    pub host: &'static str,
    /// Variable with the API's port.
    pub port: &'static str,
    /// The folder that the account is mounted at.
    pub folder: &'static str,
    /// File of the token in it, which the platform exchanges before it ends.
    pub token: &'static str,
    /// File of the authorities in it (PEM).
    pub ca: &'static str,
}
