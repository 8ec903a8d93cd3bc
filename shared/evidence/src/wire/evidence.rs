//! Evidence and failures.

use passport_proto::evidence as proto;

use super::{
    WireError, bounded, invalid,
    times::{duration, max_age, optional_time, timestamp},
};
use crate::{
    claimed::{ClaimedEvidence, ClaimedFact},
    evidence::{Evidence, FailedRefresh, Frame, Origin, Outcome, Provenance},
    failure::{Failure, FailureCode},
    json::MAX_FACTS,
    names::SourceName,
    scope::Subject,
};

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
