//! Scopes and subjects.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use crate::{
    names::NameError,
    scope::{Scope, Subject},
};

/// A scope as it stands in JSON.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Scope")]
pub(super) struct ScopeJson {
    workspace_id: String,
    service: String,
    environment: String,
}

/// A subject as it stands in JSON.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Subject")]
pub(super) struct SubjectJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    artifact_digests: Vec<String>,
}

impl From<&Scope> for ScopeJson {
    fn from(scope: &Scope) -> Self {
        Self {
            workspace_id: scope.workspace.to_string(),
            service: scope.service.to_string(),
            environment: scope.environment.to_string(),
        }
    }
}

impl From<&Subject> for SubjectJson {
    fn from(subject: &Subject) -> Self {
        Self {
            version: subject.version.clone(),
            revision: subject.revision.clone(),
            artifact_digests: subject.artifact_digests.clone(),
        }
    }
}

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ScopeJson::deserialize(deserializer)?
            .try_into()
            .map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SubjectJson::deserialize(deserializer).map(Self::from)
    }
}

impl TryFrom<ScopeJson> for Scope {
    type Error = String;

    fn try_from(json: ScopeJson) -> Result<Self, String> {
        let refused = |error: NameError| error.to_string();
        Ok(Self {
            workspace: json.workspace_id.parse().map_err(refused)?,
            service: json.service.parse().map_err(refused)?,
            environment: json.environment.parse().map_err(refused)?,
        })
    }
}

impl From<SubjectJson> for Subject {
    fn from(json: SubjectJson) -> Self {
        Self {
            version: json.version,
            revision: json.revision,
            artifact_digests: json.artifact_digests,
        }
    }
}
