//! The JSON that the HTTP bridge, the command line, the cases and the store speak. Only this module
//! knows its key names, their order and the words for each status.

mod fact;
mod scope;
mod time;

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    claimed::{ClaimedEvidence, ClaimedFact},
    evidence::{Evidence, FailedRefresh, Frame, Origin, Outcome, Provenance},
    fact::Fact,
    failure::{Failure, FailureCode},
    freshness::MaxAge,
    names::SourceName,
    scope::{Scope, Subject},
};

pub use self::time::{Time, time};
use self::{
    fact::FactJson,
    scope::{ScopeJson, SubjectJson},
};

/// Most facts that one evidence may hold.
pub const MAX_FACTS: usize = 1_000;

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
