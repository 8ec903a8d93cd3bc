//! The JSON that the HTTP bridge, the command line, the cases and the store speak. Only this file
//! knows its key names, their order and the words for each status.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    claimed::{ClaimedEvidence, ClaimedFact},
    evidence::{Evidence, FailedRefresh, Frame, Origin, Outcome, Provenance},
    excerpts::Excerpts,
    fact::Fact,
    failure::{Failure, FailureCode},
    freshness::MaxAge,
    names::{FactName, SourceName},
    reason::Reason,
    scope::{Scope, Subject},
    status::Status,
    value::Value,
};

/// Most facts that one evidence may hold.
pub const MAX_FACTS: usize = 1_000;

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Scope")]
struct ScopeJson {
    workspace_id: String,
    service: String,
    environment: String,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(rename = "Subject")]
struct SubjectJson {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revision: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    artifact_digests: Vec<String>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Freshness")]
struct FreshnessJson {
    /// When the provider's data was true; null: there is no trusted time.
    observed_at: Option<Time>,
    /// How long after that the facts may be relied on.
    max_age_seconds: u64,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Fact")]
struct FactJson {
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
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "FailedRefresh")]
struct FailedRefreshJson {
    code: String,
    at: Time,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Provenance")]
struct ProvenanceJson {
    /// `pulled`, `delivered` or `declared`.
    origin: String,
    collected_at: Time,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failed_refresh: Option<FailedRefreshJson>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Evidence")]
struct EvidenceJson {
    connector: String,
    scope: ScopeJson,
    freshness: FreshnessJson,
    facts: Vec<FactJson>,
    source: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    subject: Option<SubjectJson>,
    provenance: ProvenanceJson,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Failure")]
struct FailureJson {
    connector: String,
    source: String,
    code: String,
    message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    retry_at: Option<Time>,
}

/// RFC 3339 in UTC, with as many decimals as the time has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time(pub DateTime<Utc>);

// === impl Time ===

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&time(self.0))
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let time = DateTime::parse_from_rfc3339(&text)
            .map_err(|_| D::Error::custom("not an RFC 3339 time with an offset"))?;
        Ok(Self(time.to_utc()))
    }
}

impl JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

/// A time as it stands in JSON.
pub fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

// === writing ===

macro_rules! serialize_as {
    ($domain:ty, $json:ty) => {
        impl Serialize for $domain {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                <$json>::from(self).serialize(serializer)
            }
        }

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

serialize_as!(Scope, ScopeJson);
serialize_as!(Subject, SubjectJson);
serialize_as!(Fact, FactJson);
serialize_as!(Evidence, EvidenceJson);
serialize_as!(Failure, FailureJson);

impl From<&Scope> for ScopeJson {
    fn from(scope: &Scope) -> Self {
        Self {
            workspace_id: scope.workspace.to_string(),
            service: scope.service.to_string(),
            environment: scope.environment.to_string(),
        }
    }
}

impl From<&Subject> for SubjectJson {
    fn from(subject: &Subject) -> Self {
        Self {
            version: subject.version.clone(),
            revision: subject.revision.clone(),
            artifact_digests: subject.artifact_digests.clone(),
        }
    }
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
        }
    }
}

impl From<&Evidence> for EvidenceJson {
    fn from(evidence: &Evidence) -> Self {
        let freshness = evidence.freshness();
        let provenance = evidence.provenance;
        Self {
            connector: evidence.connector.clone(),
            scope: (&evidence.scope).into(),
            freshness: FreshnessJson {
                observed_at: freshness.observed_at.map(Time),
                max_age_seconds: freshness.max_age.as_secs().into(),
            },
            facts: evidence.facts().iter().map(FactJson::from).collect(),
            source: evidence.source.to_string(),
            subject: evidence.subject.as_ref().map(SubjectJson::from),
            provenance: ProvenanceJson {
                origin: provenance.origin.as_str().to_owned(),
                collected_at: Time(provenance.collected_at),
                failed_refresh: provenance.failed_refresh.map(|failed| FailedRefreshJson {
                    code: failed.code.to_string(),
                    at: Time(failed.at),
                }),
            },
        }
    }
}

