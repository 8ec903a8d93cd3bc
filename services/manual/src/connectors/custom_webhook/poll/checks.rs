//! What is wrong with a polled source.

use http::{HeaderName, Method};
use passport_connector_sdk::{Auth, Builder, ProviderClient, secrets::Secret};
use passport_evidence::{Limits, Threshold, Unit};

use crate::connectors::custom_webhook::settings::{Format, Settings, check_address};

/// Most headers of a request.
const MAX_HEADERS: usize = 10;

/// A client for the endpoint, or problems.
pub fn provider(settings: &Settings, builder: &mut Builder<'_>) -> Option<ProviderClient> {
    let Some(endpoint) = &settings.endpoint else {
        let fix = "write the whole address, such as https://health.example.com/ready";
        builder.problem("endpoint", "is missing", fix);
        return None;
    };
    let is_plain = check_address(endpoint, builder);
    builder.client(endpoint, Auth::None).filter(|_| is_plain)
}

/// How the endpoint says how it is, or problems.
pub fn format(settings: &Settings, builder: &mut Builder<'_>) -> Option<Format> {
    if settings.format.is_none() {
        let fix = "write actuator, health+json, aspnet, mapped or status_only";
        builder.problem("format", "is missing, and it is never guessed", fix);
    }
    let is_empty = settings.mappings.as_ref().is_none_or(Vec::is_empty);
    if settings.format == Some(Format::Mapped) && is_empty {
        let fix = "name the numbers that count, or another format";
        builder.problem("mappings", "are missing, and nothing else is read", fix);
        return None;
    }
    if settings.format == Some(Format::StatusOnly) && !is_empty {
        let fix = "leave them out, or name a format";
        builder.problem("mappings", "lead into a body that is not read", fix);
        return None;
    }
    settings.format
}

/// The method that asks, or a problem.
pub fn method(settings: &Settings, builder: &mut Builder<'_>) -> Option<Method> {
    let is_bare = settings.format == Some(Format::StatusOnly);
    match settings.method.as_deref() {
        None | Some("GET") => Some(Method::GET),
        Some("HEAD") if is_bare => Some(Method::HEAD),
        Some("HEAD") => {
            let fix = "write GET, or `format: status_only`";
            builder.problem("method", "asks for no body, and the format wants one", fix);
            None
        }
        Some(_) => {
            builder.problem("method", "is neither GET nor HEAD", "write GET");
            None
        }
    }
}

/// The headers that the endpoint wants, or problems.
pub fn headers(
    settings: &Settings,
    builder: &mut Builder<'_>,
) -> Option<Vec<(HeaderName, Secret)>> {
    const TAKEN: [&str; 9] = [
        "accept",
        "accept-encoding",
        "connection",
        "content-length",
        "content-type",
        "cookie",
        "host",
        "te",
        "transfer-encoding",
    ];
    let all = settings.headers.iter().flatten();
    let read = all.map(|(name, secret)| {
        let parsed = HeaderName::try_from(name.as_str()).ok();
        let parsed = parsed.filter(|it| !TAKEN.contains(&it.as_str()));
        if parsed.is_none() {
            let reason = "is no name of a header, or of one that means something else";
            let fix = "write the header that the endpoint wants, as x-health-key";
            builder.problem(format!("headers.{name}"), reason, fix);
        }
        Some((parsed?, builder.secret(secret)))
    });
    let read: Vec<_> = read.collect();
    if read.len() > MAX_HEADERS {
        builder.problem("headers", "are over 10", "name at most 10");
        return None;
    }
    read.into_iter().collect()
}

/// Statuses of a healthy endpoint, or a problem.
pub fn expected(settings: &Settings, builder: &mut Builder<'_>) -> Option<Vec<u16>> {
    let expected = settings
        .expected_status
        .clone()
        .unwrap_or_else(|| vec![200]);
    let is_answer = |it: &u16| (200..300).contains(it) || (400..600).contains(it);
    if expected.is_empty() || expected.len() > 20 || !expected.iter().all(is_answer) {
        let reason = "names none, or one that is no answer";
        builder.problem(
            "expected_status",
            reason,
            "write [200]; redirects are not followed",
        );
        return None;
    }
    Some(expected)
}

/// What is wanted of how long an answer takes, or a problem.
pub fn latency(settings: &Settings, builder: &mut Builder<'_>) -> Option<Limits> {
    let thresholds = settings.thresholds.as_ref();
    let Some(text) = thresholds.and_then(|it| it.endpoint_latency.as_deref()) else {
        return Some(Limits::default());
    };
    let threshold = text.parse::<Threshold>();
    match threshold.and_then(|it| it.in_unit(Unit::Milliseconds)) {
        Ok(threshold) => Some(threshold.into()),
        Err(error) => {
            let path = "thresholds.endpoint_latency";
            builder.problem(path, error.to_string(), "write one such as `< 800ms`");
            None
        }
    }
}
