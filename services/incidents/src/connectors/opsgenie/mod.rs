//! Open alerts of one service in Opsgenie, or in Jira Service Management, which succeeds it.

mod client;
mod detect;
mod facts;
mod model;
mod names;
mod pages;
mod priority;
mod pull;
mod settings;
mod wanted;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    credential_scope::Breadth, detect::Detect,
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FactDescriptor};

use client::Client;
use settings::Settings;
use wanted::Wanted;

/// The kind.
pub struct Opsgenie;

struct Source {
    wanted: Wanted,
    client: Client,
}

impl ConnectorKind for Opsgenie {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "opsgenie",
        display_name: "Opsgenie",
        category: Category::Incidents,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "key of a team's API integration with read access only; with Jira Service \
                     Management an address and its API token",
        evidence: "open and snoozed alerts by priority, open incidents of the service, \
                   maintenance; the end of Opsgenie",
        minimum_scope: "one tag, or one team",
        avoid: "keys with configuration access, or of an account instead of a team's integration",
        facts: &[
            FactDescriptor::new(
                "active_alert_count",
                "open alerts; the item is their priority",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "active_incident_count",
                "open incidents of the service",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "snoozed_alert_count",
                "open alerts that are silent for a while",
                Some("<= 0"),
            ),
            FactDescriptor::new("maintenance_window", "whether a maintenance is on", None),
            FactDescriptor::new(
                "connector_deprecation",
                "the day on which Opsgenie ends",
                None,
            ),
        ],
        default_max_age_seconds: 120,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let auth = settings.auth(builder);
        let provider = builder.client(settings.endpoint(), auth?)?;
        Some(Box::new(Source {
            wanted: wanted?,
            client: Client {
                provider: provider.refused_in(client::refused),
            },
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
        let facts = match pull::ask(&self.client, &self.wanted, request).await? {
            Err(reason) => facts::nothing(&self.wanted, reason, request.now),
            Ok(found) => {
                let mut facts = facts::of(&found, &self.wanted, request.now);
                facts.extend(found.breadth.map(|it| it.fact(request.now)));
                facts
            }
        };
        Ok(Observation::pulled(facts))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        if let Err(error) = self.client.alerts(&self.wanted, request).await {
            let _ = pull::not_asked::<()>(error, &self.wanted)?;
        }
        let breadth = pull::breadth(&self.client, &self.wanted, request).await?;
        let breadth = breadth.unwrap_or(Breadth::Unverifiable);
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}
