//! A connector of the tests' own: it reads one load and takes the same as a delivery.

use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use http::header::AUTHORIZATION;
use passport_connector_sdk::secrets::{Secret, SecretRef};
use passport_connector_sdk::{
    Accepted, Builder, CollectError, CollectRequest, Connector, ConnectorKind, Delivery, Kept,
    Observation, ProviderClient, Registry, Rejected, Request, SenderReply,
};
use passport_evidence::{
    Capability, Category, ConnectorStatus, Descriptor, Fact, FactDescriptor, FactName, FailureCode,
    Limits, Quantity, Reason, Threshold, Unit, quantity,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

/// Careful: what it can't read proves nothing.
pub struct Probe;

/// Careless in every way that the testkit must notice.
pub struct Careless;

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The server.
    pub endpoint: String,
    /// What is shown to it, and what senders must show.
    pub credential: SecretRef,
    /// The narrow target.
    pub scope: ScopeSettings,
    /// Thresholds by fact.
    #[serde(default)]
    pub thresholds: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeSettings {
    /// What is read.
    pub target: String,
}

struct Source {
    client: ProviderClient,
    token: Secret,
    target: String,
    limits: Limits,
    careless: bool,
}

#[derive(Deserialize)]
struct Status {
    target: String,
    load: f64,
    at: DateTime<Utc>,
}

const LOAD: FactName = FactName::fixed("load");
const SIZE: FactName = FactName::fixed("size");

const DESCRIPTOR: Descriptor = Descriptor {
    id: "probe",
    display_name: "Probe",
    category: Category::Metrics,
    status: ConnectorStatus::NativePull,
    promotion: None,
    capabilities: &[Capability::Pull, Capability::Ingest],
    credential: "a token",
    evidence: "one load",
    minimum_scope: "one target",
    avoid: "nothing",
    facts: &[
        FactDescriptor {
            name: "load",
            meaning: "used share",
            default_threshold: Some("< 80%"),
        },
        FactDescriptor {
            name: "size",
            meaning: "bytes of the answer",
            default_threshold: None,
        },
    ],
    default_max_age_seconds: 300,
};

pub fn registry() -> Registry {
    Registry::default().with::<Probe>().with::<Careless>()
}

/// A source of the probe, its provider's address open.
pub fn source(connector: &str) -> Value {
    json!({
        "connector": connector,
        "endpoint": "{{BASE}}",
        "credential": {"env": "PROBE_TOKEN"},
        "scope": {"target": "shop"},
    })
}

impl ConnectorKind for Probe {
    type Settings = Settings;
    const DESCRIPTOR: Descriptor = DESCRIPTOR;

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        build(settings, builder, false)
    }
}

impl ConnectorKind for Careless {
    type Settings = Settings;
    const DESCRIPTOR: Descriptor = Descriptor {
        id: "careless",
        ..DESCRIPTOR
    };

    fn build(settings: Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        build(settings, builder, true)
    }
}

fn build(
    settings: Settings,
    builder: &mut Builder<'_>,
    careless: bool,
) -> Option<Box<dyn Connector>> {
    let token = builder.secret(&settings.credential);
    let auth = passport_connector_sdk::Auth::Bearer(token.clone());
    if settings.scope.target.contains('*') {
        builder.problem("scope.target", "is no single target", "name one");
    }
    let text = settings
        .thresholds
        .get("load")
        .map_or("< 80%", String::as_str);
    let parsed = text
        .parse::<Threshold>()
        .and_then(|it| it.in_unit(Unit::Ratio));
    let threshold = parsed
        .map_err(|error| builder.problem("thresholds.load", error.to_string(), "write `< 80%`"))
        .ok();
    Some(Box::new(Source {
        client: builder.client(&settings.endpoint, auth)?,
        token,
        target: settings.scope.target,
        limits: Limits::from(threshold?),
        careless,
    }))
}

#[async_trait]
impl Connector for Source {
    async fn collect(
        &self,
        request: &CollectRequest,
        kept: &Kept,
    ) -> Result<Observation, CollectError> {
        if let Some(newest) = kept.records.last() {
            return Ok(Observation::delivered(self.facts(&newest.body, request)?));
        }
        let read = Request::get(["status"]).query("target", &self.target);
        let reply = match self.client.send(read, request).await {
            Ok(reply) => reply,
            Err(error) => {
                return match error.failure() {
                    Some(failure) => Err(failure),
                    None => Ok(Observation::pulled(vec![self.unknown(error.reason())])),
                };
            }
        };
        if self.careless {
            return Ok(Observation::pulled(self.careless(reply.body(), request)));
        }
        match reply.json::<Value>() {
            Ok(_) => Ok(Observation::pulled(self.facts(reply.body(), request)?)),
            Err(error) => Err(error
                .failure()
                .unwrap_or(CollectError::new(FailureCode::Malformed))),
        }
    }

    async fn check(&self, _: &CollectRequest) -> Result<Observation, CollectError> {
        Ok(Observation::pulled(Vec::new()))
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        let shown = delivery.headers.get(AUTHORIZATION);
        let shown = shown.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
        if !shown.is_some_and(|shown| self.token.matches(shown)) {
            return Err(Rejected::unauthorized());
        }
        if serde_json::from_slice::<Value>(&delivery.body).is_err() {
            return Err(Rejected::new(StatusCode::BAD_REQUEST, "no JSON"));
        }
        Ok(Accepted {
            idempotency_key: String::from_utf8_lossy(&delivery.body).into_owned(),
            records: vec![delivery.body.clone()],
            keep_for: TimeDelta::hours(1),
            reply: SenderReply::new(StatusCode::ACCEPTED, "application/json", r#"{"kept": 1}"#),
        })
    }
}

impl Source {
    fn unknown(&self, reason: Reason) -> Fact {
        Fact::unknown(LOAD, reason).wanting(self.limits.threshold.clone())
    }

    fn facts(&self, body: &[u8], request: &CollectRequest) -> Result<Vec<Fact>, CollectError> {
        let _ = request;
        let Ok(status) = serde_json::from_slice::<Status>(body) else {
            return Ok(vec![self.unknown(Reason::UnexpectedShape)]);
        };
        if status.target != self.target {
            return Err(CollectError::new(FailureCode::OutOfScope));
        }
        let size = Quantity::count(body.len().try_into().unwrap()).into();
        let size = Fact::measured(SIZE, size, &Limits::default()).observed(Some(status.at));
        Ok(vec![self.load(status.load).observed(Some(status.at)), size])
    }

    fn load(&self, load: f64) -> Fact {
        match quantity::from_f64(load) {
            Ok(number) => {
                let value = Quantity::new(number, Unit::Ratio).into();
                Fact::measured(LOAD, value, &self.limits)
            }
            Err(_) => self.unknown(Reason::NotANumber),
        }
    }

    /// Logs what it got, shows what it got, and takes what is missing as zero, seen now.
    fn careless(&self, body: &[u8], request: &CollectRequest) -> Vec<Fact> {
        let text = String::from_utf8_lossy(body).into_owned();
        tracing::trace!(text, "got");
        let status: Value = serde_json::from_slice(body).unwrap_or_default();
        let load = status["load"].as_f64().unwrap_or_default();
        let link = status["link"].as_str().unwrap_or_default();
        vec![self.load(load).observed(Some(request.now)).linked(link)]
    }
}
