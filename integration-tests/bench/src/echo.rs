//! The ceiling: servers of bare gRPC that answer every call with the same message, or hand it on to
//! one that does.

use std::convert::Infallible;
use std::task::{Context, Poll};

use anyhow::Result;
use futures::StreamExt as _;
use futures::future::BoxFuture;
use passport_proto::gateway::gateway_service_client::GatewayServiceClient;
use passport_proto::gateway::gateway_service_server::SERVICE_NAME;
use passport_proto::gateway::{CollectEvidenceRequest, CollectEvidenceResponse};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::body::Body;
use tonic::server::{Grpc, NamedService, UnaryService};
use tonic::transport::{Channel, Server};
use tonic::{Request, Response, Status};
use tonic_prost::ProstCodec;
use tower::Service;

#[derive(Debug, Clone)]
enum Echo {
    Fixed(CollectEvidenceResponse),
    HandedOn(GatewayServiceClient<Channel>),
}

/// Serves this answer on a free port of loopback, and says where.
///
/// # Errors
/// No port is free.
pub async fn serve(answer: CollectEvidenceResponse) -> Result<String> {
    listening(Echo::Fixed(answer)).await
}

/// The same with the answers of another server.
///
/// # Errors
/// No port is free, or nobody listens there.
pub async fn hand_on(url: &str) -> Result<String> {
    let channel = Channel::from_shared(url.to_owned())?.connect().await?;
    listening(Echo::HandedOn(GatewayServiceClient::new(channel))).await
}

async fn listening(echo: Echo) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let accepted = TcpListenerStream::new(listener).map(|stream| {
        let stream = stream?;
        stream.set_nodelay(true)?;
        std::io::Result::Ok(stream)
    });
    let server = Server::builder().add_service(echo);
    tokio::spawn(server.serve_with_incoming(accepted));
    Ok(url)
}

// === impl Echo ===

impl NamedService for Echo {
    const NAME: &'static str = SERVICE_NAME;
}

impl UnaryService<CollectEvidenceRequest> for Echo {
    type Response = CollectEvidenceResponse;
    type Future = BoxFuture<'static, Result<Response<Self::Response>, Status>>;

    fn call(&mut self, request: Request<CollectEvidenceRequest>) -> Self::Future {
        let echo = self.clone();
        Box::pin(async move {
            match echo {
                Self::Fixed(answer) => Ok(Response::new(answer)),
                Self::HandedOn(mut to) => to.collect_evidence(request.into_inner()).await,
            }
        })
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
