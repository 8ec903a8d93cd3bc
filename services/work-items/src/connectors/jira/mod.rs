//! The ticket of a release in Jira, and whether it was approved, in the cloud and in a data center.

mod breadth;
mod client;
mod detect;
mod facts;
mod jql;
mod model;
mod names;
mod pull;
mod settings;
mod wanted;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    detect::Detect,
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FactDescriptor};

use client::Client;
use settings::Settings;
use wanted::Wanted;

/// The kind.
pub struct Jira;

struct Source {
    wanted: Wanted,
    client: Client,
}

impl ConnectorKind for Jira {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "jira",
        display_name: "Jira",
        category: Category::WorkItem,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "address and API token of an account that only browses the projects; in a data \
                     center its personal access token",
        evidence: "the linked ticket, its approval, who approved against who asked, the change \
                   window, open blockers, the release that it names",
        minimum_scope: "one ticket, or the tickets of one version or label in listed projects",
        avoid: "accounts that edit issues, administer projects or see every project",
        facts: &[
            FactDescriptor::new(
                "linked_ticket",
                "the ticket is there, in an allowed project and of the wanted type",
                None,
            ),
            FactDescriptor::new(
                "change_approval",
                "id of the ticket's status or option, or the decision of its last round",
                None,
            ),
            FactDescriptor::new(
                "approver_state",
                "persons who approved in the last round; only with approvals of service management",
                Some(">= 1"),
            ),
            FactDescriptor::new(
                "separation_of_duties",
                "whether nobody approved what they asked for themselves",
                None,
            ),
            FactDescriptor::new("change_window", "planned start and end of the change", None),
            FactDescriptor::new(
                "blocking_issue_count",
                "open tickets that block this one",
                Some("<= 0"),
            ),
            FactDescriptor::new(
                "ticket_release_match",
                "whether the ticket names the version that is released",
                None,
            ),
        ],
        default_max_age_seconds: 300,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let wanted = settings.wanted(builder);
        let auth = settings.auth(builder);
        let provider = builder.client(&settings.endpoint, auth?)?;
        let wanted = wanted?;
        Some(Box::new(Source {
            client: Client {
                provider,
                deployment: wanted.deployment,
            },
            wanted,
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
        let found = match pull::ask(&self.client, &self.wanted, request).await? {
            Ok(found) => found,
            Err(nothing) => {
                let facts = facts::nothing(&self.wanted, nothing.reason).into_iter();
                let facts = facts.map(|it| it.observed(nothing.at)).collect();
                return Ok(Observation::pulled(facts));
            }
        };
        let subject = request.subject.as_ref();
        let facts = facts::of(&found, &self.wanted, subject, request.now);
        let lasts = facts::lasts(&found, &self.wanted, request.now);
        Ok(Observation::pulled(facts).lasting(lasts))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        // Without a subject, a search for its version can't be made; who asks is known all the same.
        let _ = pull::ask(&self.client, &self.wanted, request).await?;
        let breadth = breadth::ask(&self.client, &self.wanted, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}
