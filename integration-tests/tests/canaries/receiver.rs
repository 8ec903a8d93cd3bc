//! Takes what the processes say of themselves by OTLP, and keeps it as it came.

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
use prost::Message;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic::{Request, Response, Status};

use crate::search::Output;

/// A server for traces and metrics.
#[derive(Debug, Clone, Default)]
pub struct Receiver(Arc<Mutex<Vec<Output>>>);

// === impl Receiver ===

impl Receiver {
    /// Starts on a free port, and gives its origin too.
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

    /// All that came: its bytes hold every text as it is.
    pub fn came(&self) -> Vec<Output> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, kind: &str, request: &Request<impl Message>) {
        let mut came = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let metadata = format!("{:?}", request.metadata());
        came.push(Output::new(format!("metadata of {kind}"), metadata));
        came.push(Output::new(kind, request.get_ref().encode_to_vec()));
    }
}

#[tonic::async_trait]
impl MetricsService for Receiver {
    async fn export(
        &self,
        request: Request<ExportMetricsServiceRequest>,
    ) -> Result<Response<ExportMetricsServiceResponse>, Status> {
        self.keep("exported metrics", &request);
        Ok(Response::new(Default::default()))
    }
}

#[tonic::async_trait]
impl TraceService for Receiver {
    async fn export(
        &self,
        request: Request<ExportTraceServiceRequest>,
    ) -> Result<Response<ExportTraceServiceResponse>, Status> {
        self.keep("exported spans", &request);
        Ok(Response::new(Default::default()))
    }
}
