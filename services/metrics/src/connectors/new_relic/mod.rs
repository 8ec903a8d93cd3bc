//! New Relic: events, health and open issues of one service, from NerdGraph.

mod answer;
mod breadth;
mod client;
mod detect;
mod normalize;
mod nrql;
mod query;
mod scope;
mod settings;
mod states;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, MaxAge,
};

use client::Client;
use normalize::Seen;
use query::Query;
use scope::Attributes;
use settings::Settings;

/// The kind.
pub struct NewRelic;

struct Source {
    client: Client,
    queries: Vec<Query>,
    scope: Attributes,
    max_age: MaxAge,
}

impl ConnectorKind for NewRelic {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "new-relic",
        display_name: "New Relic",
        category: Category::Observability,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "user key of a user who may only read, and only one account",
        evidence: "named NRQL queries, health and open issues of one entity, as old as what is \
                   behind them",
        minimum_scope: "one account, and at least two attributes that every query must match by \
                        equality; health and issues of one entity",
        avoid: "keys of persons, who see other accounts and may change things; license and ingest keys",
        facts: &[
            FactDescriptor::new("error_rate", "failed share of requests", Some("< 1%")),
            FactDescriptor::new("availability", "good share of requests", Some(">= 99.9%")),
            FactDescriptor::new(
                "saturation",
                "used share of a limit or budget",
                Some("< 80%"),
            ),
            FactDescriptor::new("p50_latency", "median duration", None),
            FactDescriptor::new(
                "p95_latency",
                "95th percentile of duration",
                Some("< 500ms"),
            ),
            FactDescriptor::new("p99_latency", "99th percentile of duration", Some("< 1s")),
            FactDescriptor::new("apdex", "how satisfied users are with the duration", None),
            FactDescriptor::new(
                "request_volume",
                "requests in the window, or per second",
                None,
            ),
            FactDescriptor::new(
                "custom_metric",
                "another figure; its query's id is the item",
                None,
            ),
            FactDescriptor::new(
                "apm_health",
                "the worst of what is open on the entity",
                Some("= NOT_ALERTING"),
            ),
            FactDescriptor::new(
                "active_alert_issues",
                "open issues of the entity",
                Some("= 0"),
            ),
        ],
        default_max_age_seconds: 300,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let scope = Attributes::check(&settings.scope.attributes, builder);
        let queries = scope
            .as_ref()
            .and_then(|scope| settings.queries(scope, builder));
        let client = Client::build(&settings, builder);
        let source = Source {
            client: client?,
            queries: queries?,
            scope: scope?,
            max_age: builder.max_age()?,
        };
        Some(Box::new(source))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        _: &Kept,
    ) -> Result<Observation, CollectError> {
        let asks = self.queries.iter().flat_map(Query::asks).collect();
        let answers = self.client.ask(asks, request).await;
        let seen = Seen {
            answers: &answers,
            scope: &self.scope,
            account: self.client.account,
            entity: self.client.entity.as_deref(),
            max_age: self.max_age,
            now: request.now,
        };
        normalize::failure(&self.queries, seen)?;
        let facts = self
            .queries
            .iter()
            .map(|query| normalize::fact(query, seen));
        Ok(Observation::pulled(facts.collect()))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = breadth::ask(&self.client, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}
