//! What is sent, and where.

use http::HeaderName;
use passport_connector_sdk::{Builder, Request, secrets::Secret};

use crate::connectors::runtime_target::{
    expectation::is_pointer,
    settings::{Method, ProbeSettings, Settings},
};

/// Longest a probe may take, and most bytes of a body.
const MAX_TIMEOUT: u32 = 10;
const MAX_BODY: u32 = 65_536;
/// What the client itself says, or what a probe has none of.
const KEPT_HEADERS: [&str; 13] = [
    "cache-control",
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

/// What is probed, or a problem.
pub fn endpoint<'s>(settings: &'s Settings, builder: &mut Builder<'_>) -> Option<&'s str> {
    let endpoint = settings.endpoint.as_deref();
    if endpoint.is_none() {
        builder.problem("endpoint", "is missing", "write what is probed");
    }
    endpoint
}

/// One that ends in `:port`, with nothing after it.
pub fn names_port(host: &str) -> bool {
    let port = host.rsplit_once(':').map(|(_, port)| port);
    let port = port.filter(|_| !host.contains(['/', '?', '#', '\\']));
    let port = port.filter(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
    port.is_some_and(|it| it.parse::<u16>().is_ok_and(|port| port > 0))
}

/// The request, or a problem at its path.
pub fn request(probe: &ProbeSettings, builder: &mut Builder<'_>) -> Option<Request> {
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
    // A store on the way is to ask the target again (RFC 9111, section 5.2.1.4).
    let fresh = http::HeaderValue::from_static("no-cache");
    let request = request.header(http::header::ACCEPT, accept);
    let request = request.header(http::header::CACHE_CONTROL, fresh);
    Some(match has_slash {
        true => request.with_trailing_slash(),
        false => request,
    })
}

/// The headers that are sent along, or problems.
pub fn headers(
    settings: &Settings,
    builder: &mut Builder<'_>,
) -> Option<Vec<(HeaderName, Secret)>> {
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

// === impl ProbeSettings ===

impl ProbeSettings {
    /// Whether its values can be; problems otherwise.
    pub fn are_in_range(&self, builder: &mut Builder<'_>) -> bool {
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
