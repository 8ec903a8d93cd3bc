//! Active incidents of a few PagerDuty services.

mod breadth;
mod client;
mod detect;
mod facts;
mod model;
mod news;
mod pull;
mod settings;
mod webhook;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, Rejected, credential_scope::Breadth, detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode,
};

use client::Client;
use pull::Asked;
use settings::{Settings, Wanted};
use webhook::Inbox;

/// The kind.
pub struct Pagerduty;

struct Source {
    wanted: Wanted,
    client: Client,
    /// `None`: no webhook is taken.
    inbox: Option<Inbox>,
}

impl ConnectorKind for Pagerduty {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "pagerduty",
        display_name: "PagerDuty",
        category: Category::Incidents,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Ingest, Capability::Detect],
        credential: "read-only REST API key, or a token of OAuth with `incidents.read`, \
                     `services.read` and `priorities.read`; the secret of a V3 webhook",
        evidence: "active and snoozed incidents of the services, their urgency and priority, \
                   state and maintenance of each service",
        minimum_scope: "1 to 20 services by their ids",
        avoid: "keys with full access, and keys of users who may change things",
        facts: &[
            FactDescriptor::new(
                "active_incident_count",
                "incidents that are triggered or acknowledged",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "highest_active_urgency",
                "urgency of the most urgent active incident",
                None,
            ),
            FactDescriptor::new(
                "highest_active_priority",
                "priority of the most severe active incident",
                None,
            ),
            FactDescriptor::new(
                "snoozed_incident_count",
                "acknowledged incidents that will come back by themselves",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "service_status",
                "state of a service; the item is its id",
                None,
            ),
            FactDescriptor::new(
                "maintenance_window",
                "whether a service is in maintenance; the item is its id",
                None,
            ),
            FactDescriptor::new(
                "oldest_active_incident_age",
                "age of the oldest active incident",
                Some("<= 24h"),
            ),
        ],
        default_max_age_seconds: 120,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let secrets = settings.signing(builder);
        let auth = settings.credential.auth(builder);
        let provider = builder.client(&settings.endpoint, auth);
        let max_age = builder.max_age()?;
        let (wanted, secrets, provider) = (wanted?, secrets?, provider?);
        let inbox = secrets.map(|secrets| Inbox {
            services: wanted.services.clone(),
            secrets,
            max_age: max_age.as_delta(),
        });
        Some(Box::new(Source {
            wanted,
            client: Client {
                provider: provider.refused_in(client::refused),
            },
            inbox,
        }))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        let mut facts = match pull::ask(&self.client, &self.wanted, request).await? {
            Asked::Nothing(reason) => facts::nothing(&self.wanted, reason),
            Asked::Found(found) => {
                let shown = facts::of(&found, &self.wanted, request.now);
                match news::with(&found, news::open(kept, request.now)) {
                    None => shown,
                    Some(told) => {
                        let told = facts::of(&told, &self.wanted, request.now);
                        news::worse(shown, told)
                    }
                }
            }
        };
        let breadth = breadth::ask(&self.client, request).await?;
        facts.extend(breadth.map(|it| it.fact(request.now)));
        Ok(Observation::pulled(facts))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        for id in &self.wanted.services {
            let read = self.client.service(id, request).await;
            let internal = || CollectError::new(FailureCode::Internal);
            read.map_err(|error| error.failure().unwrap_or_else(internal))?;
        }
        let breadth = breadth::ask(&self.client, request).await?;
        let breadth = breadth.unwrap_or(Breadth::Unverifiable);
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match &self.inbox {
            Some(inbox) => inbox.accept(delivery),
            None => Err(Rejected::not_supported()),
        }
    }
}
