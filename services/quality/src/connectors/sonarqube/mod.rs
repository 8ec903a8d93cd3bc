//! The quality gate of one branch or pull request in SonarQube Server, Community Build or Cloud.

mod breadth;
mod choose;
mod client;
mod conditions;
mod detect;
mod doubts;
mod facts;
mod measures;
mod model;
mod number;
mod pull;
mod settings;
mod states;
mod tasks;
mod webhook;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::TimeDelta;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, Rejected, detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, MaxAge,
};

use choose::Revision;
use client::Client;
use pull::Found;
use settings::{Measures, Settings};
use webhook::Inbox;

/// The kind.
pub struct Sonarqube;

struct Source {
    client: Client,
    measures: Measures,
    /// `None`: no webhooks are taken.
    inbox: Option<Inbox>,
}

/// A webhook that comes again is known as the same for at least so long.
const KNOWN_AT_LEAST: TimeDelta = TimeDelta::days(7);
/// How long an analysis may be relied on to be under way, in seconds.
const UNDER_WAY: u64 = 120;
/// How long a gate may be relied on to be a branch's newest, in seconds.
const IS_NEWEST: u64 = 86_400;

impl ConnectorKind for Sonarqube {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "sonarqube",
        display_name: "SonarQube",
        category: Category::Quality,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Ingest, Capability::Detect],
        credential: "a token of a user who may browse the one project; the secret of a webhook",
        evidence: "the quality gate of the commit's analysis, its conditions and chosen measures",
        minimum_scope: "one branch or pull request of one project",
        avoid: "tokens of administrators; global analysis tokens",
        facts: &[
            FactDescriptor::new(
                "quality_gate",
                "the gate of the judged analysis",
                Some("= OK"),
            ),
            FactDescriptor::new(
                "gate_condition",
                "a condition of that gate; the item is its metric",
                None,
            ),
            FactDescriptor::new(
                "ignored_conditions",
                "whether coverage and duplication were left out, as little code changed",
                Some("= false"),
            ),
            FactDescriptor::new(
                "analysis_task",
                "the newest analysis task of the branch",
                Some("= SUCCESS"),
            ),
            FactDescriptor::new("analysis_revision", "commit of the judged analysis", None),
            FactDescriptor::new("measure", "a chosen measure; the item is its metric", None),
        ],
        default_max_age_seconds: 604_800,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let scope = settings.scope(builder);
        let measures = settings.measures(builder);
        let secrets = settings.signing(builder);
        let auth = settings.auth(builder);
        let provider = builder.client(&settings.endpoint, auth);
        let max_age = builder.max_age()?;
        let (scope, provider) = (scope?, provider?);
        let inbox = secrets?.map(|secrets| Inbox {
            project_key: scope.project_key.clone(),
            secrets,
            keep_for: (max_age.as_delta() * 2).max(KNOWN_AT_LEAST),
        });
        Some(Box::new(Source {
            client: Client { provider, scope },
            measures: measures?,
            inbox,
        }))
    }
}

/// How long the evidence may be relied on, where that is less than the source says.
fn lasts(found: &Found, revision: &Revision) -> Option<MaxAge> {
    match (facts::is_queued(found), revision) {
        (true, _) => MaxAge::from_secs(UNDER_WAY),
        (false, Revision::None) => MaxAge::from_secs(IS_NEWEST),
        (false, Revision::Commit(_) | Revision::Unusable) => None,
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let revision = Revision::of(request.subject.as_ref());
        let found = pull::ask(&self.client, &self.measures, &revision, request).await?;
        let facts = facts::of(&found, &self.measures, &revision, request.now);
        Ok(Observation::pulled(facts).lasting(lasts(&found, &revision)))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = breadth::ask(&self.client, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match &self.inbox {
            Some(inbox) => inbox.accept(delivery),
            None => Err(Rejected::not_supported()),
        }
    }
}
