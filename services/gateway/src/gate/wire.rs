//! Passports as protobuf.

pub mod persons;

use chrono::{DateTime, Utc};
use passport_evidence::{
    ClaimedEvidence, FactName, Failure, Reason, Scope, SourceName, Subject, wire,
};
use passport_policy::{
    gate::{Consequence, Decision, Mode, RequirementResult, State},
    passport::Passport,
};
use passport_proto::{evidence as proto, gateway as api};
use prost_types::Timestamp;
use uuid::Uuid;

/// A message that should be a passport and is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the passport can't be read at `{0}`")]
pub struct Unreadable(&'static str);

/// A closed list and its form on the wire. What is not known there yet says nothing good.
macro_rules! list {
    ($there:ident, $back:ident, $ours:ident: $($name:ident),*; $otherwise:ident) => {
        fn $there(ours: $ours) -> i32 {
            match ours { $($ours::$name => api_of::$ours::$name.into(),)* }
        }

        fn $back(theirs: i32) -> $ours {
            match api_of::$ours::try_from(theirs) {
                $(Ok(api_of::$ours::$name) => $ours::$name,)*
                Ok(api_of::$ours::Unspecified) | Err(_) => $ours::$otherwise,
            }
        }
    };
}

/// The generated lists under the names that they have here.
mod api_of {
    pub use passport_proto::gateway::{Consequence, Decision, Mode, RequirementState as State};
}

list!(
    decision_there, decision_back, Decision: Allow, AllowWithCanary, RequireApproval, Hold, Block,
    RollbackRecommended; Hold
);
list!(mode_there, mode_back, Mode: Shadow, Advisory, Enforce; Enforce);
list!(state_there, state_back, State: Satisfied, Warned, Waived, Missing, Violated; Missing);
list!(consequence_there, consequence_back, Consequence: Allow, Canary, Approve, Hold, Block; Hold);

/// A passport on the wire.
pub fn written(passport: &Passport) -> api::Passport {
    let evidence = passport.evidence.iter().map(proto::Evidence::from);
    let failures = passport.failures.iter().map(proto::Failure::from);
    api::Passport {
        passport_id: passport.id.to_string(),
        scope: Some((&passport.scope).into()),
        subject: passport.subject.as_ref().map(proto::Subject::from),
        decision: decision_there(passport.decision),
        mode: mode_there(passport.mode),
        requirements: passport.requirements.iter().map(requirement).collect(),
        evidence: evidence.collect(),
        failures: failures.collect(),
        waivers: passport.waivers.iter().map(persons::waiver).collect(),
        policy_digest: passport.policy_digest.to_string(),
        decided_at: Some(wire::timestamp(passport.decided_at)),
        valid_until: passport.valid_until.map(wire::timestamp),
        revoked_at: passport.revoked_at.map(wire::timestamp),
        until_allowed: passport.until_allowed.clone(),
        asked_by: passport.asked_by.clone(),
        approvals: passport.approvals.iter().map(persons::approval).collect(),
    }
}

fn requirement(result: &RequirementResult) -> api::RequirementResult {
    let name = |it: Option<&dyn std::fmt::Display>| it.map(ToString::to_string);
    api::RequirementResult {
        requirement: result.requirement.clone(),
        state: state_there(result.state),
        explanation: result.explanation.clone(),
        next_action: result.next_action.clone().unwrap_or_default(),
        source: name(result.source.as_ref().map(|it| it as _)).unwrap_or_default(),
        fact: name(result.fact.as_ref().map(|it| it as _)).unwrap_or_default(),
        item: result.item.clone().unwrap_or_default(),
        reason: result
            .reason
            .map(proto::Reason::from)
            .unwrap_or_default()
            .into(),
        waiver_id: result.waiver_id.clone().unwrap_or_default(),
        consequence: consequence_there(result.consequence),
    }
}

/// Reads a passport off the wire; its facts are judged again as of the moment of the decision.
///
/// # Errors
/// A part is missing or not of its form.
pub fn read(message: api::Passport) -> Result<Passport, Unreadable> {
    let decided_at = time("decided_at", message.decided_at)?.ok_or(Unreadable("decided_at"))?;
    let evidence = message.evidence.into_iter().map(ClaimedEvidence::try_from);
    let evidence = evidence.map(|it| it.map(|it| it.admit(decided_at)));
    let failures = message.failures.into_iter().map(Failure::try_from);
    let requirements = message.requirements.into_iter().map(requirement_read);
    let waivers = message.waivers.into_iter().map(persons::waiver_read);
    let approvals = message.approvals.into_iter();
    let approvals = approvals.map(persons::approval_read);
    let digest = message.policy_digest.parse();
    Ok(Passport {
        id: Uuid::parse_str(&message.passport_id).map_err(|_| Unreadable("passport_id"))?,
        scope: scope(message.scope)?,
        subject: message.subject.map(Subject::from),
        decision: decision_back(message.decision),
        mode: mode_back(message.mode),
        requirements: requirements.collect::<Result<_, _>>()?,
        until_allowed: message.until_allowed,
        evidence: evidence
            .collect::<Result<_, _>>()
            .map_err(|_| Unreadable("evidence"))?,
        failures: failures
            .collect::<Result<_, _>>()
            .map_err(|_| Unreadable("failures"))?,
        waivers: waivers.collect::<Result<_, _>>()?,
        approvals: approvals.collect::<Result<_, _>>()?,
        policy_digest: digest.map_err(|_| Unreadable("policy_digest"))?,
        decided_at,
        valid_until: time("valid_until", message.valid_until)?,
        asked_by: message.asked_by,
        revoked_at: time("revoked_at", message.revoked_at)?,
    })
}

/// Whether this version knows every word of a passport that its decision was made of. One of a newer
/// version says more than what is read of it.
pub fn is_known(message: &api::Passport) -> bool {
    let known_requirement = |it: &api::RequirementResult| {
        api::RequirementState::try_from(it.state).is_ok()
            && api::Consequence::try_from(it.consequence).is_ok()
    };
    let mut facts = message.evidence.iter().flat_map(|it| &it.facts);
    api::Decision::try_from(message.decision).is_ok()
        && api::Mode::try_from(message.mode).is_ok()
        && message.requirements.iter().all(known_requirement)
        && facts.all(|it| proto::FactStatus::try_from(it.status).is_ok())
}

fn requirement_read(message: api::RequirementResult) -> Result<RequirementResult, Unreadable> {
    let source = given(message.source).map(|it| SourceName::new(&it));
    let fact = given(message.fact).map(|it| FactName::new(&it));
    Ok(RequirementResult {
        requirement: message.requirement,
        state: state_back(message.state),
        consequence: consequence_back(message.consequence),
        explanation: message.explanation,
        next_action: given(message.next_action),
        source: source
            .transpose()
            .map_err(|_| Unreadable("requirements.source"))?,
        fact: fact
            .transpose()
            .map_err(|_| Unreadable("requirements.fact"))?,
        item: given(message.item),
        reason: Reason::from_wire(message.reason),
        waiver_id: given(message.waiver_id),
    })
}

fn scope(message: Option<proto::Scope>) -> Result<Scope, Unreadable> {
    crate::question::scope(message).map_err(|_| Unreadable("scope"))
}

fn given(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn time(field: &'static str, at: Option<Timestamp>) -> Result<Option<DateTime<Utc>>, Unreadable> {
    let read = at.map(|at| wire::time(at).ok_or(Unreadable(field)));
    read.transpose()
}
