//! The issue of a release in Linear, what blocks it, and how much of a release is still to be done.

mod breadth;
mod client;
mod detect;
mod facts;
mod fault;
mod model;
mod names;
mod pull;
mod settings;
mod wanted;
mod webhook;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::TimeDelta;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, Rejected, credential_scope::Breadth, detect::Detect,
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FactDescriptor};

use client::Client;
use settings::Settings;
use wanted::Wanted;
use webhook::Inbox;

/// Linear delivers again for some hours.
const KNOWN_AT_LEAST: TimeDelta = TimeDelta::hours(24);

/// The kind.
pub struct Linear;

struct Source {
    wanted: Wanted,
    client: Client,
    /// `None`: no webhook is taken.
    inbox: Option<Inbox>,
}

impl ConnectorKind for Linear {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "linear",
        display_name: "Linear",
        category: Category::WorkItem,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Ingest, Capability::Detect],
        credential: "API key that only reads, of one team; or OAuth token with the scope `read`; \
                     the secret of a webhook",
        evidence: "the linked issue, its state, who approved it by label or state, open blockers, \
                   open issues of the release",
        minimum_scope: "one issue, or one release, of one team",
        avoid: "keys with full access, of administrators, or of several teams",
        facts: &[
            FactDescriptor::new("linked_ticket", "the issue is there, in its team", None),
            FactDescriptor::new("issue_state", "type of the issue's state", None),
            FactDescriptor::new(
                "release_approval",
                "whether a person who may has set the label or state that means it",
                None,
            ),
            FactDescriptor::new(
                "blocking_issue_count",
                "open issues that block this one",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "release_scope_open_count",
                "open issues of the release; only where a release is named",
                Some("<= 0"),
            ),
        ],
        default_max_age_seconds: 600,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let secrets = settings.signing(builder);
        let auth = settings.auth(builder);
        let provider = builder.client(&settings.endpoint, auth);
        let max_age = builder.max_age()?;
        let (wanted, secrets, provider) = (wanted?, secrets?, provider?);
        let inbox = secrets.map(|secrets| Inbox {
            team: wanted.team.clone(),
            secrets,
            keep_for: (max_age.as_delta() * 2).max(KNOWN_AT_LEAST),
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
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let all = pull::ask(&self.client, &self.wanted, request).await?;
        let mut facts = facts::of(&all, &self.wanted);
        facts.extend(all.breadth.map(|it| it.fact(request.now)));
        Ok(Observation::pulled(facts))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let all = pull::ask(&self.client, &self.wanted, request).await?;
        let breadth = all.breadth.unwrap_or(Breadth::Unverifiable);
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match &self.inbox {
            Some(inbox) => inbox.accept(delivery),
            None => Err(Rejected::not_supported()),
        }
    }
}
