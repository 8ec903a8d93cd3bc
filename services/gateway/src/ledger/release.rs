//! What was recorded of one release: earlier decisions about it.

use chrono::{DateTime, Utc};
use passport_evidence::{Scope, Subject};
use passport_policy::{
    gate::Decision,
    passport::{Passport, of_release},
};
use passport_store::{EntryKind, NewEntry};
use serde_json::json;
use uuid::Uuid;

use super::{Records, failed, read, written};
use crate::{call_error::CallError, gate::new_id};

impl Records {
    /// Withdraws the approvals of a release that a newer decision turned. Gives their ids.
    ///
    /// # Errors
    /// They can't be read, or it is not known whether they are withdrawn.
    pub(crate) async fn revoke_earlier(
        &self,
        scope: &Scope,
        subject: &Subject,
        turned: (Uuid, Decision),
        at: DateTime<Utc>,
    ) -> Result<Vec<Uuid>, CallError> {
        let release = of_release(scope, subject).0;
        let ledger = self.ledger().await?;
        let passports = ledger.of_release(&scope.workspace, EntryKind::Passport, release);
        let passports = passports.await.map_err(failed)?;
        let mut revoked = Vec::new();
        // The one that turned stands last. Those before an earlier turn were withdrawn by it.
        for entry in passports.iter().rev().filter(|it| it.id != turned.0) {
            let earlier: Passport = read(&entry.body)?;
            if !earlier.decision.lets_go() {
                break;
            }
            let later = ledger.about(&scope.workspace, entry.id).await;
            let mut later = later.map_err(failed)?.into_iter();
            if later.any(|it| it.kind == EntryKind::PassportRevoked) {
                break;
            }
            let why = json!({ "turnedBy": turned.0, "decision": turned.1.as_str() });
            let kept = self.append(NewEntry {
                id: new_id(at),
                kind: EntryKind::PassportRevoked,
                scope: scope.clone(),
                about: Some(entry.id),
                subject: Some(release),
                at,
                body: written(&why)?,
            });
            kept.await?;
            revoked.push(entry.id);
        }
        Ok(revoked)
    }
}
