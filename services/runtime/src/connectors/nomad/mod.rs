//! One job of a Nomad cluster: its deployment, and the allocations that it runs.

mod acl;
mod allocation;
mod checks;
mod client;
mod detect;
mod echo;
mod facts;
mod model;
mod scope;
mod services;
mod settings;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use http::HeaderName;
use passport_connector_sdk::{
    Auth, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    ReadError, detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode,
};

use acl::Asked;
use client::Client;
use settings::{Settings, Wanted};

/// Takes tokens of every kind ("HTTP API", ACLs).
const TOKEN: HeaderName = HeaderName::from_static("x-nomad-token");

/// The kind.
pub struct Nomad;

struct Source {
    client: Client,
    wanted: Wanted,
}

impl ConnectorKind for Nomad {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "nomad",
        display_name: "Nomad",
        category: Category::Runtime,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "ACL token with a policy of `list-jobs` and `read-job` in the one namespace",
        evidence: "deployment, available allocations, health of tasks, restarts and image digest \
                   of one job",
        minimum_scope: "one job of one namespace",
        avoid: "management tokens; policies for every namespace, or that may submit, scale, \
                execute, or read logs, files or variables; clusters without ACLs",
        facts: &[
            FactDescriptor::new(
                "rollout_condition",
                "how the deployment of the job's current version is",
                None,
            ),
            FactDescriptor::new(
                "available_replicas",
                "allocations that run and are well, of those that are wanted",
                Some(">= 1"),
            ),
            FactDescriptor::new(
                "container_health",
                "the worst task of the allocations that should run",
                None,
            ),
            FactDescriptor::new(
                "recent_restarts",
                "restarts of tasks and reschedules within the window",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "image_digest",
                "digest of the image that the job asks for",
                None,
            ),
        ],
        default_max_age_seconds: 120,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let token = builder.secret(&settings.credential);
        let provider = builder.client(&settings.endpoint, Auth::Header(TOKEN, token));
        let max_age = builder.max_age()?;
        let client = Client {
            provider: provider?,
            scope: settings.scope,
            // A server that has not heard from the leader for longer may know nothing of a release.
            longest_silence: max_age.as_delta() / 2,
        };
        Some(Box::new(Source {
            client,
            wanted: wanted?,
        }))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let (wanted, subject) = (&self.wanted, request.subject.as_ref());
        let read = self.client.snapshot(request).await;
        if let Err(error) = &read
            && *error != ReadError::NotFound
        {
            return match error.failure() {
                Some(failure) => Err(failure),
                None => Ok(Observation::pulled(facts::nothing(error.reason(), subject))),
            };
        }
        let asked = acl::ask(&self.client, request).await;
        let asked = asked.unwrap_or_else(|_| Asked::untold(request.now));
        let mut found = match read {
            Ok(snapshot) => facts::of(&snapshot, wanted, subject, request.now),
            Err(error) => match self.absent_since(request, &asked).await {
                Some(at) => facts::absent(wanted, subject, at),
                None => return Err(failed(error)),
            },
        };
        found.push(asked.fact);
        Ok(Observation::pulled(found))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let read = self.client.job(request).await;
        let asked = acl::ask(&self.client, request).await.map_err(failed)?;
        match read {
            Ok(_) => {}
            Err(ReadError::NotFound) if self.absent_since(request, &asked).await.is_some() => {}
            Err(error) => return Err(failed(error)),
        }
        Ok(Observation::pulled(vec![asked.fact]))
    }
}

// === impl Source ===

impl Source {
    /// When it was that a Nomad said that there is no such job. Whatever knows nothing at all says 404
    /// too, and is no Nomad.
    async fn absent_since(
        &self,
        request: &CollectRequest,
        asked: &Asked,
    ) -> Option<chrono::DateTime<chrono::Utc>> {
        let said = self.client.says_absent(request).await.ok().flatten();
        said.or_else(|| asked.fact.observed_at().filter(|_| asked.is_answered))
    }
}

fn failed(error: ReadError) -> CollectError {
    let internal = || CollectError::new(FailureCode::Internal);
    error.failure().unwrap_or_else(internal)
}
