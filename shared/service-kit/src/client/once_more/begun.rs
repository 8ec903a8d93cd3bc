//! An answer of which the first part is there: until then it can be had elsewhere without anybody
//! noticing.

use std::sync::Arc;

use futures::{StreamExt as _, stream};
use http::{HeaderMap, Response};
use http_body::Frame;
use http_body_util::{BodyExt as _, BodyStream, StreamBody};
use tonic::{Code, Status, body::Body};

use super::tries::Why;
use crate::client::{
    answered,
    balance::{Link, Via},
    unanswered::{Cause, Seen, Unanswered},
};

/// An answer that has begun.
pub(super) struct Begun {
    pub answer: Response<Body>,
    /// Who did not do it, and says so, where somebody else may.
    pub refused: Option<(Arc<Link>, Why)>,
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
        let why = refusal(code, trailers(&first).unwrap_or(head.headers()));
        if let Some(via) = via.as_ref().filter(|_| why == Some(Why::Unavailable)) {
            via.link.set_aside();
        }
        let other = via.filter(|via| via.has_other);
        Ok(Self {
            answer: head.map(|()| again(first, body)),
            refused: other.map(|via| via.link).zip(why),
        })
    }
}

fn trailers(first: &Option<Result<Frame<bytes::Bytes>, Status>>) -> Option<&HeaderMap> {
    first.as_ref()?.as_ref().ok()?.trailers_ref()
}

/// Why an answer is none, where another replica may have one.
fn refusal(code: Option<Code>, said: &HeaderMap) -> Option<Why> {
    if code == Some(Code::Unavailable) {
        return Some(Why::Unavailable);
    }
    answered::is_shed(said).then_some(Why::Shed)
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
