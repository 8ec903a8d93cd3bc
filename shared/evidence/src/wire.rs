//! Evidence as protobuf. Only this file knows the generated types.

use std::time::Duration;

use chrono::{DateTime, Utc};
use passport_proto::evidence as proto;
use prost_types::Timestamp;

use crate::{
    claimed::{ClaimedEvidence, ClaimedFact},
    descriptor::{Capability, ConnectorStatus, Descriptor},
    evidence::{Evidence, FailedRefresh, Frame, Origin, Outcome, Provenance},
    fact::Fact,
    failure::{Failure, FailureCode},
    freshness::MaxAge,
    json::MAX_FACTS,
    names::{FactName, SourceName},
    quantity::{Quantity, Unit, parse_number},
    reason::Reason,
    scope::{Scope, Subject},
    status::Status,
    value::Value,
};

/// Longest text of a name, item, value, threshold or link that is read off the wire.
const MAX_TEXT: usize = 2_048;

/// A message that says nothing that could be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WireError {
    /// A field that must be set is not.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// A field is not of its form.
    #[error("{field} is not valid: {why}")]
    Invalid {
        /// The field.
        field: &'static str,
        /// What is wrong with it.
        why: String,
    },
}

fn invalid(field: &'static str, why: impl ToString) -> WireError {
    WireError::Invalid {
        field,
        why: why.to_string(),
    }
}

// === enums ===

macro_rules! enum_on_wire {
    ($domain:ident, $wire:ident: $($ours:ident = $theirs:ident),* $(,)?) => {
        impl From<$domain> for proto::$wire {
            fn from(ours: $domain) -> Self {
                match ours { $($domain::$ours => Self::$theirs,)* }
            }
        }

        impl $domain {
            /// Read off the wire; `None` for unspecified and for values that are not known yet.
            pub fn from_wire(value: i32) -> Option<Self> {
                match proto::$wire::try_from(value).ok()? {
                    proto::$wire::Unspecified => None,
                    $(proto::$wire::$theirs => Some(Self::$ours),)*
                }
            }
        }
    };
}

macro_rules! same_names_on_wire {
    ($domain:ident, $wire:ident: $($name:ident),* $(,)?) => {
        enum_on_wire!($domain, $wire: $($name = $name),*);
    };
}

same_names_on_wire!(Status, FactStatus: Passed, Failed, Warning, Pending, Unknown, NotApplicable);
same_names_on_wire!(Origin, Origin: Pulled, Delivered, Declared);
same_names_on_wire!(Capability, Capability: Pull, Ingest, Detect);
same_names_on_wire!(
    ConnectorStatus, ConnectorStatus: NativePull, EvidenceIngest, DetectedCandidate,
    RequiresCredential, ManualConnector, Planned,
);
same_names_on_wire!(
    Unit, Unit: Ratio, Percent, Nanoseconds, Microseconds, Milliseconds, Seconds, Minutes, Hours,
    Days, Bytes, Kilobytes, Megabytes, Gigabytes, Kibibytes, Mebibytes, Gibibytes, Count,
    PerSecond, PerMinute, Score,
);
same_names_on_wire!(
    Reason, Reason: ThresholdMissed, BadState, Degraded, InProgress, AwaitingApproval,
    OutsideWindow, NoData, Stale, Future, NoTime, NotANumber, OutOfDomain, Ambiguous, Incomplete,
    PartialResponse, InsufficientSample, BaselineMissing, UnrecognizedState, Contradictory,
    UnexpectedShape, QueryRejected, FilterNotApplied, Denied, Unavailable, OtherSubject, NoSubject,
    NotConfigured, Suppressed, TooBroad, BreadthUnknown, Expired, SelfDeclared, LowerBound,
    Informational,
);
same_names_on_wire!(
    FailureCode, FailureCode: Unreachable, TimedOut, Throttled, Unauthenticated, Denied, NotFound,
    Malformed, TooLarge, OutOfScope, TooBroad, NotConfigured, NotSupported, Internal,
);

