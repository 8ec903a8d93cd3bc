//! `MetricsService/Export` without its messages: an export is handed on as the bytes that it came in,
//! and read once, where it is judged. What it unpacks to is then held by as many exports at once as there
//! are threads, and not by every sender who waits for the database.

use std::{
    convert::Infallible,
    task::{Context, Poll},
};

use bytes::{Buf as _, BufMut as _, Bytes};
use futures::future::BoxFuture;
use http::{
    HeaderMap, HeaderValue, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE},
};
use http_body::Body as HttpBody;
use opentelemetry_proto::tonic::collector::metrics::v1::metrics_service_server::SERVICE_NAME;
use tonic::{
    Request, Response, Status,
    body::Body,
    codec::{
        Codec, CompressionEncoding, DecodeBuf, Decoder, EnabledCompressionEncodings, EncodeBuf,
        Encoder,
    },
    server::{Grpc, NamedService, UnaryService},
};
use tower::{BoxError, Service};

use super::{Receiver, status};
use crate::connectors::otlp::MAX_SENT;

/// The only method.
const EXPORT: &str = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";

/// The service.
#[derive(Clone)]
pub struct Exports(Receiver);

/// Messages as bytes.
#[derive(Debug, Clone, Copy, Default)]
struct AsBytes;

// === impl Exports ===

impl Exports {
    pub(super) fn of(receiver: Receiver) -> Self {
        Self(receiver)
    }
}

impl NamedService for Exports {
    const NAME: &'static str = SERVICE_NAME;
}

impl<B> Service<http::Request<B>> for Exports
where
    B: HttpBody + Send + 'static,
    B::Error: Into<BoxError> + Send,
{
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let exports = self.clone();
        Box::pin(async move {
            if request.uri().path() != EXPORT {
                let unknown = Status::unimplemented("there is no such method");
                return Ok(unknown.into_http());
            }
            let mut gzip = EnabledCompressionEncodings::default();
            gzip.enable(CompressionEncoding::Gzip);
            let mut grpc = Grpc::new(AsBytes)
                .apply_compression_config(gzip, EnabledCompressionEncodings::default())
                .apply_max_message_size_config(Some(MAX_SENT), None);
            Ok(grpc.unary(exports, request).await)
        })
    }
}

impl UnaryService<Bytes> for Exports {
    type Response = Bytes;
    type Future = BoxFuture<'static, Result<Response<Bytes>, Status>>;

    fn call(&mut self, request: Request<Bytes>) -> Self::Future {
        let receiver = self.0.clone();
        Box::pin(async move {
            let (metadata, _, export) = request.into_parts();
            let protobuf = HeaderValue::from_static("application/x-protobuf");
            let mut headers = HeaderMap::from_iter([(CONTENT_TYPE, protobuf)]);
            if let Some(shown) = metadata.into_headers().remove(AUTHORIZATION) {
                headers.insert(AUTHORIZATION, shown);
            }
            let reply = receiver.deliver(headers, export).await;
            match reply.status {
                StatusCode::OK => Ok(Response::new(reply.body)),
                refused => Err(status(refused)),
            }
        })
    }
}

// === impl AsBytes ===

impl Codec for AsBytes {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, into: &mut EncodeBuf<'_>) -> Result<(), Status> {
        into.put(message);
        Ok(())
    }
}

impl Decoder for AsBytes {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}
