//! Somebody who was admitted, and what he may do.

use http::Extensions;
use passport_evidence::{Scope, WorkspaceId};
use passport_policy::grants::{Grants, Verb};
use passport_service_kit::limits;
use tracing::warn;

use crate::call_error::CallError;

/// Somebody who was admitted.
#[derive(Debug, Clone)]
pub struct Caller {
    name: String,
    rights: Rights,
}

#[derive(Debug, Clone)]
enum Rights {
    Everything,
    Granted(Grants),
    /// What a program was granted, which no grant lets waive.
    Workload(Grants),
}

// === impl Caller ===

impl Caller {
    /// Who calls where nobody has to show anything.
    pub(crate) fn anybody() -> Self {
        Self {
            name: "anybody-on-loopback".to_owned(),
            rights: Rights::Everything,
        }
    }

    pub(super) fn granted(name: String, grants: Grants) -> Self {
        Self {
            name,
            rights: Rights::Granted(grants),
        }
    }

    /// A program that shows what its platform says of it. It waives nothing, whatever it was granted.
    pub(super) fn workload(name: String, grants: Grants) -> Self {
        Self {
            name,
            rights: Rights::Workload(grants),
        }
    }

    /// Names the caller in records: the id of its token, of its entry among the clients, or of the
    /// mappings that it fits, joined by `+`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is a program that shows what its platform says of it.
    pub(crate) fn is_workload(&self) -> bool {
        match self.rights {
            Rights::Workload(_) => true,
            Rights::Everything | Rights::Granted(_) => false,
        }
    }

    /// Counts one more call of the caller: by its name, or, where nobody shows one, by its address.
    ///
    /// # Errors
    /// It asks faster than it may.
    pub(crate) fn charge(&self, extensions: &Extensions) -> Result<(), CallError> {
        let name = match self.rights {
            Rights::Everything => None,
            Rights::Granted(_) | Rights::Workload(_) => Some(self.name()),
        };
        Ok(limits::charge(extensions, name)?)
    }

    /// Whether the verb was granted on the scope.
    ///
    /// # Errors
    /// [`CallError::Denied`], whether the scope is configured or not.
    pub fn may(&self, verb: Verb, scope: &Scope) -> Result<(), CallError> {
        let permitted = self.is_granted(verb, |grants| grants.permits(scope, verb));
        if !permitted {
            warn!(caller = self.name, verb = verb.as_str(), %scope, "denied");
        }
        permitted.then_some(()).ok_or(CallError::Denied(verb))
    }

    /// Whether the verb was granted on some scope or other of a workspace, for what may be of any of
    /// them.
    ///
    /// # Errors
    /// [`CallError::Denied`].
    pub fn may_within(&self, verb: Verb, workspace: &WorkspaceId) -> Result<(), CallError> {
        let permitted = self.is_granted(verb, |grants| grants.permits_within(workspace, verb));
        if !permitted {
            warn!(caller = self.name, verb = verb.as_str(), %workspace, "denied");
        }
        permitted.then_some(()).ok_or(CallError::Denied(verb))
    }

    /// Whether the verb was granted on the scope, of which the caller is told nothing where it was not.
    pub(crate) fn is_granted_on(&self, verb: Verb, scope: &Scope) -> bool {
        self.is_granted(verb, |grants| grants.permits(scope, verb))
    }

    /// Whether the verb was granted on some scope or other, for what belongs to no scope.
    ///
    /// # Errors
    /// [`CallError::Denied`].
    pub fn may_anywhere(&self, verb: Verb) -> Result<(), CallError> {
        let permitted = self.is_granted(verb, |grants| grants.permits_anywhere(verb));
        if !permitted {
            warn!(
                caller = self.name,
                verb = verb.as_str(),
                "denied everywhere"
            );
        }
        permitted.then_some(()).ok_or(CallError::Denied(verb))
    }

    fn is_granted(&self, verb: Verb, by: impl Fn(&Grants) -> bool) -> bool {
        match &self.rights {
            Rights::Everything => true,
            Rights::Granted(grants) => by(grants),
            Rights::Workload(grants) => verb != Verb::Waive && by(grants),
        }
    }
}