impl From<&Failure> for FailureJson {
    fn from(failure: &Failure) -> Self {
        Self {
            connector: failure.connector.clone(),
            source: failure.source.to_string(),
            code: failure.code.to_string(),
            message: failure.message.clone(),
            retry_at: failure.retry_at.map(Time),
        }
    }
}

impl Serialize for Outcome {
    /// Evidence and failure are told apart by their keys: only evidence has `facts`.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Evidence(evidence) => evidence.serialize(serializer),
            Self::Failure(failure) => failure.serialize(serializer),
        }
    }
}

// === reading ===

impl<'de> Deserialize<'de> for Scope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ScopeJson::deserialize(deserializer)?
            .try_into()
            .map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Subject {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        SubjectJson::deserialize(deserializer).map(Self::from)
    }
}

impl<'de> Deserialize<'de> for ClaimedEvidence {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        EvidenceJson::deserialize(deserializer)?
            .try_into()
            .map_err(D::Error::custom)
    }
}

impl<'de> Deserialize<'de> for Failure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        FailureJson::deserialize(deserializer)?
            .try_into()
            .map_err(D::Error::custom)
    }
}

impl TryFrom<FailureJson> for Failure {
    type Error = String;

    fn try_from(json: FailureJson) -> Result<Self, String> {
        Ok(Self {
            connector: json.connector,
            source: SourceName::new(&json.source).map_err(|error| error.to_string())?,
            code: FailureCode::from_code(&json.code).unwrap_or(FailureCode::Internal),
            message: json.message,
            retry_at: json.retry_at.map(|time| time.0),
        })
    }
}

impl TryFrom<ScopeJson> for Scope {
    type Error = String;

    fn try_from(json: ScopeJson) -> Result<Self, String> {
        let refused = |error: crate::names::NameError| error.to_string();
        Ok(Self {
            workspace: json.workspace_id.parse().map_err(refused)?,
            service: json.service.parse().map_err(refused)?,
            environment: json.environment.parse().map_err(refused)?,
        })
    }
}

impl From<SubjectJson> for Subject {
    fn from(json: SubjectJson) -> Self {
        Self {
            version: json.version,
            revision: json.revision,
            artifact_digests: json.artifact_digests,
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
            threshold: threshold
                .map_err(|error: crate::threshold::ThresholdError| error.to_string())?,
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
        })
    }
}

impl TryFrom<EvidenceJson> for ClaimedEvidence {
    type Error = String;

    fn try_from(json: EvidenceJson) -> Result<Self, String> {
        if json.facts.len() > MAX_FACTS {
            return Err(format!("more than {MAX_FACTS} facts"));
        }
        let facts = json
            .facts
            .into_iter()
            .map(ClaimedFact::try_from)
            .collect::<Result<_, _>>()?;
        let max_age = MaxAge::from_secs(json.freshness.max_age_seconds);
        Ok(Self {
            frame: Frame {
                connector: json.connector,
                scope: json.scope.try_into()?,
                source: SourceName::new(&json.source).map_err(|error| error.to_string())?,
                subject: json.subject.map(Subject::from),
                provenance: json.provenance.into(),
            },
            max_age: max_age.ok_or("maxAgeSeconds must be above zero")?,
            observed_at: json.freshness.observed_at.map(|time| time.0),
            facts,
        })
    }
}

impl From<ProvenanceJson> for Provenance {
    fn from(json: ProvenanceJson) -> Self {
        let failed = json.failed_refresh.map(|failed| FailedRefresh {
            code: FailureCode::from_code(&failed.code).unwrap_or(FailureCode::Internal),
            at: failed.at.0,
        });
        Self {
            origin: Origin::from_word(&json.origin).unwrap_or(Origin::Declared),
            collected_at: json.collected_at.0,
            failed_refresh: failed,
        }
    }
}

#[cfg(test)]
mod tests;
