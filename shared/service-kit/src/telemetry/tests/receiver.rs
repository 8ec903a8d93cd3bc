//! A server that takes traces and metrics by OTLP and tells what came, once and sorted: how often
//! an exporter sends is its own affair.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex},
};

use opentelemetry_proto::tonic::collector::{
    metrics::v1::{
        ExportMetricsServiceRequest, ExportMetricsServiceResponse,
        metrics_service_server::{MetricsService, MetricsServiceServer},
    },
    trace::v1::{
        ExportTraceServiceRequest, ExportTraceServiceResponse,
        trace_service_server::{TraceService, TraceServiceServer},
    },
};
use tokio::net::TcpListener;
use tonic::{Request, Response, Status, service::Routes};

#[derive(Clone, Default)]
pub(super) struct Receiver {
    came: Arc<Mutex<Came>>,
}

#[derive(Default)]
struct Came {
    authorization: BTreeSet<Option<String>>,
    metrics: BTreeSet<String>,
    spans: BTreeSet<String>,
}

impl Receiver {
    pub(super) async fn start() -> (Self, String) {
        let receiver = Self::default();
        let router = Routes::new(MetricsServiceServer::new(receiver.clone()))
            .add_service(TraceServiceServer::new(receiver.clone()))
            .into_axum_router();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async { axum::serve(listener, router).await });
        (receiver, endpoint)
    }

    pub(super) fn authorization(&self) -> Vec<Option<String>> {
        self.came
            .lock()
            .unwrap()
            .authorization
            .iter()
            .cloned()
            .collect()
    }

    pub(super) fn metrics(&self) -> Vec<String> {
        self.came.lock().unwrap().metrics.iter().cloned().collect()
    }

    pub(super) fn spans(&self) -> Vec<String> {
        self.came.lock().unwrap().spans.iter().cloned().collect()
    }
}

#[tonic::async_trait]
impl MetricsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        let header = request.metadata().get("authorization");
        let header = header.map(|it| it.to_str().unwrap().to_owned());
        let resources = request.into_inner().resource_metrics.into_iter();
        let scopes = resources.flat_map(|it| it.scope_metrics);
        let names = scopes.flat_map(|it| it.metrics).map(|it| it.name);
        let mut came = self.came.lock().unwrap();
        came.authorization.insert(header);
        came.metrics.extend(names);
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        let resources = request.into_inner().resource_spans.into_iter();
        let scopes = resources.flat_map(|it| it.scope_spans);
        let names = scopes.flat_map(|it| it.spans).map(|it| it.name);
        self.came.lock().unwrap().spans.extend(names);
        Ok(Response::new(Default::default()))
    }
}
