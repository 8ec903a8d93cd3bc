//! Approvals: given, listed, taken back.

use passport_policy::{gate::Approval, grants::Verb};
use passport_proto::gateway as api;
use passport_store::EntryKind;
use tracing::info;

use super::{
    Sayings,
    asked::{Speaker, record_id},
    waivers::revocation,
};
use crate::{
    access::Caller,
    call_error::CallError,
    gate::{ListQuestion, new_id},
    gateway::Gateway,
    ledger::Saying as _,
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
        let actor = self.person(caller, Verb::Approve)?;
        let (workspace, id) = record_id(&asked.workspace_id, ("approval_id", &asked.approval_id))?;
        let of = (&workspace, id);
        let mut approval: Approval = self.saying_of(caller, Verb::Approve, of).await?;
        let now = self.fan_out.clock.now();
        if approval.is_over(now) {
            return Err(ENDED);
        }
        let later = revocation(actor, &asked.reason)?;
        let kind = EntryKind::ApprovalRevoked;
        let kept = self.records.keep_later((id, &approval), kind, &later, now);
        kept.await?;
        self.watches.delivered(&approval.scope);
        info!(approval = %id, scope = %approval.scope, "taken back");
        approval.revoked_at = Some(now);
        Ok(approval)
    }
}
