//! The JSON of a passport, as the ledger keeps it and HTTP and the command speak it. Only this file
//! knows its key names and their order.

use passport_evidence::{
    ClaimedEvidence, Evidence, FactName, Failure, Reason, Scope, SourceName, Subject, json::Time,
};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

use super::Passport;
use crate::gate::{Actor, Approval, Consequence, Decision, Mode, RequirementResult, State, Waiver};

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Actor")]
struct ActorJson {
    /// Who vouches for the identity.
    issuer: String,
    /// The identity, unique with that issuer.
    subject: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Waiver")]
struct WaiverJson {
    waiver_id: String,
    scope: Scope,
    subject: Subject,
    source: String,
    fact: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// Why, in the person's own words.
    reason: String,
    actor: ActorJson,
    /// Who agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    second_actor: Option<ActorJson>,
    created_at: Time,
    expires_at: Time,
    /// When it was ended early.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Approval")]
struct ApprovalJson {
    approval_id: String,
    scope: Scope,
    subject: Subject,
    /// Why, in the person's own words.
    reason: String,
    actor: ActorJson,
    created_at: Time,
    expires_at: Time,
    /// When it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "RequirementResult")]
struct RequirementJson {
    /// What was asked, in words.
    requirement: String,
    /// `satisfied`, `warned`, `waived`, `missing` or `violated`.
    state: String,
    /// What follows from that: `allow`, `canary`, `approve`, `hold` or `block`.
    consequence: String,
    /// What was found and why it counts so, in words.
    explanation: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next_action: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fact: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    waiver_id: Option<String>,
}

#[derive(Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Passport")]
struct PassportJson<'a> {
    /// Sortable by time.
    passport_id: String,
    scope: &'a Scope,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a Subject>,
    /// `allow`, `allow_with_canary`, `require_approval`, `hold`, `block` or `rollback_recommended`.
    decision: &'a str,
    /// `shadow`, `advisory` or `enforce`.
    mode: &'a str,
    /// The deciding one first.
    requirements: Vec<RequirementJson>,
    /// What would have to change for `allow`.
    until_allowed: &'a [String],
    evidence: &'a [Evidence],
    failures: &'a [Failure],
    waivers: Vec<WaiverJson>,
    /// Approvals that counted. Left out where there are none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    approvals: Vec<ApprovalJson>,
    policy_digest: String,
    decided_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Time>,
    asked_by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<Time>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct PassportRead {
    passport_id: Uuid,
    scope: Scope,
    #[serde(default)]
    subject: Option<Subject>,
    decision: String,
    mode: String,
    requirements: Vec<RequirementJson>,
    #[serde(default)]
    until_allowed: Vec<String>,
    evidence: Vec<ClaimedEvidence>,
    failures: Vec<Failure>,
    waivers: Vec<WaiverJson>,
    #[serde(default)]
    approvals: Vec<ApprovalJson>,
    policy_digest: super::Digest,
    decided_at: Time,
    #[serde(default)]
    valid_until: Option<Time>,
    asked_by: String,
    #[serde(default)]
    revoked_at: Option<Time>,
}

// === writing ===

impl Serialize for Passport {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = PassportJson {
            passport_id: self.id.to_string(),
            scope: &self.scope,
            subject: self.subject.as_ref(),
            decision: self.decision.as_str(),
            mode: self.mode.as_str(),
            requirements: self.requirements.iter().map(Into::into).collect(),
            until_allowed: &self.until_allowed,
            evidence: &self.evidence,
            failures: &self.failures,
            waivers: self.waivers.iter().map(Into::into).collect(),
            approvals: self.approvals.iter().map(Into::into).collect(),
            policy_digest: self.policy_digest.to_string(),
            decided_at: Time(self.decided_at),
            valid_until: self.valid_until.map(Time),
            asked_by: &self.asked_by,
            revoked_at: self.revoked_at.map(Time),
        };
        json.serialize(serializer)
    }
}

impl Serialize for Waiver {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WaiverJson::from(self).serialize(serializer)
    }
}

impl Serialize for Approval {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ApprovalJson::from(self).serialize(serializer)
    }
}

impl Serialize for Actor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ActorJson::from(self).serialize(serializer)
    }
}

macro_rules! schema_of {
    ($domain:ty, $json:ty) => {
        impl JsonSchema for $domain {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                <$json>::schema_name()
            }

            fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
                <$json>::json_schema(generator)
            }
        }
    };
}

