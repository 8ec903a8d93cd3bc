//! One service of a Compose project: the containers that a Docker Engine, or what speaks its API, runs
//! for it.
//!
//! The API is plain HTTP/1.1, on a Unix socket too, and so it is spoken with the provider client, as every
//! other: a client library of the engine's would have limits, retries and addresses of its own.

mod breadth;
mod client;
mod detect;
mod facts;
mod listing;
mod members;
mod model;
mod settings;
mod version;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Auth, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    ProviderClient, detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode,
};

use client::{Client, Unasked};
use settings::Settings;

/// The kind.
pub struct DockerCompose;

struct Source {
    client: Client,
}

impl ConnectorKind for DockerCompose {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "docker-compose",
        display_name: "Docker Compose",
        category: Category::Runtime,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "socket of a proxy that lets through nothing but reads of containers and images; \
                     or a client certificate for the engine's TLS port",
        evidence: "container state, health, restarts, image digest and running replicas of one service",
        minimum_scope: "one service of one Compose project",
        avoid: "the engine's own socket: whoever reaches it is root on the host",
        facts: &[
            FactDescriptor::new(
                "rollout_condition",
                "whether the service's containers are of one configuration",
                None,
            ),
            FactDescriptor::new(
                "available_replicas",
                "containers that run and are not known to be unwell",
                Some(">= 1"),
            ),
            FactDescriptor::new("container_health", "the worst container", None),
            FactDescriptor::new(
                "recent_restarts",
                "restarts by the engine within the window",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "restart_reason",
                "why containers ended, where it is told",
                None,
            ),
            FactDescriptor::new(
                "declared_services",
                "containers of a declared service of the project that run; or a service that is not declared",
                Some(">= 1"),
            ),
            FactDescriptor::new("image_digest", "digest of the image that runs", None),
        ],
        default_max_age_seconds: 60,
    };
    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let provider = provider(&settings.endpoint, builder);
        let client = Client {
            wanted: wanted?,
            provider: provider?,
        };
        Some(Box::new(Source { client }))
    }
}

/// Plain http stays on this machine whatever the source allows: there it would hand out the host.
fn provider(endpoint: &str, builder: &mut Builder<'_>) -> Option<ProviderClient> {
    if endpoint.starts_with("unix:") {
        return builder.socket_client(endpoint);
    }
    let parsed = builder.endpoint("endpoint", endpoint)?;
    let is_https = parsed.origin().starts_with("https:");
    if !is_https && !parsed.is_local() {
        let fix = "use https with a client certificate, or the socket of a proxy";
        builder.problem("endpoint", "is plain http off this machine", fix);
        return None;
    }
    let client = builder.client(endpoint, Auth::None)?;
    if is_https && !client.has_credential() {
        let fix = "set client_cert and client_key, and the engine's ca";
        builder.problem("tls", "names no client certificate", fix);
        return None;
    }
    Some(client)
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let client = &self.client;
        let subject = request.subject.as_ref();
        let version = match client.version(request).await {
            Ok(version) => version,
            Err(unasked) => {
                let reason = unasked.reason()?;
                let mut found = facts::nothing(reason, subject);
                found.extend(facts::declared::unread(reason, &client.wanted));
                return Ok(Observation::pulled(found));
            }
        };
        let (breadth, service, project) = tokio::join!(
            breadth::ask(client, version, request),
            client.service(version, request),
            client.project(version, request)
        );
        let mut found = match service {
            Ok(service) => facts::of(&service, &client.wanted, subject, request.now),
            Err(unasked) => facts::unread(unasked.reason()?, subject).into(),
        };
        found.push(breadth);
        let project = project.map(|it| facts::declared::facts(&it, &client.wanted));
        found.extend(project.unwrap_or_default());
        Ok(Observation::pulled(found))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let read = async {
            let version = self.client.version(request).await?;
            self.client.list(version, request).await?;
            Ok(version)
        };
        let version = read.await.map_err(Unasked::failure)?;
        let breadth = breadth::ask(&self.client, version, request).await;
        Ok(Observation::pulled(vec![breadth]))
    }
}

impl Unasked {
    /// Why facts are unknown; or the failure of a source that could not be asked at all.
    fn reason(self) -> Result<passport_evidence::Reason, CollectError> {
        match self {
            Self::TooOld => Err(CollectError::new(FailureCode::NotSupported)),
            Self::Read(error) => match error.failure() {
                Some(failure) => Err(failure),
                None => Ok(error.reason()),
            },
        }
    }

    fn failure(self) -> CollectError {
        let internal = |_| CollectError::new(FailureCode::Internal);
        self.reason().map_or_else(|failure| failure, internal)
    }
}
