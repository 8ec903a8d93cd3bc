//! What persons said of releases: waivers and approvals, and what became of them.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use passport_evidence::{Scope, Subject, WorkspaceId};
use passport_policy::{
    gate::{Actor, Approval, Waiver},
    grants::Verb,
    passport::of_release,
};
use passport_store::{Entry, EntryKind, Listing, NewEntry};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{Records, failed, read, written};
use crate::{call_error::CallError, gate::new_id};

/// Everything that persons say, and that changes what they said.
const KINDS: [EntryKind; 5] = [
    EntryKind::Waiver,
    EntryKind::WaiverConfirmed,
    EntryKind::WaiverRevoked,
    EntryKind::Approval,
    EntryKind::ApprovalRevoked,
];

/// What a person said of a release: a waiver or an approval.
pub(crate) trait Saying: Serialize + DeserializeOwned + Send + Sync {
    /// How it is recorded.
    const KIND: EntryKind;

    /// How it is recorded that it was ended early.
    const ENDED: EntryKind;

    /// What it is called.
    const NAME: &'static str;

    /// What whoever says it was granted.
    const VERB: Verb;

    /// What it is about.
    fn scope(&self) -> &Scope;

    /// The release that it is for.
    fn subject(&self) -> &Subject;

    /// When it was said.
    fn created_at(&self) -> DateTime<Utc>;

    /// Whether it counts no longer.
    fn is_over(&self, now: DateTime<Utc>) -> bool;

    /// Takes in what was said later of it.
    fn learn(&mut self, later: EntryKind, at: DateTime<Utc>, by: Actor);
}

/// All that persons said of one release.
#[derive(Debug, Default)]
pub(crate) struct Said {
    /// Also those that count no longer.
    pub waivers: Vec<Waiver>,
    /// Also those that count no longer.
    pub approvals: Vec<Approval>,
}

/// What a person says of a waiver or an approval.
#[derive(Serialize, Deserialize)]
pub(crate) struct Later {
    /// Who says it.
    pub actor: Actor,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Saying for Waiver {
    const KIND: EntryKind = EntryKind::Waiver;
    const ENDED: EntryKind = EntryKind::WaiverRevoked;
    const NAME: &'static str = "waiver";
    const VERB: Verb = Verb::Waive;

    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn subject(&self) -> &Subject {
        &self.subject
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_some() || self.expires_at <= now
    }

    /// The first other person who agrees is the second one.
    fn learn(&mut self, later: EntryKind, at: DateTime<Utc>, by: Actor) {
        if later == EntryKind::WaiverConfirmed && self.second_actor.is_none() && by != self.actor {
            self.second_actor = Some(by);
        } else if later == Self::ENDED {
            self.revoked_at.get_or_insert(at);
        }
    }
}

impl Saying for Approval {
    const KIND: EntryKind = EntryKind::Approval;
    const ENDED: EntryKind = EntryKind::ApprovalRevoked;
    const NAME: &'static str = "approval";
    const VERB: Verb = Verb::Approve;

    fn scope(&self) -> &Scope {
        &self.scope
    }

    fn subject(&self) -> &Subject {
        &self.subject
    }

    fn created_at(&self) -> DateTime<Utc> {
        self.created_at
    }

    fn is_over(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_some() || self.expires_at <= now
    }

    fn learn(&mut self, later: EntryKind, at: DateTime<Utc>, _: Actor) {
        if later == Self::ENDED {
            self.revoked_at.get_or_insert(at);
        }
    }
}

// === impl Records ===

impl Records {
    /// All that persons said of a release, in one read.
    ///
    /// # Errors
    /// It can't be read.
    pub(crate) async fn said_of(
        &self,
        scope: &Scope,
        subject: &Subject,
    ) -> Result<Said, CallError> {
        let release = of_release(scope, subject).0;
        let ledger = self.ledger().await?;
        let entries = ledger.all_of_release(&scope.workspace, &KINDS, release);
        let entries = entries.await.map_err(failed)?;
        Ok(Said {
            waivers: sayings(&entries, &entries)?,
            approvals: sayings(&entries, &entries)?,
        })
    }

    /// Keeps durably what a person said.
    ///
    /// # Errors
    /// It is not kept, or nobody knows whether it is.
    pub(crate) async fn keep_saying<T: Saying>(
        &self,
        id: Uuid,
        saying: &T,
    ) -> Result<(), CallError> {
        let kept = self.append(NewEntry {
            id,
            about: None,
            ..of(saying, T::KIND, saying.created_at(), written(saying)?)
        });
        kept.await.map(drop)
    }

    /// Keeps durably what a person says of a waiver or an approval.
    ///
    /// # Errors
    /// It is not kept, or nobody knows whether it is.
    pub(crate) async fn keep_later<T: Saying>(
        &self,
        (id, saying): (Uuid, &T),
        kind: EntryKind,
        later: &Later,
        at: DateTime<Utc>,
    ) -> Result<(), CallError> {
        let kept = self.append(NewEntry {
            about: Some(id),
            ..of(saying, kind, at, written(later)?)
        });
        kept.await.map(drop)
    }

    /// What a person said under an id; `None` where the workspace has no such thing.
    ///
    /// # Errors
    /// It can't be read.
    pub(crate) async fn saying<T: Saying>(
        &self,
        workspace: &WorkspaceId,
        id: Uuid,
    ) -> Result<Option<T>, CallError> {
        let ledger = self.ledger().await?;
        let Some(entry) = ledger.get(workspace, id).await.map_err(failed)? else {
            return Ok(None);
        };
        let later = ledger.about(workspace, id).await.map_err(failed)?;
        Ok(sayings(&[entry], &later)?.into_iter().next())
    }

    /// What persons said, newest first, each with its place in the ledger.
    ///
    /// # Errors
    /// It can't be read.
    pub(crate) async fn said<T: Saying>(
        &self,
        which: &Listing<'_>,
    ) -> Result<Vec<(u64, T)>, CallError> {
        let ledger = self.ledger().await?;
        let which = Listing {
            kinds: &[T::KIND],
            ..*which
        };
        let entries = ledger.list(&which).await.map_err(failed)?;
        let ids: Vec<_> = entries.iter().map(|it| it.id).collect();
        let later = ledger.about_any(which.workspace, &ids).await;
        let sayings = sayings(&entries, &later.map_err(failed)?)?;
        let places = entries.iter().map(|it| it.sequence);
        Ok(places.zip(sayings).collect())
    }
}

/// An entry of what a person said, or of what was said of that, by which its release finds it.
fn of(saying: &impl Saying, kind: EntryKind, at: DateTime<Utc>, body: Bytes) -> NewEntry {
    NewEntry {
        id: new_id(at),
        kind,
        scope: saying.scope().clone(),
        about: None,
        subject: Some(of_release(saying.scope(), saying.subject()).0),
        at,
        body,
    }
}

/// Those of one kind among the entries, in their order, with what was said later of each.
fn sayings<T: Saying>(entries: &[Entry], later: &[Entry]) -> Result<Vec<T>, CallError> {
    let said = entries.iter().filter(|it| it.kind == T::KIND);
    let said = said.map(|entry| {
        let mut saying: T = read(&entry.body)?;
        for it in later.iter().filter(|it| it.about == Some(entry.id)) {
            let Later { actor, .. } = read(&it.body)?;
            saying.learn(it.kind, it.at, actor);
        }
        Ok(saying)
    });
    said.collect()
}
