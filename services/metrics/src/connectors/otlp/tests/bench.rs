//! A collector with one source, fed by hand.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, header::AUTHORIZATION};
use passport_connector_sdk::{
    Accepted, CollectorServer, Delivery, Hub, HubOptions, Kept, Registry, SenderReply, ServerParts,
    keep::{KeepError, Keeper, Keeping, MemoryKeeper},
    secrets::{SecretError, SecretReader, SecretRef},
};
use passport_evidence::{ClaimedEvidence, Clock, Evidence, Problem, Scope, SourceId};
use passport_proto::{
    collector::{CollectRequest, collector_service_server::CollectorService as _},
    evidence::outcome::Kind,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::connectors::otlp::Otlp;

/// The token of the source on the bench.
pub const TOKEN: &str = "bench-token-1";

/// A clock that stands where it is put.
pub struct HandClock(Mutex<DateTime<Utc>>);

impl Clock for HandClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

struct Known(BTreeMap<String, String>);

impl SecretReader for Known {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        let found = match secret {
            SecretRef::Env(name) => self.0.get(name).cloned(),
            SecretRef::File(_) => None,
        };
        found
            .map(SecretString::from)
            .ok_or_else(|| SecretError::Absent(secret.to_string()))
    }
}

/// A keeper that notes what it is given, or can't keep anything.
#[derive(Default)]
pub struct BenchKeeper {
    pub memory: MemoryKeeper,
    pub broken: bool,
    pub records: Mutex<Vec<Bytes>>,
}

#[async_trait]
impl Keeper for BenchKeeper {
    fn is_durable(&self) -> bool {
        true
    }

    async fn keep(
        &self,
        source: &SourceId,
        accepted: &Accepted,
        received_at: DateTime<Utc>,
    ) -> Result<Keeping, KeepError> {
        if self.broken {
            return Err(KeepError::Unavailable { code: "TEST" });
        }
        self.records
            .lock()
            .unwrap()
            .extend(accepted.records.clone());
        self.memory.keep(source, accepted, received_at).await
    }

    async fn taken(&self, source: &SourceId) -> Result<u64, KeepError> {
        self.memory.taken(source).await
    }

    async fn check(&self) -> Result<(), KeepError> {
        self.memory.check().await
    }

    async fn kept(&self, source: &SourceId, now: DateTime<Utc>) -> Result<Kept, KeepError> {
        self.memory.kept(source, now).await
    }
}

/// A collector with one source.
pub struct Bench {
    pub server: CollectorServer,
    pub clock: Arc<HandClock>,
    pub keeper: Arc<BenchKeeper>,
    id: SourceId,
}

pub fn id() -> SourceId {
    SourceId {
        scope: Scope {
            workspace: "workspace-acme-prod".parse().unwrap(),
            service: "checkout-api".parse().unwrap(),
            environment: "production".parse().unwrap(),
        },
        name: "otlp".parse().unwrap(),
    }
}

/// 2026-05-03T09:30:00Z and so many seconds.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600, 0).unwrap() + TimeDelta::seconds(seconds)
}

/// The same in the protocol's nanoseconds.
pub fn nanos(seconds: i64) -> u64 {
    u64::try_from(at(seconds).timestamp_nanos_opt().unwrap()).unwrap()
}

/// A source of checkout-api with these queries.
pub fn source(queries: Value) -> Value {
    json!({
        "connector": "otlp",
        "credential": {"env": "TOKEN"},
        "scope": {"service_name": "checkout-api", "deployment_environment": "production"},
        "queries": queries,
    })
}

/// The problems of a source.
pub fn problems(source: &Value) -> Vec<Problem> {
    let hub = Hub::new(HubOptions::default(), Arc::new(Known(BTreeMap::new())));
    let built = Registry::default().with::<Otlp>().build(id(), source, &hub);
    built.err().unwrap_or_default()
}

/// An export of checkout-api.
pub fn export(metrics: Value) -> Value {
    let attribute = |key: &str, value: &str| json!({"key": key, "value": {"stringValue": value}});
    json!({"resourceMetrics": [{
        "resource": {"attributes": [
            attribute("service.name", "checkout-api"),
            attribute("deployment.environment.name", "production"),
        ]},
        "scopeMetrics": [{"scope": {"name": "shop"}, "metrics": metrics}],
    }]})
}

