//! The ceiling: a server that answers every call with the same message and does nothing else.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use anyhow::Result;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use passport_proto::gateway::gateway_service_server::SERVICE_NAME;
use passport_proto::gateway::{CollectEvidenceRequest, CollectEvidenceResponse};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::Server;
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::Service;

#[derive(Debug, Clone)]
struct Echo(CollectEvidenceResponse);

/// Serves this answer on a free port of loopback, and says where.
///
/// # Errors
/// No port is free.
pub async fn serve(answer: CollectEvidenceResponse) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let accepted = TcpListenerStream::new(listener).map(|stream| {
        let stream = stream?;
        stream.set_nodelay(true)?;
        std::io::Result::Ok(stream)
    });
    let server = Server::builder().add_service(Echo(answer));
    tokio::spawn(server.serve_with_incoming(accepted));
    Ok(url)
}

// === impl Echo ===

impl NamedService for Echo {
    const NAME: &'static str = SERVICE_NAME;
}

impl UnaryService<CollectEvidenceRequest> for Echo {
    type Response = CollectEvidenceResponse;
    type Future = Ready<Result<Response<Self::Response>, Status>>;

    fn call(&mut self, _: Request<CollectEvidenceRequest>) -> Self::Future {
        ready(Ok(Response::new(self.0.clone())))
    }
}

impl Service<http::Request<Body>> for Echo {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move { Ok(Grpc::new(ProstCodec::default()).unary(echo, request).await) })
    }
}
