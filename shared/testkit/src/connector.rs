//! One kind of connector under test: its cases, the suite, and a source of it by itself.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    ActorIds, Builder, CollectRequest, Connector, ConnectorKind, Hub, HubOptions, Registry,
    detect::Detect,
    provider::AddressPolicy,
    secrets::{Secret, SecretRef},
};
use passport_evidence::{Descriptor, Threshold};
use serde_json::Value;
use tokio::time::Instant;

use crate::{conformance::conforms, env::Env, replay::replay_paths, report, scenario::source_id};

thread_local! {
    /// The source that this thread built last.
    static BUILT: RefCell<Option<Box<dyn Connector>>> = const { RefCell::new(None) };
}

/// A kind whose sources are handed out as they are built.
struct Handed<K>(PhantomData<K>);

/// What a connector is not as it has to be, shown as it is.
#[derive(PartialEq, Eq)]
pub struct Differences(String);

/// The registry of a collector that knows this kind alone.
pub fn registry<K: ConnectorKind>() -> Registry {
    Registry::default().with::<K>()
}

/// Replays every case of a folder.
///
/// # Errors
/// What differs; or that there are fewer cases than there once were.
pub async fn replayed<K: ConnectorKind>(cases: &str, least: usize) -> Result<(), Differences> {
    let verdicts = replay_paths(&[cases], None, &registry::<K>()).await;
    let verdicts = verdicts.map_err(|it| Differences(it.to_string()))?;
    if verdicts.len() < least {
        return Err(Differences(format!("only {} cases", verdicts.len())));
    }
    match verdicts.iter().all(|it| it.ok) {
        true => Ok(()),
        false => Err(Differences(report::differences(&verdicts).to_string())),
    }
}

/// Runs the suite on each of these cases of a folder, in which something passes.
///
/// # Errors
/// What the connector does not hold to, by case.
pub async fn holds<K: ConnectorKind>(folder: &str, cases: &[&str]) -> Result<(), Differences> {
    let mut breaches = String::new();
    for case in cases {
        let held = conforms(format!("{folder}/{case}.case.json"), &registry::<K>()).await;
        if let Err(breach) = held {
            // Writing to a text does not fail.
            let _ = writeln!(breaches, "{case}: {breach:?}");
        }
    }
    match breaches.is_empty() {
        true => Ok(()),
        false => Err(Differences(breaches)),
    }
}

/// Names of facts whose default threshold is none.
pub fn wrong_default_thresholds<K: ConnectorKind>() -> Vec<&'static str> {
    let facts = K::DESCRIPTOR.facts.iter();
    let wrong = facts.filter(|fact| {
        let threshold = fact.default_threshold.map(str::parse::<Threshold>);
        threshold.is_some_and(|it| it.is_err())
    });
    wrong.map(|fact| fact.name).collect()
}

/// What a source is built with: it may connect to this machine, does not wait before it asks
/// again, and finds these secrets in its environment.
pub fn hub(secrets: &[(&str, &str)]) -> Hub {
    let env = Env::default();
    for (name, value) in secrets {
        env.set(*name, *value);
    }
    hub_of(&env)
}

/// The same, in an environment that the test may change.
pub fn hub_of(env: &Env) -> Hub {
    let options = HubOptions {
        addresses: AddressPolicy::with_loopback(),
        retry_wait: Duration::ZERO,
        persons_key: Some(persons_key("a fixed key of the tests")),
        ..HubOptions::default()
    };
    Hub::new(options, Arc::new(env.clone()))
}

/// A process's key that ids of persons are made with: the same in each run, so that what is kept replays.
pub fn persons_key(key: &str) -> Secret {
    const NAME: &str = "PASSPORT_PERSONS_KEY";
    let env = Env::from_iter([(NAME, key)]);
    Secret::new(SecretRef::Env(NAME.to_owned()), Arc::new(env))
}

/// What makes ids of persons with a key, for what a connector of the tests reads.
pub fn actor_ids(key: &str) -> ActorIds {
    let (workspace, provider) = ("workspace-acme-prod", "https://provider.example.com");
    ActorIds::new(Some(persons_key(key)), workspace, "connector", provider)
}

/// The connector of a source that stands so in the configuration, without a collector around it.
///
/// # Errors
/// What is wrong with the source.
pub fn built<K: ConnectorKind>(source: &Value, hub: &Hub) -> Result<Box<dyn Connector>, String> {
    let id = source_id(
        "workspace-acme-prod",
        "checkout-api",
        "production",
        "source",
    );
    let id = id.map_err(|it| it.to_string())?;
    let kind = Registry::default().with::<Handed<K>>();
    let problems = kind.build(id, source, hub).err();
    let connector = BUILT.with_borrow_mut(Option::take);
    connector.ok_or_else(|| format!("{problems:?}"))
}

/// A request of this moment, about nothing in particular, that has ten seconds.
pub fn request(now: DateTime<Utc>) -> CollectRequest {
    CollectRequest {
        now,
        subject: None,
        deadline: Instant::now() + Duration::from_secs(10),
    }
}

// === impl Differences ===

impl Differences {
    pub(crate) fn new(what: String) -> Self {
        Self(what)
    }
}

impl std::fmt::Debug for Differences {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(&self.0)
    }
}

// === impl Handed ===

impl<K: ConnectorKind> ConnectorKind for Handed<K> {
    type Settings = K::Settings;

    const DESCRIPTOR: Descriptor = K::DESCRIPTOR;
    const DETECT: Option<Detect> = K::DETECT;

    fn build(settings: Self::Settings, builder: &mut Builder<'_>) -> Option<Box<dyn Connector>> {
        let connector = K::build(settings, builder);
        BUILT.with_borrow_mut(|it| *it = connector);
        None
    }
}
