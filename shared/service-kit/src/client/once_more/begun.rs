//! An answer of which the first part is there: until then it can be had elsewhere without anybody
//! noticing.

use std::sync::Arc;

use futures::{StreamExt as _, stream};
use http::Response;
use http_body::Frame;
use http_body_util::{BodyExt as _, BodyStream, StreamBody};
use tonic::{Code, Status, body::Body};

use crate::client::{
    answered,
    balance::{Link, Via},
    unanswered::{Cause, Seen, Unanswered},
};

/// An answer that has begun.
pub(super) struct Begun {
    pub answer: Response<Body>,
    /// Who says to be unavailable, and nothing else, where somebody else may say more.
    pub refused_by: Option<Arc<Link>>,
}

// === impl Begun ===

impl Begun {
    pub async fn of(answer: Response<Body>) -> Result<Self, Unanswered> {
        let (mut parts, mut body) = answer.into_parts();
        let via: Option<Via> = parts.extensions.remove();
        let head = Response::from_parts(parts, ());
        let mut code = answered::code(&head);
        let first = match code {
            Some(_) => None,
            None => body.frame().await,
        };
        match (&first, &via) {
            (Some(Err(status)), Some(via)) if is_lost(status) => {
                via.link.end();
                return Err(Unanswered::Lost {
                    link: Arc::clone(&via.link),
                    seen: Seen::Perhaps,
                });
            }
            (Some(Ok(frame)), _) => code = frame.trailers_ref().and_then(answered::in_headers),
            (Some(Err(_)) | None, _) => {}
        }
        let is_unavailable = code == Some(Code::Unavailable);
        if let Some(via) = via.as_ref().filter(|_| is_unavailable) {
            via.link.set_aside();
        }
        let refused_by = via.filter(|via| is_unavailable && via.has_other);
        Ok(Self {
            answer: head.map(|()| again(first, body)),
            refused_by: refused_by.map(|via| via.link),
        })
    }
}

fn is_lost(status: &Status) -> bool {
    let cause = std::error::Error::source(status).map(Cause::of);
    match cause {
        Some(Cause::Leaving | Cause::Broken | Cause::TooMany) => true,
        Some(Cause::Reset) | None => false,
    }
}

/// The body with the frame that was taken from it.
fn again(first: Option<Result<Frame<bytes::Bytes>, Status>>, rest: Body) -> Body {
    match first {
        None => rest,
        first => {
            let frames = stream::iter(first).chain(BodyStream::new(rest));
            Body::new(StreamBody::new(frames))
        }
    }
}
