//! The limits around a router.

use axum::{
    Router,
    extract::{Request, State},
    middleware::{Next, from_fn_with_state},
    response::Response,
};
use http::{HeaderMap, StatusCode, header::AUTHORIZATION};
use tonic::{Code, Status};

use super::{Key, Limits, Refusal, address};
use crate::tls::Peer;

/// What is asked by those who look after a process, also when it has too much to do.
const NEVER_REFUSED: [&str; 5] = [
    "/healthz",
    "/readyz",
    "/metrics",
    "/grpc.health.v1.Health/",
    "/grpc.reflection.",
];

/// Paths below it may hold a credential in place of a header.
const CREDENTIALS_IN_PATHS: &str = "/v1/hooks/";

/// Makes the answer to a request, of which these are the headers, that is not looked at.
pub type Refuse = fn(&HeaderMap, Refusal) -> Response;

#[derive(Clone)]
struct Guard {
    limits: Limits,
    /// Whether a credential is asked for.
    verifies: bool,
    refuse: Refuse,
}

/// What counts of a request.
struct Asked {
    headers: HeaderMap,
    /// `None` where the caller has no address: it is in this process.
    address: Option<Key>,
    shows_nothing: bool,
    /// Whether a credential stands in its path, if anywhere.
    shows_in_path: bool,
}

/// The same router within limits. Where it `verifies` callers, requests without a credential are
/// counted by their address before they are looked at, and those whose credential is refused after
/// that: a good credential is worth the same wherever it is shown.
///
/// Services call [`charge`](super::charge) once they know who calls.
pub fn limited(router: Router, limits: &Limits, verifies: bool, refuse: Refuse) -> Router {
    let guard = Guard {
        limits: limits.clone(),
        verifies,
        refuse,
    };
    router.layer(from_fn_with_state(guard, within))
}

async fn within(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    if NEVER_REFUSED.iter().any(|it| path.starts_with(it)) {
        return next.run(request).await;
    }
    let asked = Asked::of(&request);
    let answer = guard.answer(&asked, request, next).await;
    answer.unwrap_or_else(|refusal| (guard.refuse)(&asked.headers, refusal))
}

// === impl Guard ===

impl Guard {
    async fn answer(
        &self,
        asked: &Asked,
        mut request: Request,
        next: Next,
    ) -> Result<Response, Refusal> {
        if asked.shows_nothing {
            self.count_unverified(asked)?;
        }
        let place = self.limits.call()?;
        request.extensions_mut().insert(self.limits.clone());
        let answer = next.run(request).await;
        if !asked.shows_nothing && (is_unverified(&answer) || asked.leads_nowhere(&answer)) {
            self.count_unverified(asked)?;
        }
        Ok(answer.map(|body| self.limits.hold(body, place)))
    }

    fn count_unverified(&self, asked: &Asked) -> Result<(), Refusal> {
        match &asked.address {
            Some(address) if self.verifies => self.limits.charge_unverified(address.clone()),
            Some(_) | None => Ok(()),
        }
    }
}

fn is_unverified(answer: &Response) -> bool {
    let over_grpc = || Status::from_header_map(answer.headers());
    answer.status() == StatusCode::UNAUTHORIZED
        || over_grpc().is_some_and(|it| it.code() == Code::Unauthenticated)
}

// === impl Asked ===

impl Asked {
    fn of(request: &Request) -> Self {
        let extensions = request.extensions();
        let headers = request.headers();
        let shows = headers.contains_key(AUTHORIZATION) || extensions.get::<Peer>().is_some();
        let shows_in_path = !shows && request.uri().path().starts_with(CREDENTIALS_IN_PATHS);
        Self {
            headers: media(headers),
            address: address(extensions),
            shows_nothing: !shows && !shows_in_path,
            shows_in_path,
        }
    }

    /// Whether nobody looked at the credential in the path, as no route has that path.
    fn leads_nowhere(&self, answer: &Response) -> bool {
        self.shows_in_path && answer.status() == StatusCode::NOT_FOUND
    }
}

/// What tells how to answer; the rest goes on with the request.
fn media(headers: &HeaderMap) -> HeaderMap {
    let name = http::header::CONTENT_TYPE;
    let value = headers.get(&name).cloned();
    value.map(|value| (name, value)).into_iter().collect()
}
