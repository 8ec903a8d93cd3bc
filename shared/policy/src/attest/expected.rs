//! What a caller demands of an attestation.

use chrono::{DateTime, Utc};
use passport_evidence::{Scope, Subject, WorkspaceId};

use super::{Refused, TrustedKeys};
use crate::passport::{Digest, Passport};

/// What an attestation is wanted for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To let a release go now.
    Approval,
    /// To know what was decided, whatever it was and however long ago.
    Record,
}

/// What a caller demands of an attestation. Nothing of it comes from the envelope.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// Whose signature counts.
    pub keys: &'a TrustedKeys,
    /// The tenant.
    pub workspace: &'a WorkspaceId,
    /// The service and the environment, too. `None`: any of the workspace.
    pub scope: Option<&'a Scope>,
    /// The release. It has to name a revision or an artifact digest; each part that it names has to be
    /// the passport's.
    pub subject: &'a Subject,
    /// Of the policy that it has to be decided by. `None`: any.
    pub policy_digest: Option<Digest>,
    /// What it is wanted for.
    pub purpose: Purpose,
    /// When it is verified.
    pub now: DateTime<Utc>,
}

// === impl Expected ===

impl Expected<'_> {
    /// Whether a passport is about what was expected, and decided by the expected policy.
    pub(super) fn is_about(&self, passport: &Passport) -> Result<(), Refused> {
        if passport.scope.workspace != *self.workspace {
            return Err(Refused::OtherWorkspace);
        }
        if self.scope.is_some_and(|it| *it != passport.scope) {
            let scope = passport.scope.to_string();
            return Err(Refused::OtherScope { scope });
        }
        if !self.is_of(passport.subject.as_ref()) {
            return Err(Refused::OtherSubject);
        }
        match self.policy_digest {
            Some(wanted) if wanted != passport.policy_digest => Err(Refused::OtherPolicy),
            Some(_) | None => Ok(()),
        }
    }

    /// A caller that does not say what it releases could be shown an approval of anything.
    pub(super) fn names_a_subject(&self) -> Result<(), Refused> {
        let names_none =
            self.subject.revision.is_none() && self.subject.artifact_digests.is_empty();
        match names_none {
            true => Err(Refused::NothingExpected),
            false => Ok(()),
        }
    }

    fn is_of(&self, subject: Option<&Subject>) -> bool {
        let (wanted, Some(subject)) = (self.subject, subject) else {
            return false;
        };
        let is_same =
            |wanted: &Option<String>, is: &Option<String>| wanted.is_none() || wanted == is;
        let mut digests = wanted.artifact_digests.iter();
        is_same(&wanted.version, &subject.version)
            && is_same(&wanted.revision, &subject.revision)
            && digests.all(|it| subject.artifact_digests.contains(it))
    }
}
