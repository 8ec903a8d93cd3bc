//! Amazon CloudWatch: log lines, metrics and alarms of one service.

mod alarm;
mod ask;
mod breadth;
mod client;
mod count;
mod detect;
mod entry;
mod insights;
mod lines;
mod metric;
mod metric_check;
mod model;
mod pattern;
mod query;
mod run;
mod running;
mod scope;
mod settings;

#[cfg(test)]
mod tests;

use async_trait::async_trait;
use passport_aws_api::{Api, Asking, CredentialSettings, JsonApi, Sts};
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, Connector, ConnectorKind, Kept, Observation, ReadError,
    detect::Detect, query as named,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, Fact, FactDescriptor, FailureCode, MaxAge,
    Subject,
};

use ask::Answers;
use client::Client;
use query::{Kind, Query};
use settings::Settings;

/// The kind.
pub struct CloudwatchLogs;

struct Source {
    client: Client,
    queries: Vec<Query>,
    max_age: MaxAge,
}

impl ConnectorKind for CloudwatchLogs {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: "cloudwatch-logs",
        display_name: "Amazon CloudWatch Logs",
        category: Category::Logs,
        status: ConnectorStatus::NativePull,
        promotion: None,
        capabilities: &[Capability::Pull, Capability::Detect],
        credential: "role that may query the named log groups, and read metrics and alarms, by a web \
                     identity's token or temporary keys",
        evidence: "counts of log lines by named queries, as old as the newest line of the scope; \
                   metrics of one set of dimensions; alarms by name",
        minimum_scope: "log groups by name, and fields whose values every query must want; a metric's \
                        whole set of dimensions; an alarm's name",
        avoid: "keys of the account itself or of a user; logs:* or all log groups; patterns instead of \
                names",
        facts: &[
            FactDescriptor::new("error_log_count", "error lines in the window", None),
            FactDescriptor::new("log_lines", "lines of the scope", Some(">= 1")),
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
            FactDescriptor::new("http_5xx_count", "answers with a server error", None),
            FactDescriptor::new("request_volume", "requests", None),
            FactDescriptor::new("custom_metric", "a metric of the source's own", None),
            FactDescriptor::new("p95_latency", "95th percentile of latency", Some("< 500ms")),
            FactDescriptor::new("saturation", "how full something is", Some("< 80%")),
            FactDescriptor::new("alarm_state", "state of one alarm", Some("= OK")),
        ],
        default_max_age_seconds: 900,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let credential = CredentialSettings::credential(settings.credential.as_ref(), builder);
        let scope = settings.scope(builder);
        let queries = scope
            .as_ref()
            .and_then(|scope| settings.queries(scope, builder));
        let (scope, credential) = (scope?, credential?);
        let region = &scope.region;
        let at = ("endpoint", settings.endpoint.as_deref());
        let logs = Api::build(client::LOGS, region, at, &credential, builder);
        let metrics = JsonApi::build(client::METRICS, region, at, &credential, builder);
        let at = ("sts_endpoint", settings.sts_endpoint.as_deref());
        let sts = Sts::build(region, at, &credential, builder);
        let client = Client::new(
            scope,
            logs?,
            metrics?,
            sts?,
            credential,
            builder.first_wait(),
        );
        Some(Box::new(Source {
            client,
            queries: queries?,
            max_age: builder.max_age()?,
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
        let keys = self.client.keys(request).await.map_err(failed)?;
        let asking = Asking {
            keys: &keys,
            request,
        };
        let asks = self.queries.iter().flat_map(Query::asks).collect();
        let answers = self.client.ask(asks, asking).await;
        let own = self.queries.iter().map(|query| answers.error(&query.own()));
        named::failure(own, answers.errors())?;
        let judge = |query: &Query| self.fact(query, &answers, request);
        Ok(Observation::pulled(
            self.queries.iter().map(judge).collect(),
        ))
    }

    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        let breadth = breadth::ask(&self.client, request).await?;
        Ok(Observation::pulled(vec![breadth]))
    }
}

impl Source {
    fn fact(&self, query: &Query, answers: &Answers, request: &CollectRequest) -> Fact {
        let (now, max_age) = (request.now, self.max_age);
        let subject: Option<&Subject> = request.subject.as_ref();
        match &query.kind {
            Kind::Count { asked, lines } => {
                let counted = count::counted(lines, answers, subject, now);
                count::fact(asked, counted, max_age, now)
            }
            Kind::Metric { asked, metric } => {
                let reading = metric::reading(metric, asked.unit, answers, now);
                metric::fact(asked, reading, max_age, now)
            }
            Kind::Alarm { asked, name } => alarm::fact(asked, name, answers),
        }
    }
}

fn failed(error: ReadError) -> CollectError {
    let internal = || CollectError::new(FailureCode::Internal);
    error.failure().unwrap_or_else(internal)
}
