//! What a caller may do, and where.

use std::collections::BTreeSet;

use passport_evidence::{EnvironmentName, Scope, ServiceName, WorkspaceId};

/// What a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// Collect evidence.
    Collect,
    /// Read passports, connectors and sources.
    Read,
    /// Check a source: its credential, its breadth, when it was last good.
    Check,
    /// Push evidence.
    Ingest,
    /// Evaluate a gate.
    Evaluate,
    /// Create, confirm and end waivers. Only for persons.
    Waive,
    /// Approve releases, and take that back. Only for persons.
    Approve,
    /// Have a source tell people of a release; of a collector, also the answer to a provider's question.
    Notify,
    /// Say which person delivers what is pushed. Only for gateways.
    Vouch,
}

/// Some names, or every name there is or will be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection<T> {
    /// Every name.
    All,
    /// These and no other; an empty set selects nothing.
    Only(BTreeSet<T>),
}

/// Permission for some verbs on some scopes of one workspace. There is no wildcard for workspaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The one workspace.
    pub workspace: WorkspaceId,
    /// Services of the workspace.
    pub services: Selection<ServiceName>,
    /// Environments of those services.
    pub environments: Selection<EnvironmentName>,
    /// What may be done there.
    pub verbs: BTreeSet<Verb>,
}

/// All that one caller was granted. What no single grant permits is refused: grants are never
/// combined into one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Grants(Vec<Grant>);

// === impl Verb ===

impl Verb {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Collect,
        Self::Read,
        Self::Check,
        Self::Ingest,
        Self::Evaluate,
        Self::Waive,
        Self::Approve,
        Self::Notify,
        Self::Vouch,
    ];

    /// The word used in configuration, records and for people.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collect => "collect",
            Self::Read => "read",
            Self::Check => "check",
            Self::Ingest => "ingest",
            Self::Evaluate => "evaluate",
            Self::Waive => "waive",
            Self::Approve => "approve",
            Self::Notify => "notify",
            Self::Vouch => "vouch",
        }
    }

    /// Whether only a person may do it, whatever was granted to others.
    pub const fn wants_a_person(self) -> bool {
        match self {
            Self::Waive | Self::Approve => true,
            Self::Collect
            | Self::Read
            | Self::Check
            | Self::Ingest
            | Self::Evaluate
            | Self::Notify
            | Self::Vouch => false,
        }
    }
}

// === impl Selection ===

impl<T: Ord> Selection<T> {
    /// Whether the name is selected.
    pub fn contains(&self, name: &T) -> bool {
        match self {
            Self::All => true,
            Self::Only(names) => names.contains(name),
        }
    }
}

impl<T: Ord> FromIterator<T> for Selection<T> {
    fn from_iter<I: IntoIterator<Item = T>>(names: I) -> Self {
        Self::Only(names.into_iter().collect())
    }
}

// === impl Grant ===

impl Grant {
    /// One verb on one scope.
    pub fn of_scope(scope: &Scope, verb: Verb) -> Self {
        Self {
            workspace: scope.workspace.clone(),
            services: [scope.service.clone()].into_iter().collect(),
            environments: [scope.environment.clone()].into_iter().collect(),
            verbs: [verb].into(),
        }
    }

    /// Whether the verb is granted on the scope.
    pub fn permits(&self, scope: &Scope, verb: Verb) -> bool {
        self.workspace == scope.workspace
            && self.services.contains(&scope.service)
            && self.environments.contains(&scope.environment)
            && self.verbs.contains(&verb)
    }
}

// === impl Grants ===

impl Grants {
    /// Whether the verb is granted on the scope.
    pub fn permits(&self, scope: &Scope, verb: Verb) -> bool {
        self.0.iter().any(|grant| grant.permits(scope, verb))
    }

    /// Whether the verb is granted on some scope or other: for what belongs to no scope, such as
    /// the list of connectors.
    pub fn permits_anywhere(&self, verb: Verb) -> bool {
        self.0.iter().any(|grant| grant.verbs.contains(&verb))
    }

    /// Whether the verb is granted on some scope or other of the workspace.
    pub fn permits_within(&self, workspace: &WorkspaceId, verb: Verb) -> bool {
        let mut grants = self.0.iter();
        grants.any(|it| it.workspace == *workspace && it.verbs.contains(&verb))
    }

    /// Whether the verb is granted on every service and environment of the workspace.
    pub fn permits_workspace(&self, workspace: &WorkspaceId, verb: Verb) -> bool {
        self.0.iter().any(|grant| {
            grant.workspace == *workspace
                && grant.services == Selection::All
                && grant.environments == Selection::All
                && grant.verbs.contains(&verb)
        })
    }

    /// Each grant by itself.
    pub fn iter(&self) -> impl Iterator<Item = &Grant> {
        self.0.iter()
    }
}

impl FromIterator<Grant> for Grants {
    fn from_iter<I: IntoIterator<Item = Grant>>(grants: I) -> Self {
        Self(grants.into_iter().collect())
    }
}

impl Extend<Grant> for Grants {
    fn extend<I: IntoIterator<Item = Grant>>(&mut self, grants: I) {
        self.0.extend(grants);
    }
}

#[cfg(test)]
mod tests;
