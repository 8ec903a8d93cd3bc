//! What persons state: waivers, attestations, emergency approvals and scans from outside. Visible as
//! such everywhere, and never an automatic fact.

mod accept;
mod actor;
mod choose;
mod judge;
mod kept;
mod kind;
mod rate;
mod record;
mod settings;

use async_trait::async_trait;
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, Rejected, credential_scope::Breadth,
};
use passport_evidence::{Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, Scope};

use accept::Acceptor;
use actor::Actors;
use kept::Statement;
use settings::{Rules, Settings};

/// The kind.
pub struct ManualEvidence;

struct Source {
    rules: Rules,
    scope: Scope,
    actors: Actors,
}

impl ConnectorKind for ManualEvidence {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "manual-evidence",
        display_name: "Manual evidence",
        category: Category::Custom,
        status: ConnectorStatus::ManualConnector,
        promotion: None,
        capabilities: &[Capability::Ingest],
        credential: "none; a person shows a token of ours, and a second person confirms",
        evidence: "waivers, attestations, emergency approvals and scans from outside, each with \
                   reason, persons and end, beside the facts that they speak about",
        minimum_scope: "the facts that persons may speak about; each record names one release",
        avoid: "grants over every service; a waiver where a setting is wrong; the same waiver again",
        facts: &[
            FactDescriptor::new(
                "manual_waiver",
                "A failed or missing fact is accepted for a time; never passed",
                None,
            ),
            FactDescriptor::new(
                "manual_attestation",
                "A person vouches for a fact; passed with a second person and a digest",
                None,
            ),
            FactDescriptor::new(
                "manual_external_scan",
                "A scan that was made elsewhere; passed with a second person and a digest",
                None,
            ),
            FactDescriptor::new(
                "manual_emergency_approval",
                "A release in an emergency was agreed to; never passed",
                None,
            ),
            FactDescriptor::new(
                "manual_evidence_rate",
                "There are many waivers, or one follows another; only there where it is so",
                Some("<= 3"),
            ),
        ],
        default_max_age_seconds: settings::LONGEST_LIFE.as_secs(),
    };

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let rules = settings.check(builder);
        let actors = Actors::build(settings.actor_key.as_ref(), builder);
        builder.keeps_apart("actor_key");
        let source = Source {
            rules: rules?,
            scope: builder.scope().clone(),
            actors: actors?,
        };
        Some(Box::new(source))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        let statements = Statement::all(&kept.records);
        let judged = judge::judge(&statements, &self.rules, request);
        let mut facts = judged.facts;
        if statements.iter().any(|it| it.is_of_every_service) {
            facts.push(Breadth::Broad.fact(request.now));
        }
        Ok(Observation::declared(facts).lasting(judged.lasts))
    }

    /// Nobody is asked. How far persons' grants reach shows only when they state something.
    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = Breadth::NoneSent.fact(request.now);
        Ok(Observation::declared(vec![breadth]))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        let acceptor = Acceptor {
            rules: &self.rules,
            scope: &self.scope,
            actors: &self.actors,
        };
        acceptor.accept(delivery)
    }
}

#[cfg(test)]
mod tests;
