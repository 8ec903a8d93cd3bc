//! What a person wants to say, checked before it is recorded.

use chrono::{DateTime, TimeDelta, Utc};
use passport_evidence::{FactName, Scope, SourceName, WorkspaceId, wire};
use passport_policy::gate::{Actor, Approval, FactAt, Waiver, WaiverRules};
use passport_proto::gateway as api;
use prost_types::Timestamp;
use uuid::Uuid;

use crate::{
    call_error::{CallError, Violation},
    configured::Sources,
    gate::noted,
    question::release,
};

/// Longest reason, in bytes.
const MAX_REASON: usize = 1000;

/// Longest item of a fact, in bytes.
const MAX_ITEM: usize = 512;

/// The longest that an approval lasts.
const LONGEST_APPROVAL: TimeDelta = TimeDelta::days(30);

/// Who says it, where and when.
pub(super) struct Speaker {
    /// What it is about; configured, and granted.
    pub scope: Scope,
    /// The person.
    pub actor: Actor,
    /// The clock.
    pub now: DateTime<Utc>,
    /// What it is recorded under.
    pub id: Uuid,
}

// === impl Speaker ===

impl Speaker {
    /// A waiver of what the rules let be waived.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn waiver(
        self,
        asked: api::CreateWaiverRequest,
        sources: &Sources,
        rules: &WaiverRules,
    ) -> Result<Waiver, CallError> {
        let mut wrong = Vec::new();
        let subject = release(asked.subject, &mut wrong);
        let at = self.fact_at([&asked.source, &asked.fact], sources, rules, &mut wrong);
        let item = item(asked.item, &mut wrong);
        let reason = reason(&asked.reason, &mut wrong);
        let longest = (rules.longest, "the policy allows");
        let expires_at = expiry(asked.expires_at, self.now, longest, &mut wrong);
        let Some((((subject, at), reason), expires_at)) =
            subject.zip(at).zip(reason).zip(expires_at)
        else {
            return Err(CallError::Invalid(wrong));
        };
        checked(wrong)?;
        Ok(Waiver {
            id: self.id.to_string(),
            scope: self.scope,
            subject,
            source: at.source,
            fact: at.fact,
            item,
            reason,
            actor: self.actor,
            second_actor: None,
            created_at: self.now,
            expires_at,
            revoked_at: None,
        })
    }

    /// An approval.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn approval(self, asked: api::ApproveReleaseRequest) -> Result<Approval, CallError> {
        let mut wrong = Vec::new();
        let subject = release(asked.subject, &mut wrong);
        let reason = reason(&asked.reason, &mut wrong);
        let longest = (Some(LONGEST_APPROVAL), "30 days allow");
        let expires_at = expiry(asked.expires_at, self.now, longest, &mut wrong);
        let Some(((subject, reason), expires_at)) = subject.zip(reason).zip(expires_at) else {
            return Err(CallError::Invalid(wrong));
        };
        checked(wrong)?;
        Ok(Approval {
            id: self.id.to_string(),
            scope: self.scope,
            subject,
            reason,
            actor: self.actor,
            created_at: self.now,
            expires_at,
            revoked_at: None,
        })
    }

    fn fact_at(
        &self,
        [source, fact]: [&str; 2],
        sources: &Sources,
        rules: &WaiverRules,
        wrong: &mut Vec<Violation>,
    ) -> Option<FactAt> {
        let source = noted("source", SourceName::new(source), wrong);
        let fact = noted("fact", FactName::new(fact), wrong);
        let (source, fact) = source.zip(fact)?;
        if !sources.contains_key(&source) {
            let wanted = format!("a source of {} is wanted", self.scope);
            wrong.push(Violation::new("source", wanted));
            return None;
        }
        let at = FactAt { source, fact };
        if !rules.of.contains(&at) {
            let can = rules.of.iter();
            let can: Vec<_> = can
                .map(|it| format!("{} of {}", it.fact, it.source))
                .collect();
            let told = match can.is_empty() {
                true => "the policy there lets nothing be waived".to_owned(),
                false => format!("the policy there lets only be waived: {}", can.join(", ")),
            };
            wrong.push(Violation::new("fact", told));
            return None;
        }
        Some(at)
    }
}

fn checked(wrong: Vec<Violation>) -> Result<(), CallError> {
    wrong
        .is_empty()
        .then_some(())
        .ok_or(CallError::Invalid(wrong))
}

fn item(item: String, wrong: &mut Vec<Violation>) -> Option<String> {
    if item.len() > MAX_ITEM || item.chars().any(char::is_control) {
        let wanted = format!("at most {MAX_ITEM} bytes without control characters");
        wrong.push(Violation::new("item", wanted));
    }
    (!item.is_empty()).then_some(item)
}

/// Why, as others will read it.
pub(super) fn reason(reason: &str, wrong: &mut Vec<Violation>) -> Option<String> {
    let reason = reason.trim();
    let odd = |it: char| it.is_control() && it != '\n';
    if reason.is_empty() || reason.len() > MAX_REASON || reason.chars().any(odd) {
        let wanted = format!("why is wanted, in 1 to {MAX_REASON} bytes of plain text");
        wrong.push(Violation::new("reason", wanted));
        return None;
    }
    Some(reason.to_owned())
}

fn expiry(
    at: Option<Timestamp>,
    now: DateTime<Utc>,
    (longest, whose): (Option<TimeDelta>, &str),
    wrong: &mut Vec<Violation>,
) -> Option<DateTime<Utc>> {
    let mut refused = |wanted: String| {
        wrong.push(Violation::new("expires_at", wanted));
        None
    };
    let Some(at) = at.and_then(wire::time) else {
        return refused("when it ends is wanted".to_owned());
    };
    if at <= now {
        return refused("a moment to come is wanted".to_owned());
    }
    let latest = longest.and_then(|it| now.checked_add_signed(it));
    match latest.filter(|latest| at > *latest) {
        Some(latest) => refused(format!(
            "it would last longer than {whose}: at most until {}",
            passport_evidence::json::time(latest)
        )),
        None => Some(at),
    }
}

/// Reads the workspace and the id of something that was recorded.
///
/// # Errors
/// Everything that is wrong with both.
pub(crate) fn record_id(
    workspace: &str,
    (field, id): (&str, &str),
) -> Result<(WorkspaceId, Uuid), CallError> {
    let mut wrong = Vec::new();
    let workspace = noted("workspace_id", workspace.parse::<WorkspaceId>(), &mut wrong);
    let id = Uuid::parse_str(id).map_err(|_| "an id is wanted, as it is listed");
    let id = noted(field, id, &mut wrong);
    workspace.zip(id).ok_or(CallError::Invalid(wrong))
}
