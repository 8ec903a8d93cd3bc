//! A deployment of two fake collectors, and ways to ask its gateway.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{Router, body::Body, response::Response};
use chrono::{DateTime, TimeDelta, Utc};
use http_body_util::BodyExt as _;
use passport_evidence::{
    Category, Clock, Evidence, Fact, Failure, FailureCode, Limits, MaxAge, Origin, Problem,
    Provenance, Quantity, Scope, SourceName, Unit, evidence::Frame, quantity::parse_number,
};
use passport_proto::{
    evidence::{self as proto, outcome::Kind},
    gateway::gateway_service_client::GatewayServiceClient,
};
use passport_service_kit::{
    client::CollectorClient,
    config::{Context, Loaded, SourceChecks, load_bytes, model::LogFormat},
    limits::{Allowed, Limits as CallLimits},
    process::{Around, InUse},
    telemetry::{Meters, TelemetryOptions},
};
use passport_store::Location;
use tokio::time::Instant;
use tonic::Request;
use tower::ServiceExt as _;

use super::fake::Fake;
use crate::{
    Access, Caller, Catalog, Collected, Gateway, GatewayParts, PlannedConnector, Question,
    budget::Budget,
    gate::watch::Watches,
    ledger::Records,
    room::{self, Room},
    router,
};
use passport_service_kit::server::Beside;

pub const CONFIG: &str = include_str!("world.yaml");

pub fn now() -> DateTime<Utc> {
    "2026-05-03T09:30:00Z".parse().unwrap()
}

struct Still;

impl Clock for Still {
    fn now(&self) -> DateTime<Utc> {
        now()
    }
}

/// Goes on as paused time does.
pub struct Running(Instant);

impl Running {
    pub fn start() -> Arc<dyn Clock> {
        Arc::new(Self(Instant::now()))
    }
}

impl Clock for Running {
    fn now(&self) -> DateTime<Utc> {
        now() + self.0.elapsed()
    }
}

struct AnySource;

impl SourceChecks for AnySource {
    fn check(&self, _: &str, _: &serde_json::Value, _: &Context<'_>) -> Vec<Problem> {
        Vec::new()
    }
}

/// Two collectors: `metrics` with the connector `gauge`, `cicd` with `build`.
pub struct World {
    pub metrics: Fake,
    pub cicd: Fake,
    pub access: Access,
    pub clock: Arc<dyn Clock>,
    pub meters: Meters,
    pub config: Arc<Loaded>,
    /// Bytes of deliveries that its gateway holds at once.
    pub room: usize,
    /// Where it records what it decides.
    pub records: Records,
    /// What its watches hear of.
    pub watches: Watches,
    #[expect(dead_code, reason = "goes with the last world that records there")]
    pub folder: Arc<tempfile::TempDir>,
}

impl World {
    pub fn new() -> Self {
        Self::of(config_of(str::to_owned))
    }

    /// The same with another mode of its policy.
    pub fn in_mode(mode: &str) -> Self {
        Self::of(config_of(|file| {
            file.replace("mode: advisory", &format!("mode: {mode}"))
        }))
    }

    /// The same under another configuration.
    pub fn configured(text: &str) -> Self {
        Self::of(config_of(|_| text.to_owned()))
    }

    fn of(config: Arc<Loaded>) -> Self {
        let fake = Fake {
            digest: format!("sha256:{}", config.digest),
            ..Fake::default()
        };
        let own = |connector: &str, collector: &str| {
            vec![proto::ConnectorDescriptor {
                id: connector.to_owned(),
                collector: collector.to_owned(),
                ..proto::ConnectorDescriptor::default()
            }]
        };
        let folder = tempfile::tempdir().unwrap();
        let place = Location::in_folder(folder.path(), "gateway");
        Self {
            records: Records::at(place),
            watches: Watches::default(),
            folder: Arc::new(folder),
            metrics: Fake {
                connectors: own("gauge", "metrics"),
                seen: Arc::default(),
                ..fake.clone()
            },
            cicd: Fake {
                connectors: own("build", "cicd"),
                seen: Arc::default(),
                ..fake
            },
            access: Access::open_on_loopback(),
            clock: Arc::new(Still),
            meters: meters(),
            config,
            room: room::WHOLE,
        }
    }

