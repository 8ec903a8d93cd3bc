//! Who calls, found out before anything of the request is read.

use axum::extract::FromRequestParts;
use http::request::Parts;

use super::{Shared, problem::Problem};
use crate::access::Caller;

impl FromRequestParts<Shared> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        let peer = parts.extensions.get();
        let gateway = &shared.gateway;
        let caller = gateway.authenticate(&parts.headers, peer).await;
        let caller = gateway.counted(caller)?;
        caller.charge(&parts.extensions)?;
        Ok(caller)
    }
}
