//! How much a connection has to do: by how long its answers took lately, and how many are awaited.
//! A replica that hangs soon looks slow.

use std::time::Duration;

use http::Response;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;
use tonic::body::Body;
use tower::load::{PeakEwma, TrackCompletion};

/// What a new connection is thought to take, so that it is tried.
const AT_FIRST: Duration = Duration::from_millis(10);

/// How long a slow answer is held against a connection, in nanoseconds.
const DECAY: f64 = 10e9;

/// The load of a service of which answers are awaited until they end.
pub(super) type Loaded<S> = PeakEwma<S, UntilTheEnd>;

pub(super) fn loaded<S>(service: S) -> Loaded<S> {
    PeakEwma::new(service, AT_FIRST, DECAY, UntilTheEnd)
}

/// An answer is awaited until its last byte.
#[derive(Debug, Clone, Copy)]
pub(super) struct UntilTheEnd;

// === impl UntilTheEnd ===

impl<H: Send + 'static> TrackCompletion<H, Response<Incoming>> for UntilTheEnd {
    type Output = Response<Body>;

    fn track_completion(&self, handle: H, answer: Response<Incoming>) -> Response<Body> {
        answer.map(|body| {
            Body::new(body.map_frame(move |frame| {
                let _awaited = &handle;
                frame
            }))
        })
    }
}
