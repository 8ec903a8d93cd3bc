//! Errors of a call, with what a program needs beside the text.

use std::{collections::HashMap, time::Duration};

use bytes::Bytes;
use http::HeaderMap;
use http_body::Frame;
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, FieldViolation, StatusExt as _};

/// The domain of every reason.
pub const DOMAIN: &str = "passport-mesh";

/// An error with `google.rpc` details: `ErrorInfo` always; `RetryInfo` when the call may be made
/// again after a time; `BadRequest` when fields of the request are at fault.
///
/// `reason` is in UPPER_SNAKE_CASE and from a closed list. `message` is for a person, and neither
/// it nor a violation, a pair of field path and description, may hold a secret.
pub fn error(
    code: Code,
    reason: &'static str,
    message: impl Into<String>,
    retry: Option<Duration>,
    violations: Vec<(String, String)>,
) -> Status {
    let mut details = ErrorDetails::with_error_info(reason, DOMAIN, HashMap::new());
    if let Some(delay) = retry {
        details.set_retry_info(Some(delay));
    }
    if !violations.is_empty() {
        let fields = violations.into_iter();
        let fields: Vec<_> = fields
            .map(|(field, description)| FieldViolation::new(field, description))
            .collect();
        details.set_bad_request(fields);
    }
    Status::with_error_details(code, message, details)
}

/// How long an error asks to wait before the call is made again; `None` where it does not say.
pub fn retry_delay(status: &Status) -> Option<Duration> {
    status.get_details_retry_info()?.retry_delay
}

/// The last frame of a body, for an answer that fails after its headers were sent.
pub(crate) fn trailers(status: &Status) -> Result<Frame<Bytes>, Status> {
    let mut trailers = HeaderMap::new();
    status.add_header(&mut trailers)?;
    Ok(Frame::trailers(trailers))
}

#[cfg(test)]
mod tests;
