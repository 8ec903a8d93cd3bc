//! One workload, Job or CronJob of a Kubernetes cluster: its rollout or run, and the pods of it.
//!
//! The API is plain HTTP with JSON, and so it is spoken with the provider client, as every other: the crate `kube`
//! would send past the guard of addresses, with limits, retries and credentials of its own.

mod batch;
mod beside;
mod client;
mod conditions;
mod detect;
mod facts;
mod scope;
mod settings;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation, ReadError,
    detect::Detect,
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, Fact, FactDescriptor};

use crate::cluster::{
    breadth::{self, Asked},
    failed, snapshot,
};
use client::{Client, Workloads};
use scope::Target;
use settings::Settings;

/// The kind.
pub struct Kubernetes;

struct Source {
    client: Client,
}

impl ConnectorKind for Kubernetes {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "kubernetes",
        display_name: "Kubernetes",
        category: Category::Runtime,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "token of a service account that may `get` the one object and `list` pods (of a \
                     Deployment ReplicaSets too, of a CronJob Jobs too) of its namespace",
        evidence: "rollout, available replicas, container health, restarts and image digest of one \
                   workload",
        minimum_scope: "one Deployment, StatefulSet, DaemonSet, Job or CronJob of one namespace",
        avoid: "tokens of persons and cluster roles; roles that may change workloads, read secrets, \
                or list pods of other namespaces",
        facts: &[
            FactDescriptor::new(
                "rollout_condition",
                "how far the rollout, or the run, is",
                None,
            ),
            FactDescriptor::new(
                "available_replicas",
                "pods that are available, of those that are wanted",
                Some(">= 1"),
            ),
            FactDescriptor::new(
                "container_health",
                "the worst container of the newest revision",
                None,
            ),
            FactDescriptor::new(
                "recent_restarts",
                "restarts of containers within the window",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "restart_reason",
                "why a container ended that was restarted within the window",
                None,
            ),
            FactDescriptor::new("image_digest", "digest of the image that runs", None),
            FactDescriptor::new(
                "autoscaler_limits",
                "whether the autoscaler works and has room",
                None,
            ),
            FactDescriptor::new(
                "disruption_budget",
                "whether the budget of disruptions is kept and has room",
                None,
            ),
        ],
        default_max_age_seconds: 120,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let provider = settings.client(builder);
        let client = Client {
            wanted: wanted?,
            provider: provider?,
        };
        Some(Box::new(Source { client }))
    }
}

impl Source {
    /// The facts of what the source names.
    async fn facts(&self, request: &CollectRequest) -> Result<Vec<Fact>, ReadError> {
        let client = &self.client;
        let kind = match client.wanted.scope.kind.target() {
            Target::Batch(kind) => return batch::facts(client, kind, request).await,
            Target::Workload(kind) => kind,
        };
        let found = snapshot(&Workloads { client, kind }, request).await?;
        let (wanted, subject) = (&client.wanted, request.subject.as_ref());
        let mut facts = facts::of(&found, wanted, kind, subject, request.now);
        let workload = (&found.object, found.observed_at);
        facts.extend(beside::facts(client, workload, request).await?);
        Ok(facts)
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let (wanted, subject) = (&self.client.wanted, request.subject.as_ref());
        let read = self.facts(request).await;
        if let Err(error) = &read
            && *error != ReadError::NotFound
        {
            return match error.failure() {
                Some(failure) => Err(failure),
                None => Ok(Observation::pulled(facts::nothing(
                    error.reason(),
                    wanted,
                    subject,
                ))),
            };
        }
        let breadth = breadth::ask(&self.client.provider, &self.client.needs(), request).await;
        let breadth = breadth.unwrap_or_else(|_| Asked::untold(request.now));
        let mut found = match read {
            Ok(found) => found,
            // Kubernetes says so only to who may read it, and whatever knows nothing else says it too.
            Err(error) if !breadth.is_answered => return Err(failed(error)),
            // The refusal has no age of its own: it is no older than what was asked along with it.
            Err(_) => facts::absent(wanted, subject, breadth.fact.observed_at()),
        };
        found.push(breadth.fact);
        Ok(Observation::pulled(found))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let is_absent = match self.client.object(request).await {
            Ok(()) => false,
            Err(ReadError::NotFound) => true,
            Err(error) => return Err(failed(error)),
        };
        let breadth = breadth::ask(&self.client.provider, &self.client.needs(), request)
            .await
            .map_err(failed)?;
        match is_absent && !breadth.is_answered {
            true => Err(failed(ReadError::NotFound)),
            false => Ok(Observation::pulled(vec![breadth.fact])),
        }
    }
}
