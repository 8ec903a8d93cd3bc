//! Asks a target.

mod ending;
mod request;
mod wanted;

use std::time::Duration;

use chrono::{DateTime, Utc};
use passport_connector_sdk::{
    Builder, CollectRequest, ReadError, Request,
    credential_scope::Breadth,
    provider::{ProbeClient, ProbeError, ProbeOptions, Probed, SendError, Stage},
};
use passport_evidence::Fact;

use super::{
    facts::{self, Outcome},
    settings::Settings,
};
pub use ending::{Silent, sort};
use request::{endpoint, headers, names_port, request};
pub use wanted::Wanted;
use wanted::lasts;

/// Of a connection alone.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Between two probes that must agree.
const BETWEEN: Duration = Duration::from_secs(1);
const TCP: &str = "tcp://";
/// How a target is asked.
#[derive(Debug)]
pub struct Probe {
    client: ProbeClient,
    wanted: Wanted,
    /// How often; all have to agree.
    times: u8,
}

// === impl Probe ===

impl Probe {
    /// A probe of a health endpoint, or problems.
    pub fn http(settings: &Settings, builder: &mut Builder<'_>) -> Option<Self> {
        let headers = headers(settings, builder);
        let lasts = lasts(settings, builder);
        let Some(probe) = &settings.probe else {
            builder.problem("probe", "is missing", "write at least its path");
            return None;
        };
        let request = request(probe, builder);
        let json: Vec<_> = probe
            .expect_json
            .iter()
            .map(|it| it.expectation(builder))
            .collect();
        let are_in_range = probe.are_in_range(builder);
        let endpoint = endpoint(settings, builder)?;
        let options = ProbeOptions {
            allow_addresses: settings.allow_addresses.clone(),
            timeout: probe.timeout.as_duration(),
            body_limit: usize::try_from(probe.max_body_bytes).unwrap_or_default(),
            headers: headers?,
        };
        let has_headers = !options.headers.is_empty();
        let client = builder.probe_client(endpoint, options)?;
        let is_https = client.endpoint().is_https();
        let wanted = Wanted {
            request: Some(request?),
            statuses: probe.expected_status.clone(),
            json: json.into_iter().collect::<Option<_>>()?,
            contains: probe.expect_body_contains.clone(),
            version_pointer: probe.version_pointer.clone(),
            lasts: lasts?,
            origin: client.endpoint().origin(),
            is_https,
            shows_headers: has_headers && !is_https,
        };
        are_in_range.then_some(Self {
            client,
            wanted,
            times: probe.confirm,
        })
    }

    /// A connection, or problems.
    pub fn tcp(settings: &Settings, builder: &mut Builder<'_>) -> Option<Self> {
        let lasts = lasts(settings, builder);
        let endpoint = endpoint(settings, builder)?;
        let Some(host) = endpoint.strip_prefix(TCP).filter(|it| names_port(it)) else {
            let fix = "write it as tcp://host:port";
            builder.problem("endpoint", "is no host with its port", fix);
            return None;
        };
        let options = ProbeOptions {
            allow_addresses: settings.allow_addresses.clone(),
            timeout: CONNECT_TIMEOUT,
            body_limit: 0,
            headers: Vec::new(),
        };
        let client = builder.connection_client(host, options)?;
        let wanted = Wanted {
            request: None,
            statuses: Vec::new(),
            json: Vec::new(),
            contains: None,
            version_pointer: None,
            lasts: lasts?,
            origin: client.endpoint().origin(),
            is_https: false,
            shows_headers: false,
        };
        Some(Self {
            client,
            wanted,
            times: 1,
        })
    }

    /// Asks, and says what was found. Of several probes the worst counts, fact by fact.
    pub async fn ask(&self, request: &CollectRequest) -> Result<Vec<Fact>, Silent> {
        let mut found = self.once(request).await?;
        for _ in 1..self.times {
            if !request.pause(BETWEEN).await {
                return Err(Silent::NotAsked(ReadError::TimedOut));
            }
            let again = self.once(request).await?;
            let both = found.into_iter().zip(again);
            found = both.map(|(one, other)| facts::worse(one, other)).collect();
        }
        found.push(self.breadth(request.now));
        Ok(found)
    }

    async fn once(&self, request: &CollectRequest) -> Result<Vec<Fact>, Silent> {
        let outcome = match &self.wanted.request {
            Some(asked) => sort(self.send(asked, request).await)?,
            None => match self.client.connect(request).await {
                Ok(()) => Outcome::Connected,
                Err(error) => sort(Err(error))?,
            },
        };
        let subject = request.subject.as_ref();
        Ok(facts::of(&outcome, &self.wanted, subject, request.now))
    }

    /// Once more only where the connection broke: an old one on the target's side may have been the
    /// fault, and more would hide that it comes and goes.
    async fn send(&self, asked: &Request, request: &CollectRequest) -> Result<Probed, ProbeError> {
        let broke = ProbeError::Failed(SendError::Unreachable(Stage::Exchange));
        match self.client.send(asked.clone(), request).await {
            Err(error) if error == broke => self.client.send(asked.clone(), request).await,
            outcome => outcome,
        }
    }

    /// Whether what is sent along can be read on the way.
    pub fn breadth(&self, now: DateTime<Utc>) -> Fact {
        match self.wanted.shows_headers {
            true => Breadth::Broad.fact(now),
            false => facts::no_credential(),
        }
    }
}
