//! Feature flags of one environment of one LaunchDarkly project.

mod breadth;
mod client;
mod collect;
mod detect;
mod facts;
mod flag;
mod lists;
mod settings;
mod wanted;

#[cfg(test)]
mod tests;

use std::time::Duration;

use async_trait::async_trait;
use http::{StatusCode, header::AUTHORIZATION};
use passport_connector_sdk::{
    Auth, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    ReadError, detect::Detect, provider::Refusal,
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FactDescriptor};

use client::Client;
use settings::Settings;
use wanted::Wanted;

/// How long the windows of LaunchDarkly's rate limits are ("Rate limiting").
const WINDOW: Duration = Duration::from_secs(10);

/// The kind.
pub struct LaunchDarkly;

struct Source {
    client: Client,
    wanted: Wanted,
}

impl ConnectorKind for LaunchDarkly {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "launchdarkly",
        display_name: "LaunchDarkly",
        category: Category::Rollout,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "service token with an inline role that allows `viewProject` on the one project",
        evidence: "what flags serve, to how many, whether they are evaluated, guarded rollouts, \
                   open approvals and scheduled changes",
        minimum_scope: "one flag, or up to 20, of one environment of one project",
        avoid: "tokens of persons; the roles reader, writer, admin and owner; roles for every \
                project; SDK and mobile keys",
        facts: &[
            FactDescriptor::new(
                "flag_targeting",
                "what the default audience gets; the item is the flag, where several are named",
                None,
            ),
            FactDescriptor::new(
                "flag_rollout_percentage",
                "share of the audience that gets what is expected",
                Some(">= 100%"),
            ),
            FactDescriptor::new(
                "flag_evaluation_status",
                "whether the flag is evaluated",
                None,
            ),
            FactDescriptor::new("guarded_rollout", "how a guarded rollout went", None),
            FactDescriptor::new("pending_approvals", "open approval requests", Some("= 0")),
            FactDescriptor::new(
                "scheduled_changes",
                "changes that are due within the window",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "flag_changed",
                "whether the flag was changed within the time that the source names",
                None,
            ),
            FactDescriptor::new(
                "approval_required",
                "whether changes of flags need an approval in the environment",
                None,
            ),
        ],
        default_max_age_seconds: 300,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        // The token is the whole header, without a scheme before it.
        let auth = Auth::Header(AUTHORIZATION, builder.secret(&settings.credential));
        let provider = builder.client(&settings.endpoint, auth);
        let client = Client {
            provider: provider?.patient(WINDOW).refused_in(conflict),
            project: settings.scope.project,
            environment: settings.scope.environment,
        };
        Some(Box::new(Source {
            client,
            wanted: wanted?,
        }))
    }
}

/// A read that met a change is to be sent again ("Errors").
fn conflict(refusal: &Refusal<'_>) -> Option<ReadError> {
    (refusal.status() == StatusCode::CONFLICT).then_some(ReadError::Unreachable)
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let facts = collect::collect(&self.client, &self.wanted, request).await?;
        Ok(Observation::pulled(facts))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let fact = collect::check(&self.client, &self.wanted, request).await?;
        Ok(Observation::pulled(vec![fact]))
    }
}
