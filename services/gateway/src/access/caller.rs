//! Somebody who was admitted, and what he may do.

use http::Extensions;
use passport_evidence::{Scope, SourceId, WorkspaceId};
use passport_policy::{
    gate::Actor,
    grants::{Grant, Grants, Selection, Verb},
};
use passport_service_kit::limits;
use tracing::warn;

use crate::call_error::CallError;

/// Somebody who was admitted.
#[derive(Debug, Clone)]
pub struct Caller {
    name: String,
    rights: Rights,
    person: Option<Actor>,
    is_of_issuer: bool,
}

#[derive(Debug, Clone)]
enum Rights {
    Everything,
    Granted(Grants),
}

// === impl Caller ===

impl Caller {
    /// Who calls where nobody has to show anything.
    pub(crate) fn anybody() -> Self {
        Self {
            name: "anybody-on-loopback".to_owned(),
            rights: Rights::Everything,
            person: None,
            is_of_issuer: false,
        }
    }

    /// Who is no person neither waives nor approves, whatever was granted.
    pub(super) fn known(name: String, grants: Grants, person: Option<Actor>) -> Self {
        Self {
            name,
            rights: Rights::Granted(grants),
            person,
            is_of_issuer: false,
        }
    }

    /// A provider that asked by a signed delivery to a source: it may have the gate of its scope
    /// evaluated, and nothing else.
    pub(crate) fn of_provider(source: &SourceId) -> Self {
        let name = format!("(source {})", source.name);
        let grant = Grant::of_scope(&source.scope, Verb::Evaluate);
        Self::known(name, Grants::from_iter([grant]), None)
    }

    /// The same, for whom a token of an issuer vouches.
    pub(super) fn of_issuer(self) -> Self {
        Self {
            is_of_issuer: true,
            ..self
        }
    }

    /// The person who calls; `None` for a service, a workload and anybody on loopback.
    pub fn person(&self) -> Option<&Actor> {
        self.person.as_ref()
    }

    /// The person who calls, for what only persons do.
    ///
    /// # Errors
    /// [`CallError::NoPerson`], whatever was granted.
    pub(crate) fn as_person(&self, verb: Verb) -> Result<&Actor, CallError> {
        let person = self.person();
        if person.is_none() {
            warn!(caller = self.name, verb = verb.as_str(), "no person");
        }
        person.ok_or(CallError::NoPerson(verb))
    }

    /// Names the caller in records: the id of its token, of its entry among the clients, or of the
    /// mappings that it fits, joined by `+`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether a token of an issuer vouches for it, which often lives for minutes only.
    pub(crate) fn is_of_issuer(&self) -> bool {
        self.is_of_issuer
    }

    /// Counts one more call of the caller: by its name, or, where nobody shows one, by its address.
    ///
    /// # Errors
    /// It asks faster than it may.
    pub(crate) fn charge(&self, extensions: &Extensions) -> Result<(), CallError> {
        let name = match self.rights {
            Rights::Everything => None,
            Rights::Granted(_) => Some(self.name()),
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

    /// Whether the verb was granted on the whole of a workspace, for what speaks of all of it.
    ///
    /// # Errors
    /// [`CallError::Denied`].
    pub fn may_on_all(&self, verb: Verb, workspace: &WorkspaceId) -> Result<(), CallError> {
        let permitted = self.is_granted(verb, |grants| grants.permits_workspace(workspace, verb));
        if !permitted {
            warn!(
                caller = self.name,
                verb = verb.as_str(),
                %workspace,
                "denied on the whole of it"
            );
        }
        permitted.then_some(()).ok_or(CallError::Denied(verb))
    }

    /// Whether the verb was granted on the scope, of which the caller is told nothing where it was not.
    pub(crate) fn is_granted_on(&self, verb: Verb, scope: &Scope) -> bool {
        self.is_granted(verb, |grants| grants.permits(scope, verb))
    }

    /// Whether it may push evidence, or approve, for every service of the scope's workspace.
    pub(crate) fn states_everywhere(&self, scope: &Scope) -> bool {
        let everywhere = |grants: &Grants| {
            grants.iter().any(|it| {
                let states = it.verbs.contains(&Verb::Ingest) || it.verbs.contains(&Verb::Approve);
                states && it.workspace == scope.workspace && it.services == Selection::All
            })
        };
        self.is_granted(Verb::Ingest, everywhere)
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
        if verb.wants_a_person() && self.person.is_none() {
            return false;
        }
        match &self.rights {
            Rights::Everything => true,
            Rights::Granted(grants) => by(grants),
        }
    }
}
