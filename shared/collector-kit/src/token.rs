//! The token that a collector asks its callers for.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header::AUTHORIZATION},
    middleware::Next,
    response::Response,
};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::refused::unauthenticated;

/// Calls of the collector's own service; health, reflection and what providers push to are open or
/// have tokens of their own.
const GUARDED: &str = "/passport.collector.";

/// Digest of what callers have to show; `None`: nothing.
#[derive(Clone)]
pub(crate) struct Wanted(Option<[u8; 32]>);

impl Wanted {
    pub fn new(token: Option<&SecretString>) -> Self {
        Self(token.map(|token| Sha256::digest(token.expose_secret()).into()))
    }

    /// Whether callers have to show one.
    pub fn is_some(&self) -> bool {
        self.0.is_some()
    }

    fn admits(&self, headers: &HeaderMap) -> bool {
        let Some(wanted) = &self.0 else { return true };
        let shown = headers.get(AUTHORIZATION).and_then(|it| it.to_str().ok());
        let shown = shown.and_then(|text| text.strip_prefix("Bearer "));
        shown.is_some_and(|token| Sha256::digest(token).as_slice().ct_eq(wanted).into())
    }
}

/// Lets calls through that show the token, before anything else of them is read.
pub(crate) async fn required(
    State(wanted): State<Wanted>,
    request: Request,
    next: Next,
) -> Response {
    let is_guarded = request.uri().path().starts_with(GUARDED);
    if !is_guarded || wanted.admits(request.headers()) {
        return next.run(request).await;
    }
    tracing::warn!("a caller without the collector's token was refused");
    unauthenticated("the collector asks for its token; show it as a bearer").into_http()
}

#[cfg(test)]
mod tests;
