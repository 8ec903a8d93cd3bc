//! What the head of an answer says already.

use http::{HeaderMap, Response, StatusCode};
use tonic::{Code, Status};
use tonic_types::StatusExt as _;

use super::readable::mend;
use crate::{limits, status::DOMAIN};

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

/// Whether headers or trailers say that the call was turned away for want of a place, which is before
/// anybody looked at it.
pub(super) fn is_shed(headers: &HeaderMap) -> bool {
    if in_headers(headers) != Some(Code::ResourceExhausted) {
        return false;
    }
    let mut headers = headers.clone();
    mend(&mut headers);
    let status = Status::from_header_map(&headers);
    let info = status.and_then(|it| it.get_details_error_info());
    let reason = limits::Why::InFlight.reason();
    info.is_some_and(|info| info.domain == DOMAIN && info.reason == reason)
}