// === times ===

/// A time on the wire, whole.
pub fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp {
        seconds: at.timestamp(),
        nanos: i32::try_from(at.timestamp_subsec_nanos().min(999_999_999)).unwrap_or_default(),
    }
}

/// A time read off the wire; `None` where no calendar has it.
pub fn time(stamp: Timestamp) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(stamp.seconds, u32::try_from(stamp.nanos).ok()?)
}

fn optional_time(
    field: &'static str,
    stamp: Option<Timestamp>,
) -> Result<Option<DateTime<Utc>>, WireError> {
    stamp
        .map(|stamp| time(stamp).ok_or_else(|| invalid(field, "out of range")))
        .transpose()
}

/// A max age on the wire.
pub fn duration(max_age: MaxAge) -> prost_types::Duration {
    prost_types::Duration {
        seconds: max_age.as_secs().into(),
        nanos: 0,
    }
}

/// A max age read off the wire: whole seconds, above zero.
pub fn max_age(field: &'static str, duration: prost_types::Duration) -> Result<MaxAge, WireError> {
    Duration::try_from(duration)
        .ok()
        .and_then(MaxAge::from_duration)
        .ok_or_else(|| invalid(field, "whole seconds above zero are wanted"))
}

// === scope and subject ===

impl From<&Scope> for proto::Scope {
    fn from(scope: &Scope) -> Self {
        Self {
            workspace_id: scope.workspace.to_string(),
            service: scope.service.to_string(),
            environment: scope.environment.to_string(),
        }
    }
}

impl TryFrom<proto::Scope> for Scope {
    type Error = WireError;

    fn try_from(scope: proto::Scope) -> Result<Self, WireError> {
        Ok(Self {
            workspace: scope
                .workspace_id
                .parse()
                .map_err(|error| invalid("scope.workspace_id", error))?,
            service: scope
                .service
                .parse()
                .map_err(|error| invalid("scope.service", error))?,
            environment: scope
                .environment
                .parse()
                .map_err(|error| invalid("scope.environment", error))?,
        })
    }
}

impl From<&Subject> for proto::Subject {
    fn from(subject: &Subject) -> Self {
        Self {
            version: subject.version.clone().unwrap_or_default(),
            revision: subject.revision.clone().unwrap_or_default(),
            artifact_digests: subject.artifact_digests.clone(),
        }
    }
}

impl From<proto::Subject> for Subject {
    fn from(subject: proto::Subject) -> Self {
        Self {
            version: set(subject.version),
            revision: set(subject.revision),
            artifact_digests: subject.artifact_digests,
        }
    }
}

