//! One service of Amazon ECS: its rollout, and the tasks that it runs.

mod breadth;
mod client;
mod detect;
mod expected;
mod facts;
mod model;
mod scope;
mod settings;
mod snapshot;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_aws_api::{Answer, Api, Asking, CredentialSettings, Identity, Sts};
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation, ReadError,
    detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode,
};

use client::Client;
use settings::Settings;

/// The kind.
pub struct Ecs;

struct Source {
    client: Client,
}

impl ConnectorKind for Ecs {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "ecs",
        display_name: "Amazon ECS",
        category: Category::Runtime,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "role that may describe the one service, its deployments and its tasks, by a web \
                     identity's token or temporary keys",
        evidence: "rollout, task definition, running tasks, container health, stopped tasks and \
                   image digest of one service",
        minimum_scope: "one service of one cluster, in one region of one account",
        avoid: "keys of the account itself or of a user; policies with ecs:* or on all resources; \
                ecs:DescribeTaskDefinition, which gives away environments",
        facts: &[
            FactDescriptor::new("rollout_condition", "how far the rollout is", None),
            FactDescriptor::new(
                "task_definition",
                "family and revision that shall serve",
                None,
            ),
            FactDescriptor::new(
                "available_replicas",
                "tasks that run, of those that are wanted",
                Some(">= 1"),
            ),
            FactDescriptor::new("container_health", "health of the worst task", None),
            FactDescriptor::new(
                "recent_restarts",
                "tasks that failed within the window",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "task_stop_reason",
                "why tasks stopped within the window, in ECS' words",
                None,
            ),
            FactDescriptor::new("image_digest", "digest of the image that runs", None),
        ],
        default_max_age_seconds: 120,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let credential = CredentialSettings::credential(settings.credential.as_ref(), builder);
        let wanted = settings.wanted(credential.as_ref(), builder);
        let (wanted, credential) = (wanted?, credential?);
        let region = &wanted.scope.region;
        let at = ("endpoint", settings.endpoint.as_deref());
        let api = Api::build(client::SERVICE, region, at, &credential, builder);
        let at = ("sts_endpoint", settings.sts_endpoint.as_deref());
        let sts = Sts::build(region, at, &credential, builder);
        let client = Client {
            api: api?,
            sts: sts?,
            credential,
            wanted,
            first_wait: builder.first_wait(),
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
        match self.read(request).await {
            Ok(observation) => Ok(observation),
            Err(Ended::OutOfScope) => Err(CollectError::new(FailureCode::OutOfScope)),
            Err(Ended::Read(error)) => match error.failure() {
                Some(failure) => Err(failure),
                None => {
                    let (wanted, subject) = (&self.client.wanted, request.subject.as_ref());
                    let found = facts::nothing(error.reason(), wanted, subject);
                    Ok(Observation::pulled(found))
                }
            },
        }
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let checked = async {
            let keys = self.client.keys(request).await?;
            let asking = Asking {
                keys: &keys,
                request,
            };
            let identity = self.identity(asking).await?;
            self.client.service(asking).await?;
            Ok(breadth::ask(&self.client, &identity, asking).await)
        };
        match checked.await {
            Ok(fact) => Ok(Observation::pulled(vec![fact])),
            Err(Ended::OutOfScope) => Err(CollectError::new(FailureCode::OutOfScope)),
            Err(Ended::Read(error)) => {
                let internal = || CollectError::new(FailureCode::Internal);
                Err(error.failure().unwrap_or_else(internal))
            }
        }
    }
}

/// Why a source ended before its service was read.
enum Ended {
    /// Its main reads failed.
    Read(ReadError),
    /// The credential is another's.
    OutOfScope,
}

impl From<ReadError> for Ended {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}

impl Source {
    async fn read(&self, request: &CollectRequest) -> Result<Observation, Ended> {
        let keys = self.client.keys(request).await?;
        let asking = Asking {
            keys: &keys,
            request,
        };
        let identity = self.identity(asking).await?;
        let (read, breadth) = futures::join!(
            self.client.snapshot(asking),
            breadth::ask(&self.client, &identity, asking),
        );
        let (wanted, subject) = (&self.client.wanted, request.subject.as_ref());
        let mut found = match read {
            Ok(snapshot) => facts::of(&snapshot, wanted, subject, request.now),
            Err(error) if error.failure().is_some() => return Err(error.into()),
            Err(error) => facts::of_service(error.reason(), wanted, subject),
        };
        found.push(breadth);
        Ok(Observation::pulled(found))
    }

    /// Who asks: of the account that was named, and in the role.
    async fn identity(&self, asking: Asking<'_>) -> Result<Answer<Identity>, Ended> {
        let identity = self.client.sts.identity(asking).await?;
        match self.client.wanted.is_of_scope(&identity.found) {
            true => Ok(identity),
            false => Err(Ended::OutOfScope),
        }
    }
}
