//! A panic costs one call and tells the caller nothing of itself.

use std::any::Any;

use http::Response;
use tonic::{Code, body::Body};
use tower_http::catch_panic::CatchPanicLayer;

use crate::status;

/// Makes the answer to a call that panicked.
pub(crate) type Answer = fn(Box<dyn Any + Send>) -> Response<Body>;

/// Turns a panic in a call into `INTERNAL`.
pub(crate) fn layer() -> CatchPanicLayer<Answer> {
    CatchPanicLayer::custom(answer as Answer)
}

/// The text of the panic goes nowhere: it may hold what the call was about.
fn answer(_: Box<dyn Any + Send>) -> Response<Body> {
    tracing::error!("a call panicked");
    let message = "a fault of this service; its log says more";
    status::error(Code::Internal, "FAULT", message, None, Vec::new()).into_http()
}
