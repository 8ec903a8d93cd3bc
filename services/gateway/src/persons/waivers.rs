//! Waivers: created, confirmed by a second person, listed, ended early.

use passport_evidence::WorkspaceId;
use passport_policy::{gate::Waiver, grants::Verb};
use passport_proto::gateway as api;
use passport_store::EntryKind;
use tracing::info;
use uuid::Uuid;

use super::{
    Sayings,
    asked::{Speaker, record_id},
};
use crate::{
    access::Caller,
    call_error::{CallError, Violation},
    gate::{ListQuestion, new_id},
    gateway::Gateway,
    ledger::{Later, Saying as _},
    question,
};

/// Most waivers of one release, ended ones too: a decision reads all of them.
const MOST: usize = 80;

const TOO_MANY: CallError = CallError::NotTaken {
    reason: "TOO_MANY_WAIVERS",
    told: "80 waivers were made for this release, and no more are taken; mend what fails",
};

const ENDED: CallError = CallError::NotTaken {
    reason: "WAIVER_ENDED",
    told: "the waiver has expired or was revoked; make a new one",
};

const SAME_PERSON: CallError = CallError::NotTaken {
    reason: "SAME_PERSON",
    told: "the waiver was made by the same person; have another one confirm it",
};

const CONFIRMED: CallError = CallError::NotTaken {
    reason: "ALREADY_CONFIRMED",
    told: "a second person has confirmed the waiver already; there is nothing to do",
};

impl Gateway {
    /// Records a waiver, or that a second person agrees to one.
    ///
    /// # Errors
    /// The caller is no person or was not granted it, the waiver is not one that the policy allows, or it
    /// can't be recorded.
    pub async fn create_waiver(
        &self,
        caller: &Caller,
        asked: api::CreateWaiverRequest,
    ) -> Result<Waiver, CallError> {
        if !asked.confirms_waiver_id.is_empty() {
            let of = confirmed(asked)?;
            return self.confirm_waiver(caller, of).await;
        }
        let actor = self.person(caller, Verb::Waive)?;
        let scope = question::scope(asked.scope.clone())?;
        self.granted(caller, Verb::Waive, &scope)?;
        let sources = self.sources_of(&scope)?;
        let effective = self.policy_of(&scope)?;
        let now = self.fan_out.clock.now();
        let id = new_id(now);
        let speaker = Speaker {
            scope,
            actor,
            now,
            id,
        };
        let waiver = speaker.waiver(asked, sources, &effective.policy.waivers)?;
        let said = self.records.said_of(&waiver.scope, &waiver.subject).await?;
        if said.waivers.len() >= MOST {
            return Err(TOO_MANY);
        }
        self.records.keep_saying(id, &waiver).await?;
        self.watches.delivered(&waiver.scope);
        info!(waiver = %id, scope = %waiver.scope, source = %waiver.source, fact = %waiver.fact, "waived");
        Ok(waiver)
    }

    /// Records that a second person agrees to an open waiver.
    ///
    /// # Errors
    /// The caller is no person, was not granted it or made the waiver himself; it is over or confirmed
    /// already; or it can't be recorded.
    pub async fn confirm_waiver(
        &self,
        caller: &Caller,
        (workspace, id): (WorkspaceId, Uuid),
    ) -> Result<Waiver, CallError> {
        let actor = self.person(caller, Verb::Waive)?;
        let of = (&workspace, id);
        let mut waiver: Waiver = self.saying_of(caller, of).await?;
        let now = self.fan_out.clock.now();
        if waiver.is_over(now) {
            return Err(ENDED);
        }
        if waiver.second_actor.is_some() {
            return Err(CONFIRMED);
        }
        if waiver.actor == actor {
            return Err(SAME_PERSON);
        }
        let later = Later {
            actor: actor.clone(),
            reason: None,
        };
        let kind = EntryKind::WaiverConfirmed;
        let kept = self.records.keep_later((id, &waiver), kind, &later, now);
        kept.await?;
        self.watches.delivered(&waiver.scope);
        info!(waiver = %id, scope = %waiver.scope, "confirmed");
        waiver.second_actor = Some(actor);
        Ok(waiver)
    }

    /// Waivers of a scope that the caller may read, newest first.
    ///
    /// # Errors
    /// The caller may read nothing of it, or it can't be read.
    pub async fn list_waivers(
        &self,
        caller: &Caller,
        question: ListQuestion,
        with_ended: bool,
    ) -> Result<Sayings<Waiver>, CallError> {
        self.sayings(caller, question, with_ended).await
    }

    /// Ends a waiver before its time. Any person who may waive there may.
    ///
    /// # Errors
    /// The caller is no person or was not granted it, the waiver is over already, or it can't be recorded.
    pub async fn revoke_waiver(
        &self,
        caller: &Caller,
        asked: &api::RevokeWaiverRequest,
    ) -> Result<Waiver, CallError> {
        let id = ("waiver_id", &*asked.waiver_id);
        let of = (&*asked.workspace_id, id);
        self.ended(caller, of, &asked.reason, ENDED).await
    }
}

/// The waiver that is to be confirmed; it says all else itself.
fn confirmed(asked: api::CreateWaiverRequest) -> Result<(WorkspaceId, Uuid), CallError> {
    let scope = asked.scope.unwrap_or_default();
    let id = asked.confirms_waiver_id;
    let mut wrong = Vec::new();
    let others = [
        ("scope.service", !scope.service.is_empty()),
        ("scope.environment", !scope.environment.is_empty()),
        ("subject", asked.subject.is_some()),
        ("source", !asked.source.is_empty()),
        ("fact", !asked.fact.is_empty()),
        ("item", !asked.item.is_empty()),
        ("reason", !asked.reason.is_empty()),
        ("expires_at", asked.expires_at.is_some()),
    ];
    let given = others.into_iter().filter(|(_, is_given)| *is_given);
    let told = "nothing is wanted here: the waiver that is confirmed says it";
    wrong.extend(given.map(|(field, _)| Violation::new(field, told)));
    match record_id(&scope.workspace_id, ("confirms_waiver_id", &id)) {
        Ok(of) if wrong.is_empty() => Ok(of),
        Ok(_) => Err(CallError::Invalid(wrong)),
        Err(error) => {
            wrong.extend(error.violations().iter().cloned());
            Err(CallError::Invalid(wrong))
        }
    }
}
