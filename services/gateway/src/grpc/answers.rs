//! What the gateway has to say, as messages.

use passport_proto::{collector::IngestResponse, evidence as proto, gateway as api};

use crate::{
    gate::{watch::Watched, wire},
    gateway::{Checked, Collected},
};

impl From<Collected> for api::CollectEvidenceResponse {
    fn from(collected: Collected) -> Self {
        let evidence = collected.evidence.iter().map(proto::Evidence::from);
        let failures = collected.failures.iter().map(proto::Failure::from);
        Self {
            evidence: evidence.collect(),
            failures: failures.collect(),
        }
    }
}

impl From<Checked> for api::CheckSourceResponse {
    fn from(checked: Checked) -> Self {
        Self {
            source: Some(checked.source),
            facts: checked.facts.iter().map(proto::Fact::from).collect(),
            failure: checked.failure.as_ref().map(proto::Failure::from),
        }
    }
}

impl From<Watched> for api::WatchGateResponse {
    fn from(watched: Watched) -> Self {
        Self {
            passport: Some(wire::written(&watched.passport)),
            revokes_earlier: watched.revokes_earlier,
            waits_for: watched.outlook.waits_for,
            settled: watched.outlook.is_settled,
        }
    }
}

/// What a collector answered to whoever pushed.
pub(super) fn answered(answer: IngestResponse) -> api::IngestEvidenceResponse {
    api::IngestEvidenceResponse {
        result: answer.result,
        http_status: answer.http_status,
        headers: answer.headers,
        body: answer.body,
    }
}
