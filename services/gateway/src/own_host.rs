//! Without tokens no web page may reach the gateway.

use axum::{extract::Request, middleware::Next, response::Response};
use passport_service_kit::server::own_host::{Foreign, check};

use crate::{call_error::CallError, http::problem::refused};

/// Lets requests through that were addressed to this machine and come from no page elsewhere.
pub(crate) async fn required(request: Request, next: Next) -> Response {
    match check(request.uri(), request.headers()).map_err(CallError::from) {
        Ok(()) => next.run(request).await,
        Err(error) => refused(request.headers(), error),
    }
}

impl From<Foreign> for CallError {
    fn from(foreign: Foreign) -> Self {
        match foreign {
            Foreign::Host => Self::ForeignHost,
            Foreign::Origin => Self::ForeignOrigin,
        }
    }
}
