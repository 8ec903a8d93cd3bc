//! Prometheus and what speaks its query API: Thanos, Mimir, VictoriaMetrics.

mod answer;
mod baseline;
mod check;
mod client;
mod detect;
mod exemplar;
mod normalize;
mod query;
mod range;
mod release;
mod settings;
mod template;

use async_trait::async_trait;
use futures::future::join_all;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, Fact, FactDescriptor, MaxAge,
};

use client::Client;
use normalize::Seen;
use query::Query;
use settings::Settings;

/// The kind.
pub struct Prometheus;

struct Source {
    client: Client,
    queries: Vec<Query>,
    max_age: MaxAge,
}

impl ConnectorKind for Prometheus {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "prometheus",
        display_name: "Prometheus",
        category: Category::Metrics,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "none, bearer token, basic or client certificate of a read-only proxy or tenant",
        evidence: "named PromQL queries judged against thresholds, as old as their newest sample",
        minimum_scope: "one set of equality labels that every selector of every query must carry",
        avoid: "a bare server that shows every team's series; tenants joined with `|`; patterns in \
                label values",
        facts: &[
            FactDescriptor::new("error_rate", "failed share of requests", Some("< 1%")),
            FactDescriptor::new("availability", "good share of requests", Some(">= 99.9%")),
            FactDescriptor::new("p50_latency", "median duration", None),
            FactDescriptor::new(
                "p95_latency",
                "95th percentile of duration",
                Some("< 500ms"),
            ),
            FactDescriptor::new("p99_latency", "99th percentile of duration", Some("< 1s")),
            FactDescriptor::new(
                "saturation",
                "used share of a limit or budget",
                Some("< 80%"),
            ),
            FactDescriptor::new(
                "request_volume",
                "requests in the window, or per second",
                None,
            ),
            FactDescriptor::new("http_5xx_count", "server errors in the window", None),
            FactDescriptor::new(
                "scrape_targets_down",
                "targets whose scrape fails",
                Some("= 0"),
            ),
            FactDescriptor::new(
                "custom_metric",
                "another figure; its query's id is the item",
                None,
            ),
        ],
        default_max_age_seconds: 300,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let labels = settings.scope.check(builder);
        let queries = labels
            .as_ref()
            .and_then(|labels| settings.queries(labels, builder));
        let client = Client::build(&settings, builder);
        let source = Source {
            client: client?,
            queries: queries?,
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
        normalize::failure(&self.queries, &answers)?;
        let seen = Seen {
            answers: &answers,
            labels: &self.client.labels,
            max_age: self.max_age,
            now: request.now,
            release: request
                .subject
                .as_ref()
                .and_then(|it| it.version.as_deref()),
        };
        let facts = self.queries.iter().map(async |query| {
            let fact = normalize::fact(query, seen);
            self.linked(query, fact, request).await
        });
        Ok(Observation::pulled(join_all(facts).await))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = check::breadth(&self.client, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}

impl Source {
    /// With a link to a trace, if there is one. A fact without a number has no measurement to look at, and
    /// one whose traces can't be read is what it is.
    async fn linked(&self, query: &Query, fact: Fact, request: &CollectRequest) -> Fact {
        let (Some(link), Some(_)) = (&query.link, fact.value()) else {
            return fact;
        };
        let told = self.client.exemplars(query.main.text(), request).await;
        let page = told.ok().and_then(|it| link.of(&it, &self.client.labels));
        match page {
            Some(page) => fact.linked(page),
            None => fact,
        }
    }
}

#[cfg(test)]
mod tests;
