//! Approvals: given, listed, taken back.

use passport_policy::{gate::Approval, grants::Verb};
use passport_proto::gateway as api;
use tracing::info;

use super::{Sayings, asked::Speaker};
use crate::{
    access::Caller,
    call_error::CallError,
    gate::{ListQuestion, new_id},
    gateway::Gateway,
    question,
};

/// Most approvals of one release, ended ones too: a decision reads all of them.
const MOST: usize = 80;

const TOO_MANY: CallError = CallError::NotTaken {
    reason: "TOO_MANY_APPROVALS",
    told: "80 approvals were given to this release, and no more are taken",
};

const ENDED: CallError = CallError::NotTaken {
    reason: "APPROVAL_ENDED",
    told: "the approval has expired or was taken back already; there is nothing to do",
};

impl Gateway {
    /// Records that a person agrees to a release.
    ///
    /// # Errors
    /// The caller is no person or was not granted it, the request is not valid, or it can't be recorded.
    pub async fn approve_release(
        &self,
        caller: &Caller,
        asked: api::ApproveReleaseRequest,
    ) -> Result<Approval, CallError> {
        let actor = self.person(caller, Verb::Approve)?;
        let scope = question::scope(asked.scope.clone())?;
        self.granted(caller, Verb::Approve, &scope)?;
        self.policy_of(&scope)?;
        let now = self.fan_out.clock.now();
        let id = new_id(now);
        let speaker = Speaker {
            scope,
            actor,
            now,
            id,
        };
        let approval = speaker.approval(asked)?;
        let said = self.records.said_of(&approval.scope, &approval.subject);
        if said.await?.approvals.len() >= MOST {
            return Err(TOO_MANY);
        }
        self.records.keep_saying(id, &approval).await?;
        self.watches.delivered(&approval.scope);
        info!(approval = %id, scope = %approval.scope, "approved");
        Ok(approval)
    }

    /// Approvals of a scope that the caller may read, newest first.
    ///
    /// # Errors
    /// The caller may read nothing of it, or it can't be read.
    pub async fn list_approvals(
        &self,
        caller: &Caller,
        question: ListQuestion,
        with_ended: bool,
    ) -> Result<Sayings<Approval>, CallError> {
        self.sayings(caller, question, with_ended).await
    }

    /// Takes an approval back before its time. Any person who may approve there may.
    ///
    /// # Errors
    /// The caller is no person or was not granted it, the approval is over already, or it can't be
    /// recorded.
    pub async fn revoke_approval(
        &self,
        caller: &Caller,
        asked: &api::RevokeApprovalRequest,
    ) -> Result<Approval, CallError> {
        let id = ("approval_id", &*asked.approval_id);
        let of = (&*asked.workspace_id, id);
        self.ended(caller, of, &asked.reason, ENDED).await
    }
}
