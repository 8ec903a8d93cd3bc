//! OpenTelemetry metrics, received: senders push, nothing is asked.

mod accept;
mod amounts;
mod counted;
mod decode;
mod detect;
mod exponential;
mod growth;
mod identity;
mod metric;
mod normalize;
mod point;
mod quantile;
mod query;
mod record;
mod reply;
mod sent;
mod series;
mod settings;
mod unit;

#[cfg(test)]
pub(crate) mod tests;

use async_trait::async_trait;
use chrono::TimeDelta;
use http::{HeaderMap, header::AUTHORIZATION};
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, Rejected, SenderReply, credential_scope::Breadth, detect::Detect, secrets::Secret,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, FactDescriptor, FailureCode, MaxAge,
};
use prost::Message;
use sha2::{Digest, Sha256};

use accept::Allowed;
use decode::{Body, Export};
pub use decode::{Encoding, MAX_SENT, Unreadable};
use identity::Identities;
use metric::Store;
use normalize::Moment;
use query::Query;
pub use settings::Settings;

/// The kind of connector.
pub struct Otlp;

/// A source.
struct Source {
    token: Secret,
    allowed: Allowed,
    queries: Vec<Query>,
    warm_up: TimeDelta,
    max_age: MaxAge,
}

impl Otlp {
    /// Id of the connector.
    pub const ID: &str = "otlp";
}

impl ConnectorKind for Otlp {
    type Settings = Settings;

    const DESCRIPTOR: Descriptor = Descriptor {
        id: Self::ID,
        display_name: "OpenTelemetry metrics",
        category: Category::Metrics,
        status: ConnectorStatus::EvidenceIngest,
        promotion: None,
        capabilities: &[Capability::Ingest, Capability::Detect],
        credential: "An ingest token of our own that senders show as a bearer token",
        evidence: "Gauges, growth of counters, error ratios and latency quantiles that a service \
                   reports of itself",
        minimum_scope: "service.name and deployment.environment.name of one service, and the \
                        metrics by name",
        avoid: "One token for several services, or a collector that sends everything it has",
        facts: &[
            FactDescriptor::new("error_rate", "Share of requests that failed", Some("< 1%")),
            FactDescriptor::new(
                "availability",
                "Share of requests that succeeded",
                Some(">= 99.9%"),
            ),
            FactDescriptor::new("p50_latency", "Half of the requests were faster", None),
            FactDescriptor::new(
                "p95_latency",
                "95% of the requests were faster",
                Some("< 500ms"),
            ),
            FactDescriptor::new(
                "p99_latency",
                "99% of the requests were faster",
                Some("< 1s"),
            ),
            FactDescriptor::new("saturation", "How full a resource is", Some("< 80%")),
            FactDescriptor::new("request_volume", "Requests in the window", None),
            FactDescriptor::new(
                "custom_metric",
                "A metric of the service's own; the item is its query",
                None,
            ),
        ],
        default_max_age_seconds: 180,
    };

    const DETECT: Option<Detect> = Some(detect::detect);

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        settings.check(builder);
        let queries = settings.queries(builder);
        let token = builder.secret(&settings.credential);
        let max_age = builder.max_age()?;
        let queries = queries?;
        let reach = queries.iter().map(Query::reach).max().unwrap_or_default();
        let metrics = queries.iter().flat_map(|query| query.question.metrics());
        Some(Box::new(Source {
            token,
            allowed: Allowed {
                service: settings.scope.service_name,
                environment: settings.scope.deployment_environment,
                version: settings.scope.service_version,
                metrics: metrics.cloned().collect(),
                attributes: settings.keep_attributes,
                oldest: max_age.as_delta() * 2 + reach,
            },
            queries,
            warm_up: settings.warm_up.as_delta(),
            max_age,
        }))
    }
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        let store =
            Store::read(&kept.records).map_err(|_| CollectError::new(FailureCode::Internal))?;
        let moment = Moment {
            now: request.now,
            max_age: self.max_age,
            warm_until: kept.first_delivery_at.map(|first| first + self.warm_up),
        };
        let facts = self.queries.iter();
        let facts = facts.map(|query| normalize::fact(query, &store, &moment));
        let breadth = Breadth::NoneSent.fact(request.now);
        Ok(Observation::delivered(facts.chain([breadth]).collect()))
    }

    /// Nobody is asked: all that can be wrong is that the token is not there.
    async fn check(&self, request: &CollectRequest) -> Result<Observation, CollectError> {
        match self.token.read() {
            Ok(_) => Ok(Observation::delivered(vec![
                Breadth::NoneSent.fact(request.now),
            ])),
            Err(_) => Err(CollectError::new(FailureCode::NotConfigured)),
        }
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        self.authenticate(delivery)?;
        let token = self.token.read().map_err(|_| Rejected::unauthorized())?;
        let refuse = |why| reply::unreadable(Encoding::of(&delivery.headers), why);
        let body = Body::read(&delivery.headers, &delivery.body).map_err(refuse)?;
        let export = Export::decode(&body).map_err(refuse)?;
        let sifted = accept::sift(
            &export,
            &self.allowed,
            &Identities::new(&token),
            delivery.received_at,
        );
        counted::count(&sifted);
        let record =
            (!sifted.batch.metrics.is_empty()).then(|| sifted.batch.encode_to_vec().into());
        Ok(Accepted {
            idempotency_key: hex::encode(Sha256::digest(&body.bytes)),
            records: record.into_iter().collect(),
            keep_for: self.allowed.oldest,
            reply: reply::taken(body.encoding, &sifted.rejected),
        })
    }
}

impl Source {
    fn authenticate(&self, delivery: &Delivery) -> Result<(), Rejected> {
        match bearer(&delivery.headers) {
            Some(token) if self.token.matches(token) => Ok(()),
            Some(_) | None => Err(Rejected::unauthorized()),
        }
    }
}

/// The token that a sender shows.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let shown = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = shown.split_once(' ')?;
    let is_bearer = scheme.eq_ignore_ascii_case("bearer");
    is_bearer.then_some(token.trim())
}

/// What a sender is answered whose export never came in as a whole.
pub fn unread(encoding: Encoding, why: Unreadable) -> SenderReply {
    *reply::unreadable(Some(encoding), why).reply
}
