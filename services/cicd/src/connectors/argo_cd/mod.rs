//! One Argo CD application, from Argo CD's API server or from the Application object itself.

mod breadth;
mod client;
mod detect;
mod facts;
mod images;
mod model;
mod revision;
mod settings;
mod specification;
mod states;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation, ReadError,
    detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, Fact, FactDescriptor, FailureCode,
};

use client::Client;
use settings::{Settings, Wanted};

/// The kind.
pub struct ArgoCd;

struct Source {
    wanted: Wanted,
    client: Client,
}

impl ConnectorKind for ArgoCd {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "argo-cd",
        display_name: "Argo CD",
        category: Category::GitOps,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "token of a project role that may `get` the one application; or of a service \
                     account that may `get` the one Application object",
        evidence: "sync, health, last operation, deployed revisions, rollback target, conditions \
                   and images of one application",
        minimum_scope: "one application of one project",
        avoid: "tokens of accounts and persons, or without an end; roles that may sync, or read \
                clusters, repositories or every application",
        facts: &[
            FactDescriptor::new(
                "sync_status",
                "whether what runs is as the sources say",
                Some("= Synced"),
            ),
            FactDescriptor::new("app_health", "how well what runs is", Some("= Healthy")),
            FactDescriptor::new(
                "last_operation",
                "how the last operation went",
                Some("= Succeeded"),
            ),
            FactDescriptor::new(
                "deployed_revision",
                "revision that was compared and last synced; several in the order of the sources",
                None,
            ),
            FactDescriptor::new(
                "rollback_target",
                "newest sync of another revision",
                Some("!= none"),
            ),
            FactDescriptor::new(
                "app_conditions",
                "kinds of conditions that stand against it",
                Some("= none"),
            ),
            FactDescriptor::new(
                "image_digest",
                "digest of a running image; the item is its name",
                None,
            ),
            FactDescriptor::new(
                "sync_window",
                "whether it may be synced by hand now",
                Some("= true"),
            ),
        ],
        default_max_age_seconds: 600,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let provider = settings.server().client(builder);
        let token = settings.credential.as_ref().map(|it| builder.secret(it));
        let wanted = wanted?;
        let client = Client {
            provider: provider?,
            scope: wanted.scope.clone(),
            read_from: settings.read_from,
            token,
        };
        Some(Box::new(Source { wanted, client }))
    }
}

// === impl Source ===

impl Source {
    /// A token that is rejected meanwhile ends it all; any other failure costs this fact alone.
    async fn sync_window(&self, request: &CollectRequest) -> Result<Fact, CollectError> {
        match self.client.sync_windows(request).await {
            Ok((windows, reply)) => {
                let fact = facts::sync_window(Ok(windows.can_sync));
                Ok(fact.observed(Some(reply.observed_at())))
            }
            Err(ReadError::Unauthenticated) => Err(CollectError::new(FailureCode::Unauthenticated)),
            Err(error) => Ok(facts::sync_window(Err(error.reason()))),
        }
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let app = match self.client.application(request).await {
            Ok(app) => app,
            Err(error) => match error.failure() {
                Some(failure) => return Err(failure),
                None => {
                    let nothing = facts::nothing(&self.wanted, error.reason());
                    return Ok(Observation::pulled(nothing));
                }
            },
        };
        let mut found = facts::of(&app, &self.wanted, request.subject.as_ref());
        if self.wanted.sync_window {
            found.push(self.sync_window(request).await?);
        }
        Ok(Observation::pulled(found))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = breadth::ask(&self.client, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}
