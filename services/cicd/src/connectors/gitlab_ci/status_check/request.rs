//! What GitLab asks.

use passport_connector_sdk::commit::is_commit;
use serde::Deserialize;

use super::{Check, handle};
use crate::asked::Asked;

/// Why a signed delivery asks this check nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAsked {
    /// Not of the documented form.
    #[error("not the JSON that GitLab documents for an external status check")]
    Unreadable,
    /// About another project.
    #[error("about another project than this source's")]
    OtherProject,
    /// For another check of the project, or for a merge request that is open no longer.
    #[error("about another check, or about a merge request that is not open")]
    OtherCheck,
}

#[derive(Deserialize)]
struct Payload {
    object_kind: String,
    project: PayloadProject,
    object_attributes: MergeRequest,
    /// The check, under the name that it had at first.
    external_approval_rule: Rule,
}

#[derive(Deserialize)]
struct PayloadProject {
    id: u64,
    path_with_namespace: String,
}

#[derive(Deserialize)]
struct MergeRequest {
    iid: u64,
    state: String,
    last_commit: Commit,
}

#[derive(Deserialize)]
struct Commit {
    id: String,
}

#[derive(Deserialize)]
struct Rule {
    id: u64,
}

impl Check {
    /// What the body of a well-signed delivery asks.
    ///
    /// # Errors
    /// It asks this check nothing.
    pub fn asked(&self, body: &[u8]) -> Result<Asked, NotAsked> {
        let payload: Payload = serde_json::from_slice(body).map_err(|_| NotAsked::Unreadable)?;
        let project = &payload.project;
        if !self.project.is(project.id, &project.path_with_namespace) {
            return Err(NotAsked::OtherProject);
        }
        let of = payload.object_attributes;
        if payload.object_kind != "merge_request" || !is_commit(&of.last_commit.id) {
            return Err(NotAsked::Unreadable);
        }
        if payload.external_approval_rule.id != self.id || of.state != "opened" {
            return Err(NotAsked::OtherCheck);
        }
        let revision = of.last_commit.id.to_ascii_lowercase();
        let handle = handle(of.iid, &revision);
        Ok(Asked { revision, handle })
    }
}
