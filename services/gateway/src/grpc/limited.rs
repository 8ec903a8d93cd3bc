//! How large a message may be, and who sends it, before it is read.

use std::{
    convert::Infallible,
    sync::Arc,
    task::{Context, Poll},
};

use passport_proto::gateway::gateway_service_server::{GatewayServiceServer, SERVICE_NAME};
use passport_service_kit::collector::{CALL_LIMIT, PUSH_LIMIT};
use tonic::{Status, body::Body, server::NamedService};
use tower::Service;

use super::Api;
use crate::{gateway::Gateway, room::counted};

/// The path whose calls may last for an hour.
pub(crate) const WATCH_PATH: &str = "/passport.gateway.v1.GatewayService/WatchGate";

const PUSH_PATH: &str = "/passport.gateway.v1.GatewayService/IngestEvidence";

/// The generated server, twice: a limit belongs to a whole server, and only `IngestEvidence` may
/// take large messages.
#[derive(Clone)]
pub(crate) struct LimitedGateway {
    gateway: Arc<Gateway>,
    calls: GatewayServiceServer<Api>,
    pushes: GatewayServiceServer<Api>,
}

impl LimitedGateway {
    pub fn new(gateway: Arc<Gateway>) -> Self {
        let api = Arc::new(Api(Arc::clone(&gateway)));
        let limited = |request| {
            GatewayServiceServer::from_arc(Arc::clone(&api))
                .max_decoding_message_size(request)
                .max_encoding_message_size(CALL_LIMIT)
        };
        Self {
            gateway,
            calls: limited(CALL_LIMIT),
            pushes: limited(PUSH_LIMIT),
        }
    }

    /// A push, whose bytes have to find room. A message that says that it is too large is refused
    /// before it is read.
    fn push(
        &mut self,
        request: http::Request<Body>,
    ) -> <Self as Service<http::Request<Body>>>::Future {
        let held = Arc::new(self.gateway.hold());
        let request = request.map(|body| counted(body, Arc::clone(&held)));
        let answer = self.pushes.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(held);
            answer
        })
    }
}

impl Service<http::Request<Body>> for LimitedGateway {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = <GatewayServiceServer<Api> as Service<http::Request<Body>>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    /// Finds out who calls before the message is read, once for the whole call.
    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let mut limited = self.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let is_push = parts.uri.path() == PUSH_PATH;
            let gateway = &limited.gateway;
            let peer = parts.extensions.get();
            let caller = gateway.authenticate(&parts.headers, peer).await;
            match gateway.may_be_read(caller, &parts.extensions, is_push) {
                Ok(Some(caller)) => drop(parts.extensions.insert(caller)),
                Ok(None) => {}
                Err(refused) => return Ok(Status::from(refused).into_http()),
            }
            let request = http::Request::from_parts(parts, body);
            match is_push {
                true => limited.push(request).await,
                false => limited.calls.call(request).await,
            }
        })
    }
}

impl NamedService for LimitedGateway {
    const NAME: &'static str = SERVICE_NAME;
}
