//! Stand-ins for tests: a source that does as it is told, a clock and an environment that are set.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use http::StatusCode;
use passport_evidence::{
    Capability, Category, Clock, ConnectorStatus, Descriptor, Fact, FactDescriptor, FactName,
    FailureCode, Limits, MaxAge, Quantity, Scope, SourceId, Subject, Threshold,
};
use secrecy::SecretString;
use serde_json::{Value, json};

use crate::{
    Accepted, Answer as Told, CollectError, CollectRequest, Connector, Delivery, Kept, Notice,
    Observation, Question, Rejected, SenderReply, Sending, Unanswered,
    registry::Source,
    secrets::{Secret, SecretError, SecretReader, SecretRef},
};

/// A moment that tests count from.
pub fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_777_800_600 + seconds, 0).unwrap()
}

/// A clock that is set. A clone is the same clock.
#[derive(Clone)]
pub struct SetClock(Arc<Mutex<DateTime<Utc>>>);

impl SetClock {
    pub fn new() -> Self {
        Self(Arc::new(Mutex::new(at(0))))
    }

    /// Shows the moment so many seconds after the first.
    pub fn set(&self, seconds: i64) {
        *self.0.lock().unwrap() = at(seconds);
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}

/// An environment that is set. A clone is the same environment.
#[derive(Clone, Default)]
pub struct SetEnv(Arc<Mutex<BTreeMap<String, String>>>);

impl SetEnv {
    pub fn set(&self, name: &str, value: &str) {
        self.0
            .lock()
            .unwrap()
            .insert(name.to_owned(), value.to_owned());
    }

    pub fn secret(&self, name: &str) -> Secret {
        Secret::new(SecretRef::Env(name.to_owned()), Arc::new(self.clone()))
    }
}

impl SecretReader for SetEnv {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        let SecretRef::Env(name) = secret else {
            return Err(SecretError::Absent(secret.to_string()));
        };
        let value = self.0.lock().unwrap().get(name).cloned();
        value
            .map(SecretString::from)
            .ok_or_else(|| SecretError::Absent(secret.to_string()))
    }
}

type Answer = Result<Observation, CollectError>;
type Act = dyn Fn(usize, CollectRequest) -> BoxFuture<'static, Answer> + Send + Sync;

/// A source that does as it is told and counts how often it was asked.
pub struct Stub {
    calls: Arc<AtomicUsize>,
    act: Box<Act>,
    check: Answer,
}

/// How often a stub was asked.
#[derive(Clone)]
pub struct Calls(Arc<AtomicUsize>);