pub fn json_headers(token: &str) -> HeaderMap {
    headers(&[
        ("content-type", "application/json"),
        ("authorization", &format!("Bearer {token}")),
    ])
}

pub fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    let parse = |(name, value): &(&str, &str)| {
        let name: HeaderName = name.parse().unwrap();
        (name, HeaderValue::from_str(value).unwrap())
    };
    pairs.iter().map(parse).collect()
}

impl Bench {
    pub fn new(source: &Value) -> Self {
        Self::with(source, [("TOKEN", TOKEN)], BenchKeeper::default())
    }

    pub fn with<'a>(
        source: &Value,
        secrets: impl IntoIterator<Item = (&'a str, &'a str)>,
        keeper: BenchKeeper,
    ) -> Self {
        let secrets = secrets.into_iter();
        let known = secrets.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let hub = Hub::new(HubOptions::default(), Arc::new(Known(known.collect())));
        let registry = Registry::default().with::<Otlp>();
        let built = registry.build(id(), source, &hub);
        let clock = Arc::new(HandClock(Mutex::new(at(0))));
        let keeper = Arc::new(keeper);
        let server = CollectorServer::new(ServerParts {
            name: "metrics",
            sources: vec![built.unwrap_or_else(|problems| panic!("{problems:?}"))],
            registry,
            configuration_digest: "sha256:bench".to_owned(),
            keeper: keeper.clone(),
            clock: clock.clone(),
            source_timeout: Duration::from_secs(10),
        });
        Self {
            server,
            clock,
            keeper,
            id: id(),
        }
    }

    pub fn set(&self, now: DateTime<Utc>) {
        *self.clock.0.lock().unwrap() = now;
    }

    /// Delivers a body: what became of it (`accepted`, `duplicate`, `rejected`), and the reply.
    pub async fn deliver(
        &self,
        headers: HeaderMap,
        body: impl Into<Bytes>,
        received_at: DateTime<Utc>,
    ) -> (String, SenderReply) {
        let delivery = Delivery {
            headers,
            body: body.into(),
            received_at,
        };
        let delivered = self.server.deliver(&self.id, &delivery).await;
        let fate = format!("{delivered:?}");
        let fate = fate.split('(').next().unwrap().to_lowercase();
        (fate, delivered.reply().clone())
    }

    /// Delivers an export as JSON at so many seconds.
    pub async fn push(&self, seconds: i64, export: &Value) -> SenderReply {
        let body = export.to_string();
        self.deliver(json_headers(TOKEN), body, at(seconds)).await.1
    }

    /// The evidence at a moment.
    pub async fn collect(&self, now: DateTime<Utc>) -> Evidence {
        self.set(now);
        let request = CollectRequest {
            scope: Some((&self.id.scope).into()),
            ..CollectRequest::default()
        };
        let answer = self.server.collect(tonic::Request::new(request)).await;
        let mut outcomes = answer.unwrap().into_inner().outcomes;
        match outcomes.pop().unwrap().kind.unwrap() {
            Kind::Evidence(evidence) => ClaimedEvidence::try_from(evidence).unwrap().admit(now),
            Kind::Failure(failure) => panic!("{failure:?}"),
        }
    }

    /// Status, reason and value of the first fact, as words.
    pub async fn verdict(&self, seconds: i64) -> String {
        let evidence = self.collect(at(seconds)).await;
        words(evidence.facts().first().unwrap())
    }

    /// All that was kept, as far as it is text.
    pub fn kept_text(&self) -> String {
        let records = self.keeper.records.lock().unwrap();
        String::from_utf8_lossy(&records.concat()).into_owned()
    }
}

/// Status, reason and value, as words.
pub fn words(fact: &passport_evidence::Fact) -> String {
    let reason = fact.reason().map(|reason| reason.as_str().to_owned());
    let parts = [
        Some(fact.status().as_str().to_owned()),
        reason,
        fact.value_text(),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

pub fn authorization(token: &str) -> (HeaderName, HeaderValue) {
    let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
    (AUTHORIZATION, value)
}
