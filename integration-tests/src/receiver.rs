//! Takes what the processes say of themselves by OTLP, and keeps it as it came.
//!
//! `shared/service-kit` has a smaller one for its own tests: nothing in `shared/` may rest on this
//! crate.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::{
    MetricsService, MetricsServiceServer,
};
use opentelemetry_proto::tonic::collector::metrics::v1::{
    ExportMetricsServiceRequest, ExportMetricsServiceResponse,
};
use opentelemetry_proto::tonic::collector::trace::v1::trace_service_server::{
    TraceService, TraceServiceServer,
};
use opentelemetry_proto::tonic::collector::trace::v1::{
    ExportTraceServiceRequest, ExportTraceServiceResponse,
};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

/// A server for traces and metrics.
#[derive(Debug, Clone, Default)]
pub struct Receiver(Arc<Mutex<Vec<Came>>>);

/// Something that came.
#[derive(Debug, Clone)]
pub struct Came {
    /// What it is.
    pub kind: String,
    /// Its bytes: they hold every text as it is.
    pub bytes: Vec<u8>,
}

/// A span, and the service that it is of.
#[derive(Debug, Clone)]
pub struct Traced {
    /// Name of the service.
    pub service: String,
    /// The span.
    pub span: Span,
}

const SPANS: &str = "exported spans";
const METRICS: &str = "exported metrics";

// === impl Receiver ===

impl Receiver {
    /// Starts on a free port, and gives its origin too.
    ///
    /// # Errors
    /// There is no free port.
    pub async fn start() -> Result<(Self, String)> {
        let receiver = Self::default();
        let router = Routes::new(MetricsServiceServer::new(receiver.clone()))
            .add_service(TraceServiceServer::new(receiver.clone()))
            .into_axum_router();
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async { axum::serve(listener, router).await });
        Ok((receiver, origin))
    }

    /// All that came.
    #[must_use]
    pub fn came(&self) -> Vec<Came> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Every span that came.
    ///
    /// # Errors
    /// One can't be read.
    pub fn spans(&self) -> Result<Vec<Traced>> {
        let mut spans = Vec::new();
        for came in self.came().iter().filter(|it| it.kind == SPANS) {
            let request = ExportTraceServiceRequest::decode(came.bytes.as_slice())?;
            for of in request.resource_spans {
                let service = service_of(of.resource.as_ref());
                let of_service = of.scope_spans.into_iter().flat_map(|it| it.spans);
                spans.extend(of_service.map(|span| Traced {
                    service: service.clone(),
                    span,
                }));
            }
        }
        Ok(spans)
    }

    /// Every metric that came, by the service that it is of.
    ///
    /// # Errors
    /// One can't be read.
    pub fn metrics(&self) -> Result<BTreeSet<(String, String)>> {
        let mut metrics = BTreeSet::new();
        for came in self.came().iter().filter(|it| it.kind == METRICS) {
            let request = ExportMetricsServiceRequest::decode(came.bytes.as_slice())?;
            for of in request.resource_metrics {
                let service = service_of(of.resource.as_ref());
                let of_service = of.scope_metrics.into_iter().flat_map(|it| it.metrics);
                metrics.extend(of_service.map(|it| (service.clone(), it.name)));
            }
        }
        Ok(metrics)
    }

    fn keep(&self, kind: &str, request: &Request<impl Message>) {
        let mut came = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let metadata = format!("{:?}", request.metadata());
        came.push(Came {
            kind: format!("metadata of {kind}"),
            bytes: metadata.into_bytes(),
        });
        came.push(Came {
            kind: kind.to_owned(),
            bytes: request.get_ref().encode_to_vec(),
        });
    }
}

fn service_of(resource: Option<&Resource>) -> String {
    let mut attributes = resource.iter().flat_map(|it| &it.attributes);
    let name = attributes.find(|it| it.key == "service.name");
    match name.and_then(|it| it.value.as_ref()?.value.as_ref()) {
        Some(Value::StringValue(name)) => name.clone(),
        Some(_) | None => String::new(),
    }
}

#[tonic::async_trait]
impl MetricsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.keep(METRICS, &request);
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.keep(SPANS, &request);
        Ok(Response::new(Default::default()))
    }
}