impl Calls {
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Stub {
    /// Does this at its first call (0), its second (1) and so on.
    pub fn new<F>(act: impl Fn(usize, CollectRequest) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        Self {
            calls: Arc::default(),
            act: Box::new(move |call, request| Box::pin(act(call, request))),
            check: Ok(Observation::pulled(Vec::new())),
        }
    }

    /// Answers at once.
    pub fn answering(
        act: impl Fn(usize, &CollectRequest) -> Answer + Send + Sync + 'static,
    ) -> Self {
        Self::new(move |call, request| std::future::ready(act(call, &request)))
    }

    /// Always well, as of the moment before asking.
    pub fn well() -> Self {
        Self::answering(|_, request| Ok(Observation::pulled(vec![load(request.now)])))
    }

    /// Gives these facts when its credential is checked.
    pub fn checking(mut self, facts: Vec<Fact>) -> Self {
        self.check = Ok(Observation::pulled(facts));
        self
    }

    pub fn calls(&self) -> Calls {
        Calls(Arc::clone(&self.calls))
    }

    pub fn source(self, name: &str) -> Source {
        Source {
            id: id("acme", name),
            descriptor: &DESCRIPTOR,
            max_age: MaxAge::from_secs(300).unwrap(),
            connector: Box::new(self),
            require_narrow_credential: false,
            secrets: Vec::new(),
            own_facts: Default::default(),
            kept_apart: None,
            digest: [0; 32],
        }
    }
}

/// A load that passes.
pub fn load(observed_at: DateTime<Utc>) -> Fact {
    let limits = Limits::from("< 80".parse::<Threshold>().unwrap());
    let value = Quantity::count(50).into();
    Fact::measured(FactName::fixed("load"), value, &limits).observed(Some(observed_at))
}

pub fn id(workspace: &str, name: &str) -> SourceId {
    SourceId {
        scope: Scope {
            workspace: workspace.parse().unwrap(),
            service: "shop".parse().unwrap(),
            environment: "production".parse().unwrap(),
        },
        name: name.parse().unwrap(),
    }
}

/// The same for a connector that only takes what is delivered.
pub const LISTENING: Descriptor = Descriptor {
    capabilities: &[Capability::Ingest],
    ..DESCRIPTOR
};

pub const DESCRIPTOR: Descriptor = Descriptor {
    id: "stub",
    display_name: "Stub",
    category: Category::Metrics,
    status: ConnectorStatus::NativePull,
    promotion: None,
    capabilities: &[Capability::Pull, Capability::Ingest, Capability::Notify],
    credential: "a token",
    evidence: "one load",
    minimum_scope: "one target",
    avoid: "nothing",
    facts: &[FactDescriptor {
        name: "load",
        meaning: "used share",
        default_threshold: None,
    }],
    default_max_age_seconds: 300,
};

#[async_trait]
impl Connector for Stub {
    async fn collect(&self, request: &CollectRequest, _: &Kept) -> Answer {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        (self.act)(call, request.clone()).await
    }

    async fn check(&self, _: &CollectRequest) -> Answer {
        self.check.clone()
    }

    fn accept(&self, delivery: &Delivery) -> Result<Accepted, Rejected> {
        if delivery.body.is_empty() {
            return Err(Rejected::new(StatusCode::BAD_REQUEST, "empty"));
        }
        Ok(Accepted {
            idempotency_key: hex::encode(&delivery.body),
            records: vec![Bytes::clone(&delivery.body)],
            keep_for: TimeDelta::hours(1),
            reply: SenderReply::text(StatusCode::ACCEPTED, "kept"),
        })
    }

    /// Every delivery asks about the release that it names.
    fn question(&self, delivery: &Delivery) -> Option<Question> {
        Some(Question {
            subject: Subject {
                version: String::from_utf8(delivery.body.to_vec()).ok(),
                ..Subject::default()
            },
            handle: delivery.body.clone(),
            patience: Duration::from_secs(60),
        })
    }

    /// Takes the answer `42` only, and none that takes its time.
    async fn answer(
        &self,
        handle: &[u8],
        answer: &Told,
        _: &Sending<'_>,
    ) -> Result<(), CollectError> {
        if answer.comment == "hang" {
            std::future::pending().await
        }
        match handle {
            b"42" => Ok(()),
            _ => Err(CollectError::new(FailureCode::NotFound)),
        }
    }

    /// Sends nothing about a release without a version.
    fn notice(&self, subject: &Subject) -> Option<Notice> {
        let keep_for = TimeDelta::hours(1);
        subject.version.is_some().then_some(Notice { keep_for })
    }

    /// Does as the version says: `away` at the first call and `lost` have no answer, `panic` has a fault, and
    /// `hang` takes its time.
    async fn notify(&self, subject: &Subject, _: &Sending<'_>) -> Result<Value, Unanswered> {
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        let error = CollectError::new(FailureCode::Unreachable);
        match subject.version.as_deref() {
            Some("away") if call == 0 => Err(Unanswered::unsent(error)),
            Some("lost") => Err(Unanswered::uncertain(error)),
            Some("panic") => panic!("a fault of the stub"),
            Some("hang") => std::future::pending().await,
            _ => Ok(json!({ "call": call })),
        }
    }
}