fn set(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

// === facts ===

impl From<&Fact> for proto::Fact {
    fn from(fact: &Fact) -> Self {
        let claimed = ClaimedFact::from(fact.clone());
        Self {
            name: claimed.name.to_string(),
            status: proto::FactStatus::from(claimed.status).into(),
            value: fact
                .value()
                .zip(fact.value_text())
                .map(|(value, text)| value_on_wire(value, text)),
            threshold: claimed
                .threshold
                .map(|it| it.to_string())
                .unwrap_or_default(),
            item: claimed.item.unwrap_or_default(),
            reason: claimed
                .reason
                .map(proto::Reason::from)
                .unwrap_or_default()
                .into(),
            observed_at: claimed.observed_at.map(timestamp),
            link: claimed.link.unwrap_or_default(),
        }
    }
}

fn value_on_wire(value: &Value, text: String) -> proto::Value {
    let measurement = |quantity: &Quantity, lower_bound| {
        proto::value::Kind::Measurement(proto::Measurement {
            quantity: Some(proto::Quantity {
                number: quantity.number().to_plain_string(),
                unit: proto::Unit::from(quantity.unit()).into(),
            }),
            lower_bound,
        })
    };
    let kind = match value {
        Value::Exact(quantity) => measurement(quantity, false),
        Value::AtLeast(quantity) => measurement(quantity, true),
        Value::Text(text) => proto::value::Kind::Word(text.clone()),
    };
    proto::Value {
        text,
        kind: Some(kind),
    }
}

fn value_off_wire(value: proto::Value) -> Result<Value, WireError> {
    match value.kind.ok_or(WireError::Missing("value.kind"))? {
        proto::value::Kind::Word(word) => Ok(Value::Text(bounded("value.word", word)?)),
        proto::value::Kind::Measurement(measurement) => {
            let quantity = measurement
                .quantity
                .ok_or(WireError::Missing("value.quantity"))?;
            let number = parse_number(&quantity.number).map_err(|e| invalid("value.number", e))?;
            let unit = Unit::from_wire(quantity.unit).ok_or(WireError::Missing("value.unit"))?;
            let quantity = Quantity::new(number, unit);
            Ok(if measurement.lower_bound {
                Value::AtLeast(quantity)
            } else {
                Value::Exact(quantity)
            })
        }
    }
}

fn bounded(field: &'static str, text: String) -> Result<String, WireError> {
    if text.len() <= MAX_TEXT {
        Ok(text)
    } else {
        Err(invalid(field, "too long"))
    }
}

impl TryFrom<proto::Fact> for ClaimedFact {
    type Error = WireError;

    fn try_from(fact: proto::Fact) -> Result<Self, WireError> {
        let threshold = set(bounded("threshold", fact.threshold)?).map(|text| text.parse());
        // A status that is not known yet says nothing good, nor does a reason that is not.
        let reason = match fact.reason {
            0 => None,
            code => Some(Reason::from_wire(code).unwrap_or(Reason::UnrecognizedState)),
        };
        Ok(Self {
            name: FactName::new(&fact.name).map_err(|error| invalid("fact.name", error))?,
            status: Status::from_wire(fact.status).unwrap_or(Status::Unknown),
            value: fact.value.map(value_off_wire).transpose()?,
            threshold: threshold
                .transpose()
                .map_err(|error: crate::threshold::ThresholdError| invalid("threshold", error))?,
            item: set(bounded("fact.item", fact.item)?),
            reason,
            observed_at: optional_time("fact.observed_at", fact.observed_at)?,
            link: set(bounded("fact.link", fact.link)?),
        })
    }
}

// === evidence and failure ===

impl From<&Evidence> for proto::Evidence {
    fn from(evidence: &Evidence) -> Self {
        let freshness = evidence.freshness();
        Self {
            connector: evidence.connector.clone(),
            scope: Some((&evidence.scope).into()),
            freshness: Some(proto::Freshness {
                observed_at: freshness.observed_at.map(timestamp),
                max_age: Some(duration(freshness.max_age)),
            }),
            facts: evidence.facts().iter().map(proto::Fact::from).collect(),
            source: evidence.source.to_string(),
            subject: evidence.subject.as_ref().map(proto::Subject::from),
            provenance: Some(provenance_on_wire(evidence.provenance)),
        }
    }
}

fn provenance_on_wire(provenance: Provenance) -> proto::Provenance {
    proto::Provenance {
        origin: proto::Origin::from(provenance.origin).into(),
        collected_at: Some(timestamp(provenance.collected_at)),
        failed_refresh: provenance
            .failed_refresh
            .map(|failed| proto::FailedRefresh {
                code: proto::FailureCode::from(failed.code).into(),
                at: Some(timestamp(failed.at)),
            }),
    }
}

impl TryFrom<proto::Provenance> for Provenance {
    type Error = WireError;

    fn try_from(provenance: proto::Provenance) -> Result<Self, WireError> {
        let collected_at = optional_time("provenance.collected_at", provenance.collected_at)?;
        let failed = provenance.failed_refresh.map(|failed| {
            let at = optional_time("failed_refresh.at", failed.at)?;
            Ok(FailedRefresh {
                code: FailureCode::from_wire(failed.code).unwrap_or(FailureCode::Internal),
                at: at.ok_or(WireError::Missing("failed_refresh.at"))?,
            })
        });
        Ok(Self {
            origin: Origin::from_wire(provenance.origin).unwrap_or(Origin::Declared),
            collected_at: collected_at.ok_or(WireError::Missing("provenance.collected_at"))?,
            failed_refresh: failed.transpose()?,
        })
    }
}

impl TryFrom<proto::Evidence> for ClaimedEvidence {
    type Error = WireError;

    fn try_from(evidence: proto::Evidence) -> Result<Self, WireError> {
        if evidence.facts.len() > MAX_FACTS {
            return Err(invalid("facts", "too many"));
        }
        let freshness = evidence.freshness.ok_or(WireError::Missing("freshness"))?;
        let age = freshness
            .max_age
            .ok_or(WireError::Missing("freshness.max_age"))?;
        let facts: Result<_, _> = evidence
            .facts
            .into_iter()
            .map(ClaimedFact::try_from)
            .collect();
        Ok(Self {
            frame: Frame {
                connector: bounded("connector", evidence.connector)?,
                scope: evidence
                    .scope
                    .ok_or(WireError::Missing("scope"))?
                    .try_into()?,
                source: SourceName::new(&evidence.source).map_err(|e| invalid("source", e))?,
                subject: evidence.subject.map(Subject::from),
                provenance: evidence
                    .provenance
                    .ok_or(WireError::Missing("provenance"))?
                    .try_into()?,
            },
            max_age: max_age("freshness.max_age", age)?,
            observed_at: optional_time("freshness.observed_at", freshness.observed_at)?,
            facts: facts?,
        })
    }
}

impl From<&Failure> for proto::Failure {
    fn from(failure: &Failure) -> Self {
        Self {
            connector: failure.connector.clone(),
            source: failure.source.to_string(),
            code: proto::FailureCode::from(failure.code).into(),
            message: failure.message.clone(),
            retry_at: failure.retry_at.map(timestamp),
        }
    }
}

impl TryFrom<proto::Failure> for Failure {
    type Error = WireError;

    fn try_from(failure: proto::Failure) -> Result<Self, WireError> {
        Ok(Self {
            connector: bounded("connector", failure.connector)?,
            source: SourceName::new(&failure.source).map_err(|e| invalid("source", e))?,
            code: FailureCode::from_wire(failure.code).unwrap_or(FailureCode::Internal),
            message: bounded("message", failure.message)?,
            retry_at: optional_time("retry_at", failure.retry_at)?,
        })
    }
}

impl From<&Outcome> for proto::Outcome {
    fn from(outcome: &Outcome) -> Self {
        let kind = match outcome {
            Outcome::Evidence(evidence) => proto::outcome::Kind::Evidence(evidence.into()),
            Outcome::Failure(failure) => proto::outcome::Kind::Failure(failure.into()),
        };
        Self { kind: Some(kind) }
    }
}

// === descriptors ===

impl Descriptor {
    /// The descriptor on the wire, as served by a collector.
    pub fn on_wire(&self, collector: &str) -> proto::ConnectorDescriptor {
        proto::ConnectorDescriptor {
            id: self.id.to_owned(),
            display_name: self.display_name.to_owned(),
            category: self.category.as_str().to_owned(),
            collector: collector.to_owned(),
            status: proto::ConnectorStatus::from(self.status).into(),
            capabilities: self
                .capabilities
                .iter()
                .map(|capability| proto::Capability::from(*capability).into())
                .collect(),
            credential: self.credential.to_owned(),
            evidence: self.evidence.to_owned(),
            minimum_scope: self.minimum_scope.to_owned(),
            avoid: self.avoid.to_owned(),
            facts: self
                .facts
                .iter()
                .map(|fact| proto::FactDescriptor {
                    name: fact.name.to_owned(),
                    meaning: fact.meaning.to_owned(),
                    default_threshold: fact.default_threshold.unwrap_or_default().to_owned(),
                })
                .collect(),
            default_max_age: self.default_max_age().map(duration),
        }
    }
}

#[cfg(test)]
mod tests;
