//! Counts and times requests, gRPC and HTTP alike, and writes a line for each.

mod body;
mod labels;
mod record;

use std::task::{Context, Poll};

use axum::body::Body;
use bytes::Bytes;
use futures::future::BoxFuture;
use http::{Request, Response};
use tower::{BoxError, Layer, Service};

use super::metrics::Metrics;
pub(crate) use labels::{grpc_code, method};
use record::Record;

/// Counts and times requests under two labels that are both bounded: the RPC or route, and the
/// code of the answer.
#[derive(Debug, Clone)]
pub struct RequestMetricsLayer {
    metrics: Metrics,
}

/// What [`RequestMetricsLayer`] makes.
#[derive(Debug, Clone)]
pub struct RequestMetrics<S> {
    inner: S,
    metrics: Metrics,
}

// === impl RequestMetricsLayer ===

impl RequestMetricsLayer {
    /// Counts into these instruments.
    pub fn new(metrics: Metrics) -> Self {
        Self { metrics }
    }
}

impl<S> Layer<S> for RequestMetricsLayer {
    type Service = RequestMetrics<S>;

    fn layer(&self, inner: S) -> RequestMetrics<S> {
        RequestMetrics {
            inner,
            metrics: self.metrics.clone(),
        }
    }
}

// === impl RequestMetrics ===

impl<S, B, R> Service<Request<B>> for RequestMetrics<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
    S::Error: Send,
    R: http_body::Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response<Body>, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let mut record = Record::new(self.metrics.clone(), &request);
        let answer = self.inner.call(request);
        Box::pin(async move {
            let response = answer.await?;
            record.answered(&response);
            Ok(response.map(|inner| body::recorded(inner, record)))
        })
    }
}

#[cfg(test)]
mod tests;
