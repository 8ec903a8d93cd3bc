//! Every request has an id, a span and its place in the metrics.

use axum::Router;
use http::{HeaderMap, Request};
use tower_http::{
    request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer},
    trace::TraceLayer,
};
use tracing::{Span, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use crate::telemetry::{Metrics, RequestMetricsLayer, extract_headers, method};

const ID_HEADER: &str = "x-request-id";

/// An id of a caller that is longer, or has other characters, is not written to logs.
const ID_LENGTH: usize = 64;

/// Gives every request an id (the caller's `x-request-id`, or a new one, sent back either way), a
/// span in the caller's trace, and its place in the metrics. For the whole router of a port.
pub fn observed(router: Router, metrics: &Metrics) -> Router {
    let spans = TraceLayer::new_for_http()
        .make_span_with(span)
        .on_request(())
        .on_response(())
        .on_failure(());
    router
        .layer(RequestMetricsLayer::new(metrics.clone()))
        .layer(spans)
        .layer(PropagateRequestIdLayer::x_request_id())
        .layer(SetRequestIdLayer::x_request_id(MakeRequestUuid))
}

fn span<B>(request: &Request<B>) -> Span {
    let method = method(request);
    let span = tracing::info_span!(
        "request",
        otel.name = method,
        otel.kind = "server",
        request_id = id(request.headers()),
        code = Empty,
        otel.status_code = Empty,
    );
    // Fails where no traces are made.
    let _ = span.set_parent(extract_headers(request.headers()));
    span
}

fn id(headers: &HeaderMap) -> Option<&str> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    let id = headers.get(ID_HEADER)?.to_str().ok()?;
    (id.len() <= ID_LENGTH && id.bytes().all(is_plain)).then_some(id)
}
