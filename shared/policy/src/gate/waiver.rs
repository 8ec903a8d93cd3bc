//! What persons accept and agree to.

use chrono::{DateTime, Utc};
use passport_evidence::{FactName, Scope, SourceName, Subject};

use super::policy::{FactAt, WaiverRules};
use crate::passport::of_release;

/// Who did something. Two are the same person only if both parts are the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Actor {
    /// Who vouches for the identity.
    pub issuer: String,
    /// The identity, unique with that issuer.
    pub subject: String,
}

/// A person's time-limited acceptance of a named failed or missing fact. It never changes the fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiver {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub scope: Scope,
    /// The release that it is for.
    pub subject: Subject,
    /// Source whose fact is waived.
    pub source: SourceName,
    /// Name of the fact.
    pub fact: FactName,
    /// Item of the fact; `None`: the fact without an item.
    pub item: Option<String>,
    /// Why, in the person's own words.
    pub reason: String,
    /// Who asked for it.
    pub actor: Actor,
    /// Who agreed.
    pub second_actor: Option<Actor>,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was ended early.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A person's time-limited consent to a release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    /// Its id.
    pub id: String,
    /// What it is about.
    pub scope: Scope,
    /// The release that was agreed to.
    pub subject: Subject,
    /// Why, in the person's own words.
    pub reason: String,
    /// Who agreed.
    pub actor: Actor,
    /// When it was recorded.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was taken back.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// Why a waiver does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotWaived {
    /// It is for another release or another scope.
    #[error("it is for another release")]
    OtherSubject,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// It was ended early.
    #[error("it was revoked")]
    Revoked,
    /// It says that it was made later than now.
    #[error("it was made in the future")]
    NotYet,
    /// It was made for longer than the policy lets it last.
    #[error("it lasts longer than the policy allows")]
    TooLong,
    /// Nobody but the one who asked has agreed.
    #[error("a second person has to agree")]
    OneActor,
    /// The policy lets nobody waive this fact.
    #[error("the policy lets nobody waive this fact")]
    NotAllowed,
    /// It does not say why.
    #[error("it gives no reason")]
    NoReason,
}

// === impl Waiver ===

impl Waiver {
    /// Whether it names this fact.
    pub fn is_of(&self, source: &SourceName, fact: &FactName, item: Option<&str>) -> bool {
        self.source == *source && self.fact == *fact && self.item.as_deref() == item
    }

    /// Whether it counts for a release now.
    ///
    /// # Errors
    /// The first reason why it does not.
    pub fn counts(
        &self,
        scope: &Scope,
        subject: Option<&Subject>,
        rules: &WaiverRules,
        now: DateTime<Utc>,
    ) -> Result<(), NotWaived> {
        let ends = rules
            .longest
            .and_then(|it| self.created_at.checked_add_signed(it));
        let checks = [
            (self.is_allowed(rules), NotWaived::NotAllowed),
            (!self.reason.trim().is_empty(), NotWaived::NoReason),
            (
                is_same(scope, subject, &self.scope, &self.subject),
                NotWaived::OtherSubject,
            ),
            (self.revoked_at.is_none(), NotWaived::Revoked),
            (self.created_at <= now, NotWaived::NotYet),
            (now < self.expires_at, NotWaived::Expired),
            (
                ends.is_none_or(|ends| self.expires_at <= ends),
                NotWaived::TooLong,
            ),
            (
                !rules.second_actor || self.has_two_actors(),
                NotWaived::OneActor,
            ),
        ];
        let first = checks.into_iter().find(|(holds, _)| !holds);
        first.map_or(Ok(()), |(_, why)| Err(why))
    }

    fn is_allowed(&self, rules: &WaiverRules) -> bool {
        let is_this = |at: &FactAt| at.source == self.source && at.fact == self.fact;
        rules.of.iter().any(is_this)
    }

    fn has_two_actors(&self) -> bool {
        self.second_actor
            .as_ref()
            .is_some_and(|second| *second != self.actor)
    }
}

// === impl Approval ===

impl Approval {
    /// Whether it counts for a release now.
    pub fn counts(&self, scope: &Scope, subject: Option<&Subject>, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none()
            && self.created_at <= now
            && now < self.expires_at
            && is_same(scope, subject, &self.scope, &self.subject)
    }
}

/// A release without anything that tells it from others is the same as none. Its digests count in any
/// order.
fn is_same(scope: &Scope, subject: Option<&Subject>, of: &Scope, release: &Subject) -> bool {
    let is = |subject| of_release(scope, subject) == of_release(of, release);
    scope == of && !release.is_empty() && subject.is_some_and(is)
}
