//! Credentials that a machine is handed for itself.

use passport_evidence::WorkspaceId;

/// Where this machine's own credentials may be asked for, and for whom. Nothing by default: an address that hands
/// them out is reached only where the operator names it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MachineCredentials {
    /// Workspaces whose sources may use them.
    pub workspaces: Vec<WorkspaceId>,
    /// Origin of a container's or a pod's agent, such as `http://169.254.170.23`.
    pub container: Option<String>,
    /// Origin of a virtual machine's metadata service, `http://169.254.169.254`.
    pub instance: Option<String>,
    /// Whether the token that the surroundings hand to a workload, such as a cluster to a service account, may be
    /// shown to a token service.
    pub web_identity: bool,
}
