//! What is said later of a waiver or an approval.

use passport_evidence::WorkspaceId;
use passport_policy::{gate::Actor, grants::Verb};
use tracing::info;
use uuid::Uuid;

use super::asked::{reason, record_id};
use crate::{
    access::Caller,
    call_error::CallError,
    gateway::Gateway,
    ledger::{Later, Saying},
};

impl Gateway {
    /// Ends what a person said before its time, or says `over` of what has ended already.
    pub(super) async fn ended<T: Saying>(
        &self,
        caller: &Caller,
        (workspace, id): (&str, (&str, &str)),
        why: &str,
        over: CallError,
    ) -> Result<T, CallError> {
        let actor = self.person(caller, T::VERB)?;
        let (workspace, id) = record_id(workspace, id)?;
        let mut saying: T = self.saying_of(caller, (&workspace, id)).await?;
        let now = self.fan_out.clock.now();
        if saying.is_over(now) {
            return Err(over);
        }
        let mut wrong = Vec::new();
        let reason = reason(why, &mut wrong).ok_or(CallError::Invalid(wrong))?;
        let later = Later {
            actor: actor.clone(),
            reason: Some(reason),
        };
        let kept = self
            .records
            .keep_later((id, &saying), T::ENDED, &later, now);
        kept.await?;
        self.watches.delivered(saying.scope());
        info!(%id, scope = %saying.scope(), "{} revoked", T::NAME);
        saying.learn(T::ENDED, now, actor);
        Ok(saying)
    }

    /// One that a person may say more of: where he may not, there is none for him.
    pub(super) async fn saying_of<T: Saying>(
        &self,
        caller: &Caller,
        (workspace, id): (&WorkspaceId, Uuid),
    ) -> Result<T, CallError> {
        self.counted(caller.may_within(T::VERB, workspace))?;
        let saying = self.records.saying::<T>(workspace, id).await?;
        let saying = saying.filter(|it| caller.is_granted_on(T::VERB, it.scope()));
        saying.ok_or_else(|| CallError::NoSuch(format!("there is no {} with this id", T::NAME)))
    }

    /// The person who calls, for what only persons do.
    pub(super) fn person(&self, caller: &Caller, verb: Verb) -> Result<Actor, CallError> {
        self.counted(caller.as_person(verb)).cloned()
    }
}
