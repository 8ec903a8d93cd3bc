//! What a question or a piece of evidence is about.

use passport_proto::evidence as proto;

use super::{WireError, invalid, set};
use crate::scope::{Scope, Subject};

impl From<&Scope> for proto::Scope {
    fn from(scope: &Scope) -> Self {
        Self {
            workspace_id: scope.workspace.to_string(),
            service: scope.service.to_string(),
            environment: scope.environment.to_string(),
        }
    }
}

impl TryFrom<proto::Scope> for Scope {
    type Error = WireError;

    fn try_from(scope: proto::Scope) -> Result<Self, WireError> {
        Ok(Self {
            workspace: scope
                .workspace_id
                .parse()
                .map_err(|error| invalid("scope.workspace_id", error))?,
            service: scope
                .service
                .parse()
                .map_err(|error| invalid("scope.service", error))?,
            environment: scope
                .environment
                .parse()
                .map_err(|error| invalid("scope.environment", error))?,
        })
    }
}

impl From<&Subject> for proto::Subject {
    fn from(subject: &Subject) -> Self {
        Self {
            version: subject.version.clone().unwrap_or_default(),
            revision: subject.revision.clone().unwrap_or_default(),
            artifact_digests: subject.artifact_digests.clone(),
        }
    }
}

impl From<proto::Subject> for Subject {
    fn from(subject: proto::Subject) -> Self {
        Self {
            version: set(subject.version),
            revision: set(subject.revision),
            artifact_digests: subject.artifact_digests,
        }
    }
}