schema_of!(Passport, PassportJson<'static>);
schema_of!(Waiver, WaiverJson);
schema_of!(Approval, ApprovalJson);

impl From<&Actor> for ActorJson {
    fn from(actor: &Actor) -> Self {
        Self {
            issuer: actor.issuer.clone(),
            subject: actor.subject.clone(),
        }
    }
}

impl From<&Waiver> for WaiverJson {
    fn from(waiver: &Waiver) -> Self {
        Self {
            waiver_id: waiver.id.clone(),
            scope: waiver.scope.clone(),
            subject: waiver.subject.clone(),
            source: waiver.source.to_string(),
            fact: waiver.fact.to_string(),
            item: waiver.item.clone(),
            reason: waiver.reason.clone(),
            actor: (&waiver.actor).into(),
            second_actor: waiver.second_actor.as_ref().map(Into::into),
            created_at: Time(waiver.created_at),
            expires_at: Time(waiver.expires_at),
            revoked_at: waiver.revoked_at.map(Time),
        }
    }
}

impl From<&Approval> for ApprovalJson {
    fn from(approval: &Approval) -> Self {
        Self {
            approval_id: approval.id.clone(),
            scope: approval.scope.clone(),
            subject: approval.subject.clone(),
            reason: approval.reason.clone(),
            actor: (&approval.actor).into(),
            created_at: Time(approval.created_at),
            expires_at: Time(approval.expires_at),
            revoked_at: approval.revoked_at.map(Time),
        }
    }
}

impl From<&RequirementResult> for RequirementJson {
    fn from(result: &RequirementResult) -> Self {
        Self {
            requirement: result.requirement.clone(),
            state: result.state.as_str().to_owned(),
            consequence: result.consequence.as_str().to_owned(),
            explanation: result.explanation.clone(),
            next_action: result.next_action.clone(),
            source: result.source.as_ref().map(ToString::to_string),
            fact: result.fact.as_ref().map(ToString::to_string),
            item: result.item.clone(),
            reason: result.reason.map(|it| it.as_str().to_owned()),
            waiver_id: result.waiver_id.clone(),
        }
    }
}

// === reading ===

impl<'de> Deserialize<'de> for Passport {
    /// Every fact is judged again as of the moment of the decision. A word that is not known says
    /// nothing good.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = PassportRead::deserialize(deserializer)?;
        let decided_at = json.decided_at.0;
        let requirements = json.requirements.into_iter().map(TryInto::try_into);
        let waivers = json.waivers.into_iter().map(TryInto::try_into);
        let evidence = json.evidence.into_iter();
        Ok(Self {
            id: json.passport_id,
            scope: json.scope,
            subject: json.subject,
            decision: Decision::from_word(&json.decision).unwrap_or(Decision::Hold),
            mode: Mode::from_word(&json.mode).unwrap_or(Mode::Enforce),
            requirements: collected(requirements)?,
            until_allowed: json.until_allowed,
            evidence: evidence.map(|it| it.admit(decided_at)).collect(),
            failures: json.failures,
            waivers: collected(waivers)?,
            approvals: json.approvals.into_iter().map(Into::into).collect(),
            policy_digest: json.policy_digest,
            decided_at,
            valid_until: json.valid_until.map(|it| it.0),
            asked_by: json.asked_by,
            revoked_at: json.revoked_at.map(|it| it.0),
        })
    }
}

impl<'de> Deserialize<'de> for Waiver {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = WaiverJson::deserialize(deserializer)?;
        json.try_into().map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Approval {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ApprovalJson::deserialize(deserializer).map(Into::into)
    }
}

impl<'de> Deserialize<'de> for Actor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ActorJson::deserialize(deserializer).map(Into::into)
    }
}

fn collected<T, E: serde::de::Error>(
    items: impl Iterator<Item = Result<T, String>>,
) -> Result<Vec<T>, E> {
    items.collect::<Result<_, _>>().map_err(E::custom)
}

impl From<ActorJson> for Actor {
    fn from(json: ActorJson) -> Self {
        Self {
            issuer: json.issuer,
            subject: json.subject,
        }
    }
}

impl From<ApprovalJson> for Approval {
    fn from(json: ApprovalJson) -> Self {
        Self {
            id: json.approval_id,
            scope: json.scope,
            subject: json.subject,
            reason: json.reason,
            actor: json.actor.into(),
            created_at: json.created_at.0,
            expires_at: json.expires_at.0,
            revoked_at: json.revoked_at.map(|it| it.0),
        }
    }
}

impl TryFrom<WaiverJson> for Waiver {
    type Error = String;

    fn try_from(json: WaiverJson) -> Result<Self, String> {
        Ok(Self {
            id: json.waiver_id,
            scope: json.scope,
            subject: json.subject,
            source: SourceName::new(&json.source).map_err(|error| error.to_string())?,
            fact: FactName::new(&json.fact).map_err(|error| error.to_string())?,
            item: json.item,
            reason: json.reason,
            actor: json.actor.into(),
            second_actor: json.second_actor.map(Into::into),
            created_at: json.created_at.0,
            expires_at: json.expires_at.0,
            revoked_at: json.revoked_at.map(|it| it.0),
        })
    }
}

impl TryFrom<RequirementJson> for RequirementResult {
    type Error = String;

    fn try_from(json: RequirementJson) -> Result<Self, String> {
        let source = json.source.map(|it| SourceName::new(&it)).transpose();
        let fact = json.fact.map(|it| FactName::new(&it)).transpose();
        Ok(Self {
            requirement: json.requirement,
            state: State::from_word(&json.state).unwrap_or(State::Missing),
            consequence: Consequence::from_word(&json.consequence).unwrap_or(Consequence::Hold),
            explanation: json.explanation,
            next_action: json.next_action,
            source: source.map_err(|error| error.to_string())?,
            fact: fact.map_err(|error| error.to_string())?,
            item: json.item,
            reason: json
                .reason
                .map(|code| Reason::from_code(&code).unwrap_or(Reason::UnrecognizedState)),
            waiver_id: json.waiver_id,
        })
    }
}
