//! One Rollout of Argo Rollouts, read from the API server of its cluster.

mod client;
mod detect;
mod facts;
mod model;
mod run;
mod settings;
mod strategy;

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
pub struct ArgoRollouts;

struct Source {
    client: Client,
}

impl ConnectorKind for ArgoRollouts {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "argo-rollouts",
        display_name: "Argo Rollouts",
        category: Category::Rollout,
        status: ConnectorStatus::NativePull,
        promotion: Some(Promotion {
            from: ConnectorStatus::DetectedCandidate,
            because: "one Rollout is read where a service account that may get it is given",
        }),
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "token of a service account that may `get` the one Rollout and `list` analysis \
                     runs (and pods, to compare digests) of its namespace",
        evidence: "phase, step, available replicas, analysis and image digest of one Rollout",
        minimum_scope: "one Rollout of one namespace",
        avoid: "tokens of persons and cluster roles; roles that may promote or abort Rollouts, write \
                analysis runs, or read secrets",
        facts: &[
            FactDescriptor::new("rollout_condition", "the controller's phase", None),
            FactDescriptor::new(
                "available_replicas",
                "pods that are available, of those that are wanted",
                Some(">= 1"),
            ),
            FactDescriptor::new("canary_step", "steps that are finished, of all", None),
            FactDescriptor::new(
                "analysis_result",
                "the worst analysis run of what is rolled out",
                None,
            ),
            FactDescriptor::new("image_digest", "digest of the image that runs", None),
            FactDescriptor::new(
                "canary_weight",
                "share of the traffic that goes to what is new",
                None,
            ),
            FactDescriptor::new("pause_reason", "why the controller paused", None),
            FactDescriptor::new(
                "condition_reason",
                "what the controller's conditions say of its work",
                None,
            ),
            FactDescriptor::new(
                "analysis_metric",
                "a metric of an analysis that is not successful",
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
        let (client, subject) = (&self.client, request.subject.as_ref());
        let wanted = &client.wanted;
        let installed = client.is_installed(request).await.map_err(failed)?;
        let mut found = match snapshot(client, request).await {
            Ok(snapshot) => facts::of(&snapshot, wanted, subject, request.now),
            Err(Missed::Absent(at)) => facts::absent(wanted, subject, at),
            Err(missed) => {
                let error = not_told(missed, installed)?;
                return match error.failure() {
                    Some(failure) => Err(failure),
                    None => Ok(Observation::pulled(facts::nothing(error.reason(), subject))),
                };
            }
        };
        let asked = breadth::ask(&client.provider, &client.needs(request), request).await;
        found.push(asked.unwrap_or_else(|_| Asked::untold(request.now)).fact);
        Ok(Observation::pulled(found))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let client = &self.client;
        let installed = client.is_installed(request).await.map_err(failed)?;
        match client.object(request).await {
            Ok(_) | Err(Missed::Absent(_)) => {}
            Err(missed) => return Err(failed(not_told(missed, installed)?)),
        }
        let asked = breadth::ask(&client.provider, &client.needs(request), request).await;
        Ok(Observation::pulled(vec![asked.map_err(failed)?.fact]))
    }
}

/// Why there is no Rollout, where its cluster does not say that there is none of this name.
fn not_told(missed: Missed, installed: Option<bool>) -> Result<ReadError, CollectError> {
    let is_unknown = matches!(missed, Missed::NotInstalled);
    match missed {
        _ if installed == Some(false) || is_unknown => {
            Err(CollectError::new(FailureCode::NotSupported))
        }
        Missed::Read(error) => Ok(error),
        Missed::Absent(_) | Missed::NotInstalled => Ok(ReadError::NotFound),
    }
}
