//! Asks a target, and sorts how that ended.

use std::time::Duration;

use chrono::{DateTime, Utc};
use http::HeaderName;
use passport_connector_sdk::{
    Builder, CollectRequest, ReadError, Request,
    credential_scope::Breadth,
    provider::{ProbeClient, ProbeError, ProbeOptions, Probed, SendError, Stage},
};
use passport_evidence::{Fact, Limits, Threshold, Unit};

use super::{
    expectation::{Expectation, is_pointer},
    facts::{self, Outcome},
    settings::{Method, ProbeSettings, Settings},
};

/// Longest a probe may take, and most bytes of a body.
const MAX_TIMEOUT: u32 = 10;
const MAX_BODY: u32 = 65_536;
/// Of a connection alone.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(4);
/// Between two probes that must agree.
const BETWEEN: Duration = Duration::from_secs(1);
const TCP: &str = "tcp://";
const LASTS: &str = ">= 7d";
/// What the client itself says, or what a probe has none of.
const KEPT_HEADERS: [&str; 12] = [
    "accept-encoding",
    "connection",
    "content-length",
    "cookie",
    "host",
    "proxy-authorization",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "accept",
    "content-type",
];

/// How a target is asked.
#[derive(Debug)]
pub struct Probe {
    client: ProbeClient,
    wanted: Wanted,
    /// How often; all have to agree.
    times: u8,
}

/// What an answer has to be.
#[derive(Debug)]
pub struct Wanted {
    /// The request; `None`: a connection is enough.
    request: Option<Request>,
    /// Statuses that are good.
    pub statuses: Vec<u16>,
    /// What the JSON body has to say.
    pub json: Vec<Expectation>,
    /// What the body has to contain.
    pub contains: Option<String>,
    /// Where the JSON body names the version.
    pub version_pointer: Option<String>,
    /// How many days the certificate has to last.
    pub lasts: Limits,
    /// The origin, for where a redirect leads.
    pub origin: String,
    /// Whether it speaks TLS.
    pub is_https: bool,
    /// Whether headers are sent that anybody on the way can read.
    shows_headers: bool,
}

/// Why nothing is known of a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silent {
    /// No way leads to it.
    Unreachable,
    /// Its address may not be reached.
    OutOfScope,
    /// It was not asked, or not long enough.
    NotAsked(ReadError),
}

// === impl Wanted ===

