//! The whole ledger of a workspace, for those who may read all of it.

use bytes::Bytes;
use futures::stream::{BoxStream, StreamExt as _};
use passport_evidence::WorkspaceId;
use passport_policy::grants::Verb;

use crate::{
    access::Caller,
    call_error::{CallError, Violation},
    gateway::Gateway,
};

/// Reads the name of a workspace.
///
/// # Errors
/// It is none.
pub(crate) fn workspace(name: &str) -> Result<WorkspaceId, CallError> {
    let wrong = |error| CallError::Invalid(vec![Violation::new("workspace_id", error)]);
    name.parse::<WorkspaceId>().map_err(wrong)
}

impl Gateway {
    /// The JSON of the sealed head of a workspace's ledger.
    ///
    /// # Errors
    /// The caller may not read all of the workspace, nothing was recorded of it, or it can't be read.
    pub async fn ledger_head(
        &self,
        caller: &Caller,
        workspace: &WorkspaceId,
    ) -> Result<Vec<u8>, CallError> {
        self.counted(caller.may_on_all(Verb::Read, workspace))?;
        let head = self.records.head(workspace).await?;
        let none = || CallError::NoSuch("nothing was recorded of this workspace yet".to_owned());
        serde_json::to_vec(&head.ok_or_else(none)?).map_err(|_| CallError::Broken)
    }

    /// The ledger of a workspace as a text: an entry on each line, oldest first, then the head that they
    /// lead to.
    ///
    /// # Errors
    /// The caller may not read all of the workspace, or the beginning can't be read; as a part, that the
    /// rest can't be.
    pub async fn export_ledger(
        &self,
        caller: &Caller,
        workspace: WorkspaceId,
    ) -> Result<BoxStream<'static, Result<Bytes, CallError>>, CallError> {
        self.counted(caller.may_on_all(Verb::Read, &workspace))?;
        Ok(self.records.export(workspace).await?.boxed())
    }
}
