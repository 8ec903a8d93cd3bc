//! What the head of an answer says already.

use http::{HeaderMap, Response, StatusCode};
use tonic::{Code, Status};

/// The code of an answer that is an error and nothing else; `None` where the answer goes on.
pub(super) fn code<B>(answer: &Response<B>) -> Option<Code> {
    match answer.status() {
        StatusCode::OK => in_headers(answer.headers()),
        // What stands between, such as a proxy, says that nobody is there.
        StatusCode::BAD_GATEWAY | StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => {
            Some(Code::Unavailable)
        }
        _ => Some(Code::Unknown),
    }
}

/// The code in headers or trailers.
pub(super) fn in_headers(headers: &HeaderMap) -> Option<Code> {
    let code = headers.get(Status::GRPC_STATUS)?;
    Some(Code::from_bytes(code.as_bytes()))
}