#[cfg(test)]
impl Wanted {
    /// Of an answer's status and body, over plain http.
    pub fn of_body(
        statuses: Vec<u16>,
        json: Vec<super::expectation::ExpectedJson>,
        version_pointer: Option<String>,
    ) -> Self {
        let json = json
            .iter()
            .filter_map(super::expectation::ExpectedJson::parsed);
        Self {
            request: None,
            statuses,
            json: json.collect(),
            contains: None,
            version_pointer,
            lasts: Limits::default(),
            origin: "http://127.0.0.1".to_owned(),
            is_https: false,
            shows_headers: false,
        }
    }
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
            tokio::time::sleep(BETWEEN).await;
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

/// What an attempt tells of the target.
///
/// # Errors
/// It tells nothing.
pub fn sort(outcome: Result<Probed, ProbeError>) -> Result<Outcome, Silent> {
    let failed = match outcome {
        Ok(answer) => return Ok(Outcome::Answered(answer)),
        Err(ProbeError::NotAsked(error)) => return Err(Silent::NotAsked(error)),
        Err(ProbeError::Failed(failed)) => failed,
    };
    match failed {
        SendError::Refused(_) => Err(Silent::OutOfScope),
        SendError::Invalid(_) => Err(Silent::NotAsked(ReadError::NotConfigured)),
        SendError::TimedOut { connecting: true } => Err(Silent::Unreachable),
        SendError::TooLarge { .. } => Ok(Outcome::TooLarge),
        SendError::TimedOut { connecting: false } | SendError::Cut | SendError::Garbled => {
            Ok(Outcome::Broken)
        }
        SendError::Unreachable(stage) => match stage {
            Stage::Lookup | Stage::Connect => Err(Silent::Unreachable),
            Stage::Refused | Stage::Exchange => Ok(Outcome::Broken),
            Stage::Handshake | Stage::Alert => Ok(Outcome::NoTls),
            Stage::Certificate(distrust) => Ok(Outcome::Distrusted(distrust)),
        },
    }
}

fn endpoint<'s>(settings: &'s Settings, builder: &mut Builder<'_>) -> Option<&'s str> {
    let endpoint = settings.endpoint.as_deref();
    if endpoint.is_none() {
        builder.problem("endpoint", "is missing", "write what is probed");
    }
    endpoint
}

/// One that ends in `:port`, with nothing after it.
fn names_port(host: &str) -> bool {
    let port = host.rsplit_once(':').map(|(_, port)| port);
    let port = port.filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
    port.is_some_and(|it| it.parse::<u16>().is_ok_and(|port| port > 0))
}

/// The request, or a problem at its path.
fn request(probe: &ProbeSettings, builder: &mut Builder<'_>) -> Option<Request> {
    let path = probe.path.strip_prefix('/');
    let inner = path.map(|it| it.strip_suffix('/').unwrap_or(it));
    let segments: Vec<_> = match inner {
        None | Some("") => Vec::new(),
        Some(inner) => inner.split('/').collect(),
    };
    let is_plain = |it: &&str| {
        !matches!(*it, "" | "." | "..")
            && !it
                .contains(|it: char| it.is_control() || matches!(it, '?' | '#' | '\\' | ';' | '%'))
    };
    if path.is_none() || !segments.iter().all(is_plain) {
        let fix = "write it as /healthz, without a query and steps up";
        builder.problem("probe.path", "is no plain absolute path", fix);
        return None;
    }
    let method = match probe.method {
        Method::Get => http::Method::GET,
        Method::Head => http::Method::HEAD,
    };
    let has_slash = !segments.is_empty() && probe.path.ends_with('/');
    let request = Request::new(method, segments);
    let accept = http::HeaderValue::from_static("application/json, */*;q=0.5");
    let request = request.header(http::header::ACCEPT, accept);
    Some(match has_slash {
        true => request.with_trailing_slash(),
        false => request,
    })
}

/// The headers that are sent along, or problems.
fn headers(
    settings: &Settings,
    builder: &mut Builder<'_>,
) -> Option<Vec<(HeaderName, passport_connector_sdk::secrets::Secret)>> {
    let mut all = Some(Vec::new());
    for (name, secret) in &settings.headers {
        let parsed = HeaderName::from_bytes(name.as_bytes()).ok();
        let parsed = parsed.filter(|it| !KEPT_HEADERS.contains(&it.as_str()));
        match (parsed, &mut all) {
            (Some(parsed), Some(found)) => found.push((parsed, builder.secret(secret))),
            (Some(_), None) => {}
            (None, _) => {
                let fix = "name another, such as X-Probe-Key";
                let reason = "can't be sent, or is the client's own";
                builder.problem(format!("headers.{name}"), reason, fix);
                all = None;
            }
        }
    }
    all
}

/// How long the certificate has to last, or a problem.
fn lasts(settings: &Settings, builder: &mut Builder<'_>) -> Option<Limits> {
    let text = settings
        .thresholds
        .tls_certificate
        .as_deref()
        .unwrap_or(LASTS);
    let parsed = text
        .parse::<Threshold>()
        .and_then(|it| it.in_unit(Unit::Days));
    let reason = match parsed {
        Ok(threshold) if threshold.wants_less() == Some(false) => return Some(threshold.into()),
        Ok(_) => "is no limit from below".to_owned(),
        Err(error) => error.to_string(),
    };
    builder.problem(
        "thresholds.tls_certificate",
        reason,
        "write one such as `>= 14d`",
    );
    None
}

// === impl ProbeSettings ===

impl ProbeSettings {
    fn are_in_range(&self, builder: &mut Builder<'_>) -> bool {
        let is_status = |it: &u16| (100..=599).contains(it);
        let expects_body = !self.expect_json.is_empty()
            || self.expect_body_contains.is_some()
            || self.version_pointer.is_some();
        let statuses = &self.expected_status;
        let pointer = self.version_pointer.as_deref();
        let contains = self.expect_body_contains.as_deref();
        let checks = [
            (
                "timeout",
                self.timeout.as_secs() <= MAX_TIMEOUT,
                "write 1s to 10s",
            ),
            (
                "max_body_bytes",
                (1..=MAX_BODY).contains(&self.max_body_bytes),
                "write 1 to 65536",
            ),
            ("confirm", matches!(self.confirm, 1 | 2), "write 1 or 2"),
            (
                "expected_status",
                !statuses.is_empty() && statuses.iter().all(is_status),
                "list statuses of 100 to 599",
            ),
            (
                "version_pointer",
                pointer.is_none_or(is_pointer),
                "write it as /version",
            ),
            (
                "expect_body_contains",
                contains.is_none_or(|it| !it.is_empty()),
                "write a text, or leave it out",
            ),
            (
                "method",
                self.method == Method::Get || !expects_body,
                "write GET: an answer to HEAD has no body",
            ),
        ];
        for (key, _, fix) in checks.iter().filter(|(_, fits, _)| !fits) {
            builder.problem(format!("probe.{key}"), "is not as it can be", *fix);
        }
        checks.iter().all(|(_, fits, _)| *fits)
    }
}
