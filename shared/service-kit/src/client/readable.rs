//! tonic panics on error details that are not base64. What a server elsewhere sends must not end
//! more than the call to it.

use base64::{
    Engine as _,
    alphabet::STANDARD,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response};
use http_body::Frame;
use http_body_util::BodyExt as _;
use tonic::{Code, Status, body::Body};
use tower::BoxError;

use crate::status;

/// As gRPC has it: padded or not.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The same answer; one whose error can't be read is `INTERNAL`, in its headers or its trailers.
pub fn readable<B>(response: Response<B>) -> Response<Body>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = response.into_parts();
    mend(&mut parts.headers);
    Response::from_parts(parts, Body::new(body.map_frame(in_trailers)))
}

fn in_trailers(frame: Frame<Bytes>) -> Frame<Bytes> {
    match frame.into_trailers() {
        Ok(mut trailers) => {
            mend(&mut trailers);
            Frame::trailers(trailers)
        }
        Err(data) => data,
    }
}

/// Headers or trailers whose error can be read; what can't be is `INTERNAL`.
pub(super) fn mend(headers: &mut HeaderMap) {
    let details = headers.get_all(Status::GRPC_STATUS_DETAILS);
    let is_broken = |value: &HeaderValue| BASE64.decode(value.as_bytes()).is_err();
    if !details.iter().any(is_broken) {
        return;
    }
    tracing::warn!("a server sent an error that can't be read");
    headers.remove(Status::GRPC_STATUS_DETAILS);
    let message = "the server sent an error that can't be read";
    let status = status::error(Code::Internal, "BROKEN_ERROR", message, None, Vec::new());
    // Made of our own words, which are header values.
    let _ = status.add_header(headers);
}
