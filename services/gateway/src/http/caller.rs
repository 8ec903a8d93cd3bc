//! Who calls, found out before anything of the request is read.

use axum::extract::FromRequestParts;
use http::request::Parts;
use tokio::time::timeout_at;

use super::{Shared, problem::Problem, timeout};
use crate::{access::Caller, call_error::CallError};

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let by = timeout::begin(parts).cutoff();
        let peer = parts.extensions.get();
        let gateway = &shared.gateway;
        let known = timeout_at(by, gateway.authenticate(&parts.headers, peer)).await;
        let caller = known.unwrap_or(Err(CallError::UnknownInTime));
        let caller = gateway.counted(caller)?;
        caller.charge(&parts.extensions)?;
        Ok(caller)
    }
}
