//! Every client that a source has: each endpoint that its settings know, led elsewhere.

use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, anyhow};
use chrono::TimeDelta;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use passport_connector_sdk::Registry;
use passport_connector_sdk::provider::{AddressPolicy, Resolve};
use passport_evidence::{Outcome, Status, Subject};
use passport_integration_tests::workspace;
use passport_testkit::case::{BASE, Case, SMTP};
use passport_testkit::env::Env;
use passport_testkit::provider::stranger;
use passport_testkit::scenario::{Bench, source_id};
use serde_json::Value;

use crate::rows::Row;

/// Vouches for nobody here.
static AUTHORITY: LazyLock<String> = LazyLock::new(|| stranger().unwrap_or_default());

/// One endpoint of a source, as a place in its settings.
#[derive(Clone)]
pub struct Client {
    case: Arc<Case>,
    registry: Registry,
    /// Where the endpoint stands.
    pub place: String,
    /// Whether its source has no other.
    pub is_alone: bool,
}

/// What came of leading a client somewhere.
#[derive(Debug, PartialEq, Eq)]
pub enum Came {
    /// The configuration is refused.
    Refused,
    /// It could not answer: the code.
    Failure(String),
    /// It answered: whether anything passed.
    Evidence { passed: bool },
}

/// Gives each question the next answer, the last one again and again; none is an error.
#[derive(Debug)]
pub struct Answers(Mutex<VecDeque<Vec<IpAddr>>>);

// === impl Answers ===

impl Answers {
    pub fn of(answers: &[&[&str]]) -> Result<Arc<Self>> {
        let parse = |it: &&[&str]| -> Result<Vec<IpAddr>> {
            it.iter().map(|each| Ok(each.parse::<IpAddr>()?)).collect()
        };
        let answers: Result<VecDeque<Vec<IpAddr>>> = answers.iter().map(parse).collect();
        Ok(Arc::new(Self(Mutex::new(answers?))))
    }

    /// How many different ones there are to come; 1 where there is none.
    fn different(&self) -> usize {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        answers.len().max(1)
    }
}

impl Resolve for Answers {
    fn resolve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, io::Result<Vec<IpAddr>>> {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = match answers.len() {
            0 | 1 => answers.front().cloned(),
            _ => answers.pop_front(),
        };
        std::future::ready(next.ok_or_else(|| io::ErrorKind::NotFound.into())).boxed()
    }
}

// === impl Client ===

impl Client {
    /// Every endpoint of a row's source; none of what is only told.
    pub fn of(row: &Row, registry: &Registry) -> Result<Vec<Self>> {
        let file = workspace::root().join(format!("services/{}.case.json", row.case));
        let case = Arc::new(Case::load(file)?);
        let places = places(&case.source, String::new());
        let is_alone = places.len() == 1;
        let client = |place| Self {
            is_alone,
            case: Arc::clone(&case),
            registry: registry.clone(),
            place,
        };
        Ok(places.into_iter().map(client).collect())
    }

    /// The connector and the place.
    pub fn name(&self) -> String {
        format!("{} at {}", self.case.connector, self.place)
    }

    /// Leads it to an origin, under the operator's rules, has it send what it may, and asks; twice where a name
    /// leads somewhere else the second time.
    pub async fn led_to(
        &self,
        origin: &str,
        addresses: AddressPolicy,
        resolver: Arc<Answers>,
    ) -> Result<Came> {
        let times = resolver.different();
        let mut source = self.case.source.clone();
        // The other endpoints stay where they are good.
        for place in places(&source, String::new()) {
            let led = if place == self.place {
                origin
            } else {
                "https://93.184.216.34"
            };
            if let Some(endpoint) = source.pointer_mut(&place) {
                let text = endpoint.as_str().unwrap_or_default().replace(BASE, led);
                *endpoint = text.replace(SMTP, &of_mail(led)).into();
            }
        }
        if origin.starts_with("http:") {
            source["allow_plain_http"] = true.into();
        }
        // An address may be a secret, too.
        let of_secret =
            |(name, text): (&String, &String)| (name.clone(), text.replace(BASE, origin));
        let env: Vec<_> = self.case.env.iter().map(of_secret).collect();
        // Where a case speaks plainly to this machine, elsewhere it is spoken as usual.
        if let Some(keys) = source.as_object_mut() {
            keys.remove("security");
        }
        let id = source_id("workspace-acme-prod", "checkout-api", "production", "led")?;
        let bench = Bench::new(&self.registry, id, self.case.now)
            .source(source)
            .env(Env::from_iter(env))
            .subject(self.case.subject.as_ref().map(Subject::from))
            .deadline(Duration::from_secs(5))
            .hub(|hub| {
                hub.addresses = addresses;
                hub.resolver = resolver;
                // The system's authorities take long to read, and nobody is talked to.
                hub.ca_pem = Some(AUTHORITY.as_bytes().to_vec());
            });
        let Ok(trial) = bench.start() else {
            return Ok(Came::Refused);
        };
        // Failures are remembered for a moment: each collection is one of its own.
        let mut came = Came::Refused;
        for _ in 0..times {
            // What only connects to send something is asked for that.
            let _told_by_the_collection = trial.notify().await;
            let outcome = trial.collect().await.map_err(|error| anyhow!("{error}"))?;
            came = Came::from(&outcome);
            trial.clock.advance(TimeDelta::minutes(10));
        }
        Ok(came)
    }
}

impl From<&Outcome> for Came {
    fn from(outcome: &Outcome) -> Self {
        match outcome {
            Outcome::Failure(failure) => Self::Failure(failure.code.to_string()),
            Outcome::Evidence(evidence) => Self::Evidence {
                passed: evidence
                    .facts()
                    .iter()
                    .any(|it| it.status() == Status::Passed),
            },
        }
    }
}

/// The origin as that of a mail server, at the port that is listened on where it names none.
fn of_mail(origin: &str) -> String {
    let of_web = origin
        .strip_prefix("https://")
        .or(origin.strip_prefix("http://"));
    let Some(host) = of_web else {
        return origin.to_owned();
    };
    let behind_address = host.rsplit(']').next().unwrap_or_default();
    match behind_address.contains(':') {
        true => format!("smtps://{host}"),
        false => format!("smtps://{host}:443"),
    }
}

/// Where the settings name the provider's origin.
fn places(settings: &Value, at: String) -> Vec<String> {
    match settings {
        Value::String(text) if text.contains(BASE) || text.contains(SMTP) => vec![at],
        Value::Object(keys) => {
            let each = |(key, value): (&String, &Value)| places(value, format!("{at}/{key}"));
            keys.iter().flat_map(each).collect()
        }
        Value::Array(items) => {
            let each = |(index, value): (usize, &Value)| places(value, format!("{at}/{index}"));
            items.iter().enumerate().flat_map(each).collect()
        }
        Value::String(_) | Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}