    /// The metrics collector says this; the other one is not asked.
    pub fn metrics_says(outcomes: Vec<proto::Outcome>) -> Self {
        let mut world = Self::new();
        world.metrics.outcomes = outcomes;
        world
    }

    pub fn gateway(&self) -> Gateway {
        let near = |fake: &Fake| CollectorClient::in_process(fake.clone());
        let collectors = [
            ("metrics".to_owned(), near(&self.metrics)),
            ("cicd".to_owned(), near(&self.cicd)),
        ];
        let parts = GatewayParts {
            catalog: catalog(),
            config: Arc::clone(&self.config),
            collectors: BTreeMap::from(collectors),
            access: self.access.clone(),
            clock: Arc::clone(&self.clock),
            meter: self.meters.meter(),
            records: self.records.clone(),
            watches: self.watches.clone(),
        };
        let mut gateway = Gateway::new(parts).unwrap();
        gateway.room = Room::of(self.room);
        gateway
    }

    pub async fn router(&self) -> Router {
        self.router_within(serde_json::json!({})).await
    }

    /// The same, which allows so much.
    pub async fn router_within(&self, limits: serde_json::Value) -> Router {
        let around = around(self.meters.clone());
        let limits = serde_json::from_value(limits).unwrap();
        around.limits.set(Allowed::of_gateway(&limits));
        let made = router(self.gateway(), &around, Beside::default()).await;
        made.unwrap().0
    }

    pub async fn grpc(&self) -> GatewayServiceClient<Router> {
        let origin = http::Uri::from_static("http://localhost");
        GatewayServiceClient::with_origin(self.router().await, origin)
    }

    /// Calls that collectors were given.
    pub fn calls(&self) -> usize {
        self.metrics.calls() + self.cicd.calls()
    }

    /// Collects the sources of the metrics collector.
    pub async fn collect(&self) -> Collected {
        let mut question = question();
        question.categories = [Category::Metrics].into();
        self.collected(question).await
    }

    pub async fn collected(&self, question: Question) -> Collected {
        let gateway = self.gateway();
        let caller = anybody();
        let collected = gateway.collect_evidence(&caller, question, within(10));
        collected.await.unwrap()
    }
}

/// The configuration, changed.
pub fn config_of(changed: impl Fn(&str) -> String) -> Arc<Loaded> {
    let text = changed(CONFIG);
    let loaded = load_bytes("world.yaml", text.as_bytes(), &AnySource);
    Arc::new(loaded.unwrap_or_else(|report| panic!("{report}")))
}

pub fn anybody() -> Caller {
    Caller::anybody()
}

pub fn within(seconds: u64) -> Budget {
    Budget::until(Some(Instant::now() + Duration::from_secs(seconds)))
}

pub fn meters() -> Meters {
    let options = TelemetryOptions {
        environment: None,
        service_name: "passport-gateway",
        log_format: LogFormat::Text,
        filter: "info".to_owned(),
        otlp_endpoint: None,
        metric_pushes: Vec::new(),
    };
    Meters::new(&options).unwrap()
}

pub fn around(meters: Meters) -> Around {
    let configuration = InUse::new("0123", now(), &meters.meter());
    let limits = CallLimits::new(&meters.meter());
    Around {
        meters,
        configuration,
        limits,
    }
}

pub fn catalog() -> Catalog {
    let connector = |id: &str, category, collector: &str| PlannedConnector {
        id: id.to_owned(),
        category,
        collector: collector.to_owned(),
        default_max_age: MaxAge::from_secs(600).unwrap(),
    };
    Catalog::from_iter([
        connector("gauge", Category::Metrics, "metrics"),
        connector("build", Category::CiCd, "cicd"),
        connector("ticket", Category::WorkItem, "work-items"),
    ])
}

