//! Datadog: metrics, monitors, service level objectives and logs of one service.

mod answer;
mod ask;
mod breadth;
mod client;
mod detect;
mod metric;
mod normalize;
mod query;
mod scope;
mod search;
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
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode, MaxAge,
};

use client::Client;
use normalize::Seen;
use query::Query;
use scope::Tags;
use settings::Settings;

/// The kind.
pub struct Datadog;

struct Source {
    client: Client,
    queries: Vec<Query>,
    tags: Tags,
    max_age: MaxAge,
}

impl ConnectorKind for Datadog {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "datadog",
        display_name: "Datadog",
        category: Category::Observability,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "API key of the organization, and an application key of a service account with \
                     only the scopes that the queries need",
        evidence: "named metric queries, monitors, service level objectives and counts of log lines \
                   of one service, as old as what is behind them",
        minimum_scope: "at least two tags that every metric and log query must carry; monitors and \
                        objectives by id",
        avoid: "application keys without scopes, or of a person; all log indexes",
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
                "requests in a bucket or the window, or per second",
                None,
            ),
            FactDescriptor::new(
                "custom_metric",
                "another figure; its query's id is the item",
                None,
            ),
            FactDescriptor::new(
                "monitor_state",
                "state of a monitor or of its group",
                Some("= OK"),
            ),
            FactDescriptor::new(
                "service_health",
                "worst state of the monitors that are labelled as the scope",
                Some("= OK"),
            ),
            FactDescriptor::new(
                "slo_attainment",
                "good share over an objective's window",
                None,
            ),
            FactDescriptor::new(
                "error_budget_remaining",
                "share of an objective's error budget that is left",
                Some("> 0%"),
            ),
            FactDescriptor::new("error_log_count", "error lines in the window", None),
            FactDescriptor::new(
                "startup_failure_count",
                "lines that say that a start failed",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "rollback_marker_count",
                "lines that say that somebody rolled back",
                Some("= 0"),
            ),
        ],
        default_max_age_seconds: 600,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let tags = Tags::check(&settings.scope.tags, builder);
        let queries = tags
            .as_ref()
            .and_then(|tags| settings.queries(tags, builder));
        let client = Client::build(&settings, builder);
        let source = Source {
            client: client?,
            queries: queries?,
            tags: tags?,
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
        let asks = self.queries.iter().flat_map(Query::asks).cloned();
        let answers = self.client.ask(asks.collect(), request).await;
        normalize::failure(&self.queries, &answers)?;
        let seen = Seen {
            answers: &answers,
            tags: &self.tags,
            max_age: self.max_age,
            now: request.now,
        };
        let facts = self
            .queries
            .iter()
            .map(|query| normalize::fact(query, seen));
        Ok(Observation::pulled(facts.collect()))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let internal = || CollectError::new(FailureCode::Internal);
        let one = self.queries.first().map(Query::main).ok_or_else(internal)?;
        let breadth = breadth::ask(&self.client, one, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}
