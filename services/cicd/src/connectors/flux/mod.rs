//! One object of Flux, read from the API server of its cluster.

mod applied;
mod client;
mod detect;
mod facts;
mod helm;
mod kind;
mod model;
mod readiness;
mod revision;
mod settings;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode, Promotion,
};

use client::Client;
use settings::{Settings, Wanted};

/// The kind.
pub struct Flux;

struct Source {
    wanted: Wanted,
    client: Client,
}

impl ConnectorKind for Flux {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "flux",
        display_name: "Flux",
        category: Category::GitOps,
        status: ConnectorStatus::NativePull,
        promotion: Some(Promotion {
            from: ConnectorStatus::DetectedCandidate,
            because: "one object is read where a service account that may get it alone is given",
        }),
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "token of a service account that may `get` the one object",
        evidence: "readiness, applied revision, Helm release, test, drift, rollback target and \
                   suspension of one object",
        minimum_scope: "one object: its kind, namespace and name",
        avoid: "cluster roles; tokens that may list secrets, read every object, or patch this one",
        facts: &[
            FactDescriptor::new(
                "flux_ready",
                "whether the controller says that the Kustomization or HelmRelease is ready",
                Some("= True"),
            ),
            FactDescriptor::new(
                "source_ready",
                "whether the controller says that the source is ready",
                Some("= True"),
            ),
            FactDescriptor::new(
                "applied_revision",
                "commit, digest or version that was last applied",
                None,
            ),
            FactDescriptor::new(
                "helm_release",
                "Helm's word for the newest release",
                Some("= deployed"),
            ),
            FactDescriptor::new(
                "helm_test",
                "whether the tests of the release passed",
                Some("= True"),
            ),
            FactDescriptor::new(
                "drift",
                "whether the cluster was seen to differ from the release",
                Some("= False"),
            ),
            FactDescriptor::new(
                "rollback_target",
                "version of the chart of the release before",
                Some("!= none"),
            ),
            FactDescriptor::new(
                "suspended",
                "whether the controller leaves the object alone",
                Some("= false"),
            ),
        ],
        default_max_age_seconds: 600,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let provider = settings.server().client(builder);
        let wanted = wanted?;
        let client = Client {
            provider: provider?,
            scope: wanted.scope.clone(),
        };
        Some(Box::new(Source { wanted, client }))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let (object, read_at) = match self.client.object(request).await {
            Ok(read) => read,
            Err(missed) => {
                let reason = missed.failure()?.reason();
                return Ok(Observation::pulled(facts::nothing(&self.wanted, reason)));
            }
        };
        let kind = self.wanted.scope.kind;
        let at = facts::observed_at(&object, kind, read_at);
        let subject = request.subject.as_ref();
        let found = facts::of(&object, &self.wanted, subject, request.now);
        let found = found.into_iter().map(|it| it.observed(Some(at)));
        Ok(Observation::pulled(found.collect()))
    }

    /// Reads the object, so that a token that may not is found out, and then asks what else it may.
    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        if let Err(missed) = self.client.object(request).await {
            missed.failure()?;
        }
        let breadth = self.client.breadth(request).await.map_err(|error| {
            let internal = || CollectError::new(FailureCode::Internal);
            error.failure().unwrap_or_else(internal)
        })?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}