// === evidence ===

pub fn scope() -> Scope {
    scope_of("acme", "checkout-api", "production")
}

pub fn scope_of(workspace: &str, service: &str, environment: &str) -> Scope {
    Scope {
        workspace: workspace.parse().unwrap(),
        service: service.parse().unwrap(),
        environment: environment.parse().unwrap(),
    }
}

pub fn question() -> Question {
    Question::about(scope(), [])
}

pub fn name(text: &str) -> SourceName {
    SourceName::new(text).unwrap()
}

/// Error rate of 0.02%, observed before `seconds`, max age 300.
pub fn observed_before(seconds: i64, source: &str, connector: &str) -> proto::Evidence {
    evidence_of(seconds, source, connector, "0.0002")
}

/// Evidence that fails: an error rate of 5%.
pub fn bad(source: &str) -> proto::Evidence {
    evidence_of(10, source, "gauge", "0.05")
}

/// The same with another error rate.
pub fn evidence_of(seconds: i64, source: &str, connector: &str, rate: &str) -> proto::Evidence {
    let at = now() - TimeDelta::seconds(seconds);
    let frame = Frame {
        connector: connector.to_owned(),
        scope: scope(),
        source: name(source),
        subject: None,
        provenance: Provenance {
            origin: Origin::Pulled,
            collected_at: now(),
            failed_refresh: None,
        },
    };
    let quantity = Quantity::new(parse_number(rate).unwrap(), Unit::Ratio);
    let limits = Limits {
        threshold: Some("< 1%".parse().unwrap()),
        warn_threshold: None,
    };
    let fact_name = passport_evidence::FactName::fixed("error_rate");
    let fact = Fact::measured(fact_name, quantity.into(), &limits).observed(Some(at));
    let max_age = MaxAge::from_secs(300).unwrap();
    (&Evidence::new(frame, vec![fact], max_age, at)).into()
}

/// Evidence that passes.
pub fn good(source: &str) -> proto::Evidence {
    observed_before(10, source, "gauge")
}

pub fn says(evidence: proto::Evidence) -> proto::Outcome {
    proto::Outcome {
        kind: Some(Kind::Evidence(evidence)),
    }
}

pub fn fails(source: &str, code: FailureCode) -> proto::Outcome {
    let failure = Failure {
        connector: "whatever".to_owned(),
        source: name(source),
        code,
        message: "ask again".to_owned(),
        retry_at: None,
    };
    proto::Outcome {
        kind: Some(Kind::Failure((&failure).into())),
    }
}

/// Each source with its failure's code, or its fact's status and reason.
pub fn told(collected: &Collected) -> Vec<String> {
    let failures = collected.failures.iter();
    let failures = failures.map(|it| format!("{}: {}", it.source, it.code));
    let evidence = collected.evidence.iter().map(|it| {
        let fact = &it.facts()[0];
        let reason = fact.reason().map(|it| format!(" {it}")).unwrap_or_default();
        format!("{}: {}{reason}", it.source, fact.status())
    });
    let mut all: Vec<_> = evidence.chain(failures).collect();
    all.sort();
    all
}

// === asking ===

/// Sends a request to the gateway under a name of its own, where the request names none.
pub async fn send(router: Router, mut request: http::Request<Body>) -> Response {
    let own = http::HeaderValue::from_static("localhost:8080");
    request.headers_mut().entry("host").or_insert(own);
    router.oneshot(request).await.unwrap()
}

pub async fn text(response: Response) -> String {
    let bytes = response.into_body().collect().await.unwrap().to_bytes();
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub async fn json(response: Response) -> serde_json::Value {
    let text = text(response).await;
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

pub fn bearing<T>(token: Option<&str>, message: T) -> Request<T> {
    let mut request = Request::new(message);
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    request
}
