//! Which hook calls, found out by its path before anything of the request is read.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use http::{StatusCode, request::Parts};

use super::super::{Shared, problem::Problem, timeout};
use crate::access::{Caller, Hook};

/// The name of the part of the path that is the token.
const TOKEN: &str = "token";

/// A hook that was admitted. It says nothing of its token, and neither do the problems of one that was
/// not: the path is never repeated.
pub(in crate::http) struct Admitted {
    pub caller: Caller,
    pub hook: Arc<Hook>,
}

impl FromRequestParts<Shared> for Admitted {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, shared: &Shared) -> Result<Self, Problem> {
        timeout::begin(parts);
        let path = RawPathParams::from_request_parts(parts, shared).await;
        let path = path.map_err(|_| unknown())?;
        let token = path.iter().find(|(name, _)| *name == TOKEN);
        let (_, token) = token.ok_or_else(unknown)?;
        let (caller, hook) = shared.gateway.hook(token).map_err(|_| unknown())?;
        caller.charge(&parts.extensions)?;
        Ok(Self { caller, hook })
    }
}

/// The same for every token that is not admitted, whatever the reason.
fn unknown() -> Problem {
    let detail = "the token in the path is none of a hook that is admitted; `passport token hook` \
                  makes one, and its entry under `gateway.hooks` admits it";
    Problem::new(StatusCode::UNAUTHORIZED, "UNAUTHENTICATED", detail)
}
