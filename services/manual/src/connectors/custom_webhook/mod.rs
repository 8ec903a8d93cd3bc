//! A customer's own system: a health endpoint that is polled, or signed evidence that it sends.

mod inbound;
mod poll;
mod settings;

use async_trait::async_trait;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, Rejected, credential_scope::Breadth,
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FactDescriptor};

use inbound::Inbound;
use poll::Poll;
use settings::{Mode, Settings};

/// The kind.
pub struct CustomWebhook;

/// How a source comes to know.
enum Source {
    /// It asks an endpoint.
    Polled(Box<Poll>),
    /// It takes what is sent.
    Sent(Inbound),
}

impl ConnectorKind for CustomWebhook {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "custom-webhook",
        display_name: "Custom webhook",
        category: Category::Custom,
        status: ConnectorStatus::EvidenceIngest,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Ingest],
        credential: "for what is sent a signing secret of this source alone; for a polled endpoint \
                     nothing, or a header of its own",
        evidence: "what a health endpoint says of itself and numbers in its answer, or facts that \
                   the customer's own system states and signs",
        minimum_scope: "one endpoint, or the names of the facts that may be sent",
        avoid: "one signing secret for several sources; an endpoint that answers 200 whatever \
                happens; a status without a body",
        // Beside these stand the facts that a source's own configuration names.
        facts: &[
            FactDescriptor::new("endpoint_health", "What the endpoint says of itself", None),
            FactDescriptor::new("endpoint_latency", "How long its answer took", None),
        ],
        default_max_age_seconds: settings::LONGEST_LIFE.as_secs(),
    };

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let is_clear = !settings.says_too_much(builder);
        let source = match settings.mode {
            Mode::Pull => Poll::build(&settings, builder).map(|it| Source::Polled(Box::new(it))),
            Mode::Ingest => Inbound::build(&settings, builder).map(Source::Sent),
        };
        Some(Box::new(source.filter(|_| is_clear)?))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        match self {
            Self::Polled(poll) => {
                let mut facts = poll.facts(request).await?;
                facts.push(poll.breadth().fact(request.now));
                Ok(Observation::declared(facts).lasting(poll.lasts()))
            }
            Self::Sent(inbound) => {
                let mut observation = inbound.observation(kept, request.now);
                let breadth = Breadth::NoneSent.fact(request.now);
                observation.facts.push(breadth);
                Ok(observation)
            }
        }
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = match self {
            Self::Polled(poll) => {
                poll.facts(request).await?;
                poll.breadth()
            }
            Self::Sent(_) => Breadth::NoneSent,
        };
        Ok(Observation::declared(vec![breadth.fact(request.now)]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        match self {
            Self::Polled(_) => Err(Rejected::not_supported()),
            Self::Sent(inbound) => inbound.accept(delivery),
        }
    }
}

#[cfg(test)]
mod tests;
