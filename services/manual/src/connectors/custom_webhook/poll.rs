//! A health endpoint that the customer names, asked once.

pub(super) mod answer;
mod checks;
pub(super) mod health;

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::{HeaderName, HeaderValue, Method, header::ACCEPT};
use passport_connector_sdk::{
    Builder, CollectError, CollectRequest, ProviderClient, ReadError, Reply, Request,
    credential_scope::Breadth,
    json_pointer::Leaf,
    query::{Reading, Sample, Volume},
    secrets::Secret,
    settings::Span,
};
use passport_evidence::{
    Fact, FactName, Limits, MaxAge, Quantity, Reason, Unit, quantity::parse_number,
};
use secrecy::ExposeSecret;
use serde_json::value::RawValue;

use super::settings::{Format, Mapping, Settings};
use answer::Answer;

const LATENCY: FactName = FactName::fixed("endpoint_latency");

/// How long an answer holds where the source does not say.
const LIFE: Span = Span::of_seconds(60);

/// How long an answer may take.
const LONGEST: Span = Span::of_seconds(5);

/// A source that asks an endpoint.
pub struct Poll {
    provider: ProviderClient,
    method: Method,
    headers: Vec<(HeaderName, Secret)>,
    expected: Vec<u16>,
    format: Format,
    mappings: Vec<Mapping>,
    latency: Limits,
    timeout: Duration,
    lasts: MaxAge,
}

// === impl Poll ===

impl Poll {
    /// Checks the source.
    pub fn build(settings: &Settings, builder: &mut Builder<'_>) -> Option<Self> {
        let provider = checks::provider(settings, builder);
        let format = checks::format(settings, builder);
        let method = checks::method(settings, builder);
        let headers = checks::headers(settings, builder);
        let expected = checks::expected(settings, builder);
        let mappings = Mapping::all(settings.mappings.as_deref().unwrap_or_default(), builder);
        let latency = checks::latency(settings, builder);
        let timeout = settings.timeout.unwrap_or(LONGEST);
        if timeout > LONGEST {
            builder.problem("timeout", "is over 5s", "write at most 5s");
        }
        let lasts = match builder.sets_max_age() {
            true => builder.max_age(),
            false => MaxAge::from_secs(LIFE.as_secs().into()),
        };
        Some(Self {
            provider: provider?,
            method: method?,
            headers: headers?,
            expected: expected?,
            format: format?,
            mappings: mappings?,
            latency: latency?,
            timeout: timeout.as_duration(),
            lasts: lasts?,
        })
    }

    /// How long an answer holds.
    pub fn lasts(&self) -> Option<MaxAge> {
        Some(self.lasts)
    }

    /// What an endpoint lets its caller do beside this, it does not tell.
    pub fn breadth(&self) -> Breadth {
        match self.headers.is_empty() && !self.provider.has_credential() {
            true => Breadth::NoneSent,
            false => Breadth::Unverifiable,
        }
    }

    /// Asks once.
    pub async fn facts(&self, request: &CollectRequest) -> Result<Vec<Fact>, CollectError> {
        let asked = self.request().map_err(failure)?;
        let reply = self.provider.probe(asked, request).await.map_err(failure)?;
        let is_expected = self.expected.contains(&reply.status().as_u16());
        let answer =
            Answer::read(&reply, self.format, is_expected, &self.mappings).map_err(failure)?;
        let mut facts = match &answer {
            Answer::Rejected => self.rejected(),
            Answer::Status(_) | Answer::Word(_) | Answer::Body => {
                health::fact(&answer, self.format, is_expected)
                    .into_iter()
                    .collect()
            }
        };
        if !matches!(answer, Answer::Rejected) {
            facts.extend(self.numbers(&reply, is_expected, request.now));
        }
        let took = self.took(&reply);
        facts.push(match is_expected && !matches!(answer, Answer::Rejected) {
            true => took,
            // A fast error is no good news.
            false => took.doubt(Reason::Contradictory),
        });
        let at = Some(request.now);
        Ok(facts.into_iter().map(|it| observed(it, at)).collect())
    }

    fn request(&self) -> Result<Request, ReadError> {
        let request = Request::new(self.method.clone(), Vec::<String>::new());
        let any = HeaderValue::from_static("application/json, text/plain;q=0.5, */*;q=0.1");
        let request = request.header(ACCEPT, any).timeout(self.timeout);
        self.headers
            .iter()
            .try_fold(request, |request, (name, secret)| {
                let value = secret.read().map_err(|_| ReadError::NotConfigured)?;
                let value = HeaderValue::from_str(value.expose_secret());
                let mut value = value.map_err(|_| ReadError::NotConfigured)?;
                value.set_sensitive(true);
                Ok(request.header(name.clone(), value))
            })
    }

    /// The endpoint does not understand the question.
    fn rejected(&self) -> Vec<Fact> {
        let health = health::unknown(self.format, Reason::QueryRejected);
        let numbers = self.mappings.iter();
        let numbers = numbers.map(|it| it.asked.unknown(Reason::QueryRejected));
        health.into_iter().chain(numbers).collect()
    }

    fn numbers(&self, reply: &Reply, is_expected: bool, now: DateTime<Utc>) -> Vec<Fact> {
        let document = answer::document(reply.body());
        let number = |mapping: &Mapping| {
            let fact = match sample(mapping, document) {
                Err(reason) => mapping.asked.unknown(reason),
                Ok(sample) => {
                    let reading = Reading {
                        samples: vec![sample],
                        time: Some(now),
                        volume: Volume::NotAsked,
                        absent_is_zero: false,
                        partial: None,
                    };
                    mapping.asked.judge(&reading, self.lasts, now)
                }
            };
            match is_expected {
                true => fact,
                // Numbers of an endpoint that is not well are no good news.
                false => fact.doubt(Reason::Contradictory),
            }
        };
        self.mappings.iter().map(number).collect()
    }

    fn took(&self, reply: &Reply) -> Fact {
        let micros = u64::try_from(reply.took().as_micros()).unwrap_or(u64::MAX);
        let took = Quantity::new(micros.into(), Unit::Microseconds);
        Fact::measured(LATENCY, took.into(), &self.latency)
    }
}

/// A fact about which nothing is known has no time.
fn observed(fact: Fact, at: Option<DateTime<Utc>>) -> Fact {
    match fact.value() {
        Some(_) => fact.observed(at),
        None => fact,
    }
}

fn sample(mapping: &Mapping, document: Option<&RawValue>) -> Result<Sample, Reason> {
    let holds_any = |it: &&RawValue| matches!(Leaf::of(it), Leaf::Object | Leaf::List);
    let document = document.filter(holds_any).ok_or(Reason::UnexpectedShape)?;
    let found = mapping.pointer.find(document).ok_or(Reason::NoData)?;
    match Leaf::of(found) {
        Leaf::Null => Err(Reason::NoData),
        Leaf::Number(text) => Ok(parse_number(text).map_or(Sample::NotANumber, Sample::Number)),
        Leaf::Text(text) if ["NaN", "Infinity", "-Infinity"].contains(&text.as_str()) => {
            Ok(Sample::NotANumber)
        }
        Leaf::Text(_) | Leaf::Bool | Leaf::List | Leaf::Object => Err(Reason::UnexpectedShape),
    }
}

/// The endpoint could not be asked.
fn failure(error: ReadError) -> CollectError {
    let other = || CollectError::new(passport_evidence::FailureCode::Internal);
    error.failure().unwrap_or_else(other)
}
