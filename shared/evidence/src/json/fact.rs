//! Facts.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Time;
use crate::{
    actor::{Actor, Actors, Role},
    claimed::ClaimedFact,
    excerpts::Excerpts,
    fact::Fact,
    names::FactName,
    reason::Reason,
    status::Status,
    threshold::ThresholdError,
    value::Value,
};

/// A fact as it stands in JSON.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Fact")]
pub(super) struct FactJson {
    name: String,
    /// `passed`, `failed`, `warning`, `pending`, `unknown` or `not_applicable`.
    status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    threshold: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// Why the status is not `passed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    observed_at: Option<Time>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    /// Redacted pieces of log lines behind the fact.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    excerpts: Vec<String>,
    /// How often something of each kind was taken out of those lines, by the word in `[REDACTED:…]`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    redactions: BTreeMap<String, u32>,
    /// SHA-256 of the text of the configured query that the fact answers, as it was sent: `sha256:` and
    /// 64 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    query_digest: Option<String>,
    /// What was found where things were well, such as before the release. The threshold follows from it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    baseline: Option<String>,
    /// Who approved, declined, asked for or deals with it, by role and id; at most 20.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    actors: Vec<ActorJson>,
    /// How many more there are of whom nothing is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    further_actors: Option<u32>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "FactActor")]
struct ActorJson {
    /// `actor:` and 16 hexadecimal digits of a keyed hash, in place of whatever the provider calls the person.
    id: String,
    /// `decliner`, `approver`, `requester`, `author`, `responder` or `assignee`.
    role: String,
}

impl From<&Fact> for FactJson {
    fn from(fact: &Fact) -> Self {
        Self {
            name: fact.name().to_string(),
            status: fact.status().to_string(),
            value: fact.value_text(),
            threshold: fact.threshold().map(ToString::to_string),
            item: fact.item().map(str::to_owned),
            reason: fact.reason().map(|reason| reason.to_string()),
            observed_at: fact.observed_at().map(Time),
            link: fact.link().map(str::to_owned),
            excerpts: fact.excerpts().iter().map(str::to_owned).collect(),
            redactions: fact.excerpts().redactions().clone(),
            query_digest: fact.query().map(ToString::to_string),
            baseline: fact.baseline().map(|it| it.display(fact.threshold())),
            actors: fact.actors().iter().map(ActorJson::from).collect(),
            further_actors: Some(fact.actors().further()).filter(|it| *it > 0),
        }
    }
}

impl From<&Actor> for ActorJson {
    fn from(actor: &Actor) -> Self {
        Self {
            id: actor.id.to_string(),
            role: actor.role.to_string(),
        }
    }
}

impl TryFrom<FactJson> for ClaimedFact {
    type Error = String;

    fn try_from(json: FactJson) -> Result<Self, String> {
        let threshold = json.threshold.as_deref().map(str::parse).transpose();
        let reason = json
            .reason
            .as_deref()
            .map(|code| Reason::from_code(code).ok_or(code));
        Ok(Self {
            name: FactName::new(&json.name).map_err(|error| error.to_string())?,
            // A word that is not known yet says nothing good.
            status: Status::from_word(&json.status).unwrap_or(Status::Unknown),
            value: json.value.as_deref().map(Value::parse),
            threshold: threshold.map_err(|error: ThresholdError| error.to_string())?,
            item: json.item,
            reason: reason
                .transpose()
                .unwrap_or(Some(Reason::UnrecognizedState)),
            observed_at: json.observed_at.map(|time| time.0),
            link: json.link,
            excerpts: json
                .excerpts
                .into_iter()
                .collect::<Excerpts>()
                .redacted(json.redactions),
            // What is none says nothing of the question, and nothing of the fact.
            baseline: json.baseline.as_deref().map(Value::parse),
            query: json.query_digest.and_then(|text| text.parse().ok()),
            actors: claimed_actors(&json.actors, json.further_actors.unwrap_or_default()),
        })
    }
}

/// Whoever is named in another form is only counted.
fn claimed_actors(actors: &[ActorJson], further: u32) -> Actors {
    let told = actors
        .iter()
        .map(|it| (it.id.as_str(), Role::from_word(&it.role)));
    Actors::claimed(told, further)
}
