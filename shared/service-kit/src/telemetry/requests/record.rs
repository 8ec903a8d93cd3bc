//! What is known of one request; counted once, when it is over.

use std::borrow::Cow;

use http::{HeaderMap, Request, Response};
use opentelemetry::KeyValue;
use tokio::time::Instant;
use tonic::Status;
use tracing::Span;

use super::{super::metrics::Metrics, labels};

pub(super) struct Record {
    metrics: Metrics,
    method: String,
    is_grpc: bool,
    started: Instant,
    /// `None`: given up before an answer, by the caller or with its connection.
    answer: Option<Answer>,
    /// Kept open until the answer is handed over.
    span: Span,
}

#[derive(Clone)]
struct Answer {
    code: Cow<'static, str>,
    is_error: bool,
}

const GIVEN_UP: Answer = Answer {
    code: Cow::Borrowed("CANCELLED"),
    is_error: false,
};

// === impl Record ===

impl Record {
    pub(super) fn new<B>(metrics: Metrics, request: &Request<B>) -> Self {
        Self {
            metrics,
            method: labels::method(request),
            is_grpc: labels::is_grpc(request.headers()),
            started: Instant::now(),
            answer: None,
            span: Span::current(),
        }
    }

    pub(super) fn answered<B>(&mut self, response: &Response<B>) {
        if self.is_grpc && labels::is_grpc(response.headers()) {
            self.trailed(response.headers());
        } else {
            self.answer = Some(Answer {
                code: response.status().as_u16().to_string().into(),
                is_error: labels::is_our_failure(response.status()),
            });
        }
    }

    /// Takes the code from the headers of an answer without a body, or from the trailers.
    pub(super) fn trailed(&mut self, headers: &HeaderMap) {
        let status = headers.get(Status::GRPC_STATUS).filter(|_| self.is_grpc);
        if let Some(status) = status {
            let code = tonic::Code::from_bytes(status.as_bytes());
            self.answer = Some(Answer {
                code: labels::grpc_code(code).into(),
                is_error: labels::is_our_fault(code),
            });
        }
    }

    fn write_line(&self, answer: &Answer) {
        let (method, code) = (&self.method, answer.code.as_ref());
        let milliseconds = self.started.elapsed().as_millis();
        self.span.record("code", code);
        if answer.is_error {
            self.span.record("otel.status_code", "ERROR");
            tracing::warn!(method, code, milliseconds, "request failed");
        } else {
            tracing::debug!(method, code, milliseconds, "request answered");
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let answer = self.answer.take().unwrap_or(GIVEN_UP);
        let labels = [
            KeyValue::new("method", self.method.clone()),
            KeyValue::new("code", answer.code.clone()),
        ];
        let took = self.started.elapsed();
        self.metrics.record(&labels, took, answer.is_error);
        self.span.in_scope(|| self.write_line(&answer));
    }
}
