//! One Canary of Flagger, read from the API server of its cluster.

mod client;
mod detect;
mod facts;
mod interval;
mod model;
mod settings;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation, ReadError,
    detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode, Promotion,
};

use crate::cluster::{
    Moving as _,
    breadth::{self, Asked},
    failed, snapshot,
};
use client::{Client, Missed};
use settings::Settings;

/// The kind.
pub struct Flagger;

struct Source {
    client: Client,
}

impl ConnectorKind for Flagger {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "flagger",
        display_name: "Flagger",
        category: Category::Rollout,
        status: ConnectorStatus::NativePull,
        promotion: Some(Promotion {
            from: ConnectorStatus::DetectedCandidate,
            because: "one Canary is read where a service account that may get it is given",
        }),
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "token of a service account that may `get` the one Canary, its target and its \
                     primary, and `list` pods of its namespace",
        evidence: "phase, analysis, weight, available replicas of the primary and container health \
                   of one Canary",
        minimum_scope: "one Canary of one namespace",
        avoid: "tokens of persons and cluster roles; roles that may change Canaries or workloads, or \
                read secrets",
        facts: &[
            FactDescriptor::new("rollout_condition", "Flagger's phase", None),
            FactDescriptor::new("canary_analysis", "verdict of the last analysis", None),
            FactDescriptor::new(
                "canary_weight",
                "share of the traffic that goes to what is new",
                Some("= 0%"),
            ),
            FactDescriptor::new(
                "canary_iterations",
                "repetitions of the analysis that are over, where traffic is not moved step by step",
                None,
            ),
            FactDescriptor::new(
                "available_replicas",
                "pods of the primary that are available, of those that are wanted",
                Some(">= 1"),
            ),
            FactDescriptor::new(
                "container_health",
                "the worst container of what is new, while it is analysed",
                None,
            ),
        ],
        default_max_age_seconds: 120,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let provider = settings.server().client(builder);
        let client = Client {
            wanted: wanted?,
            provider: provider?,
        };
        Some(Box::new(Source { client }))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let client = &self.client;
        let (mut found, needs) = match snapshot(client, request).await {
            Ok(snapshot) => (
                facts::of(&snapshot, client.wanted.least, request.now),
                client.needs(Some(&snapshot.object)),
            ),
            Err(Missed::Absent(at)) => (facts::absent(at), client.needs(None)),
            Err(missed) => {
                let error = not_told(missed)?;
                return match error.failure() {
                    Some(failure) => Err(failure),
                    None => Ok(Observation::pulled(facts::nothing(error.reason()))),
                };
            }
        };
        let asked = breadth::ask(&client.provider, &needs.borrowed(), request).await;
        found.push(asked.unwrap_or_else(|_| Asked::untold(request.now)).fact);
        Ok(Observation::pulled(found))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let client = &self.client;
        let needs = match client.object(request).await {
            Ok((canary, _)) => client.needs(Some(&canary)),
            Err(Missed::Absent(_)) => client.needs(None),
            Err(missed) => return Err(failed(not_told(missed)?)),
        };
        let asked = breadth::ask(&client.provider, &needs.borrowed(), request).await;
        Ok(Observation::pulled(vec![asked.map_err(failed)?.fact]))
    }
}

/// Why there is no Canary, where its cluster does not say that there is none of this name.
fn not_told(missed: Missed) -> Result<ReadError, CollectError> {
    match missed {
        Missed::NotInstalled => Err(CollectError::new(FailureCode::NotSupported)),
        Missed::Read(error) => Ok(error),
        Missed::Absent(_) => Ok(ReadError::NotFound),
    }
}
