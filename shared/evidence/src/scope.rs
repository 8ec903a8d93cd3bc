//! What a question or a piece of evidence is about.

use std::fmt;

use crate::names::{EnvironmentName, ServiceName, SourceName, WorkspaceId};

/// One service in one environment of one workspace.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Scope {
    /// The tenant.
    pub workspace: WorkspaceId,
    /// The service that may be released.
    pub service: ServiceName,
    /// The environment that it may be released to.
    pub environment: EnvironmentName,
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}",
            self.workspace, self.service, self.environment
        )
    }
}

/// Full id of a source. Every cache, breaker, budget and store row is keyed by it, never by the
/// name alone: two tenants may use the same names.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SourceId {
    /// The scope that the source belongs to.
    pub scope: Scope,
    /// Its name there.
    pub name: SourceName,
}

impl fmt::Display for SourceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.scope, self.name)
    }
}

/// What is being released. Each part is optional; a fact that needs an absent part is not judged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Subject {
    /// Release id or version.
    pub version: Option<String>,
    /// Source revision, a full commit id.
    pub revision: Option<String>,
    /// Digests that stand for the artifact: that of its index and those of its platforms.
    pub artifact_digests: Vec<String>,
}

impl Subject {
    /// Whether nothing is known of what is being released.
    pub fn is_empty(&self) -> bool {
        self.version.is_none() && self.revision.is_none() && self.artifact_digests.is_empty()
    }
}
