//! Grafana Loki.

mod answer;
mod breadth;
mod client;
mod detect;
mod line;
mod logql;
mod normalize;
mod query;
mod scope;
mod settings;

use async_trait::async_trait;
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation,
    detect::Detect,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, Excerpts, Fact, FactDescriptor, MaxAge,
};

use client::{Ask, Client};
use query::Query;
use settings::Settings;

/// The kind.
pub struct Loki;

struct Source {
    client: Client,
    heartbeat: Ask,
    queries: Vec<Query>,
    max_age: MaxAge,
}

impl ConnectorKind for Loki {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "loki",
        display_name: "Loki",
        category: Category::Logs,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "bearer token or basic of a read-only access policy, or none",
        evidence: "counts of log lines by named LogQL queries, as old as the newest line of the \
                   scope; at most redacted excerpts leave the collector",
        minimum_scope: "one set of equality labels that every selector of every query must carry",
        avoid: "a server without a proxy that tells readers apart; tenants joined with `|`; \
                patterns in label values",
        facts: &[
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
            FactDescriptor::new(
                "incident_marker_count",
                "lines with the mark of an incident or of its trace",
                Some("= 0"),
            ),
            FactDescriptor::new("log_lines", "lines of the scope", Some(">= 1")),
            FactDescriptor::new("error_log_ratio", "share of error lines", Some("< 1%")),
        ],
        default_max_age_seconds: 300,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let labels = settings.scope.check(builder);
        let queries = labels
            .as_ref()
            .and_then(|labels| settings.queries(labels, builder));
        let window = settings.heartbeat_window(builder);
        let client = Client::build(&settings, builder);
        let source = Source {
            heartbeat: Ask::heartbeat(&labels?, window?),
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
        let own = self.queries.iter().map(|query| query.ask.clone());
        let asks = own.chain([self.heartbeat.clone()]).collect();
        let answers = self.client.ask(asks, request).await;
        normalize::failure(&self.queries, &answers)?;
        let heartbeat = normalize::heartbeat(&answers, &self.heartbeat, &self.client.labels);
        let judge = |query: &Query| -> Fact {
            let reading =
                normalize::reading(query, &answers, heartbeat, &self.client.labels, request.now);
            let excerpts = match &reading {
                Ok(_) => normalize::excerpts(query, &answers, request.subject.as_ref()),
                Err(_) => Excerpts::default(),
            };
            let fact = normalize::fact(query, reading, self.max_age, request.now);
            fact.quoting(excerpts)
        };
        Ok(Observation::pulled(
            self.queries.iter().map(judge).collect(),
        ))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = breadth::breadth(&self.client, request).await?;
        Ok(Observation::pulled(vec![breadth.fact(request.now)]))
    }
}

#[cfg(test)]
mod tests;
