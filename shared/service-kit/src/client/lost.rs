//! A connection that ends in the middle of an answer.

use bytes::Bytes;
use http::Response;
use http_body_util::BodyExt as _;
use tonic::{Status, body::Body};
use tower::BoxError;

use super::unanswered::{Cause, Unanswered};

/// The same answer; where its connection is lost before its end, that is `UNAVAILABLE` as it would
/// have been before its beginning: the collector has not failed, it is not there.
pub(super) fn told<B>(response: Response<B>) -> Response<Body>
where
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    response.map(|body| Body::new(body.map_err(|error| explained(error.into()))))
}

fn explained(error: BoxError) -> BoxError {
    match Cause::within(error.as_ref()) {
        Some(Cause::Broken | Cause::Leaving) => Box::new(Status::from(Unanswered::Broken)),
        // The one call was given up, or it is no error of the connection at all.
        Some(Cause::Reset | Cause::TooMany) | None => error,
    }
}
