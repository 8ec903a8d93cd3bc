//! Every error has a reason that programs can read, also those that tonic makes itself: of a
//! message that is too large, a frame that is broken, a method that there is not.

use bytes::Bytes;
use http::{HeaderMap, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tonic::{Code, Status, body::Body};
use tower::BoxError;

use crate::{status, telemetry::grpc_code};

/// The reason of a message that is over the limit of its method.
const TOO_LARGE: &str = "TOO_LARGE";

/// The same answer. An error without details, in its headers or its trailers, gets an `ErrorInfo`
/// whose reason is the name of its code.
///
/// tonic says `OUT_OF_RANGE` of a message over a limit. Senders of OpenTelemetry repeat that one,
/// and the gRPC guide's code for it is `RESOURCE_EXHAUSTED`.
pub(crate) fn explained<B>(response: Response<B>) -> Response<Body>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = response.into_parts();
    explain(&mut parts.headers);
    Response::from_parts(parts, Body::new(body.map_frame(in_trailers)))
}

fn in_trailers(frame: Frame<Bytes>) -> Frame<Bytes> {
    match frame.into_trailers() {
        Ok(mut trailers) => {
            explain(&mut trailers);
            Frame::trailers(trailers)
        }
        Err(data) => data,
    }
}

fn explain(headers: &mut HeaderMap) {
    if headers.contains_key(Status::GRPC_STATUS_DETAILS) {
        return;
    }
    let failed = Status::from_header_map(headers).filter(|it| it.code() != Code::Ok);
    let Some(bare) = failed else {
        return;
    };
    let (code, reason) = match bare.code() == Code::OutOfRange {
        true => (Code::ResourceExhausted, TOO_LARGE),
        false => (bare.code(), grpc_code(bare.code())),
    };
    let whole = status::error(code, reason, bare.message(), None, Vec::new());
    // What is no header value was none before either.
    let _ = whole.add_header(headers);
}
