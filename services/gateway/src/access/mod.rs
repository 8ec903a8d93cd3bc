//! Who may call, and for what. Asked before anything is looked up, so that a refusal tells nothing
//! of what there is.

mod bearer;
mod configured;

use chrono::{DateTime, Utc};
use http::HeaderMap;
use passport_evidence::Scope;
use passport_policy::{
    grants::{Grants, Verb},
    tokens::{Refusal, Tokens},
};
use passport_service_kit::config::model;
use tracing::warn;

use crate::{call_error::CallError, configured::Unusable};

/// Who is admitted.
#[derive(Debug, Clone)]
pub struct Access(Admission);

#[derive(Debug, Clone)]
enum Admission {
    Everybody,
    Bearers(Tokens),
}

/// Somebody who was admitted.
#[derive(Debug, Clone)]
pub struct Caller {
    name: String,
    rights: Rights,
}

#[derive(Debug, Clone)]
enum Rights {
    Everything,
    Granted(Grants),
}

// === impl Access ===

impl Access {
    /// Everybody may do everything. Only for a gateway without tokens that listens on loopback,
    /// where whoever reaches it can read its configuration as well.
    pub fn open_on_loopback() -> Self {
        Self(Admission::Everybody)
    }

    /// Bearers of these tokens, each for what it was granted. Without tokens: nobody.
    pub fn tokens(tokens: Tokens) -> Self {
        Self(Admission::Bearers(tokens))
    }

    /// Bearers of the configured tokens. Without tokens: nobody.
    ///
    /// # Errors
    /// Only where the loader's idea of a name differs from that of the evidence model.
    pub fn configured(gateway: &model::Gateway) -> Result<Self, Unusable> {
        configured::tokens(gateway).map(Self::tokens)
    }

    /// Who is admitted by a configuration: bearers of its tokens, or, where it has none, everybody.
    ///
    /// # Errors
    /// Only where the loader's idea of a name differs from that of the evidence model.
    pub fn of(gateway: &model::Gateway) -> Result<Self, Unusable> {
        match gateway.tokens.is_empty() {
            true => Ok(Self::open_on_loopback()),
            false => Self::configured(gateway),
        }
    }

    /// Whether callers need no token.
    pub fn admits_everybody(&self) -> bool {
        match self.0 {
            Admission::Everybody => true,
            Admission::Bearers(_) => false,
        }
    }

    /// Finds out who calls, by the `authorization` header of HTTP or gRPC.
    ///
    /// # Errors
    /// [`CallError::Unauthenticated`], which is the same for a token that is absent, doubled,
    /// unknown or expired.
    pub fn authenticate(
        &self,
        headers: &HeaderMap,
        now: DateTime<Utc>,
    ) -> Result<Caller, CallError> {
        match &self.0 {
            Admission::Everybody => Ok(Caller::anybody()),
            Admission::Bearers(tokens) => {
                let presented = bearer::token(headers).ok_or(CallError::Unauthenticated)?;
                admit(tokens, presented, now)
            }
        }
    }
}

fn admit(tokens: &Tokens, presented: &str, now: DateTime<Utc>) -> Result<Caller, CallError> {
    match tokens.find(presented, now) {
        Ok(token) => Ok(Caller {
            name: token.id.clone(),
            rights: Rights::Granted(token.grants.clone()),
        }),
        Err(Refusal::Expired { id }) => {
            warn!(token = id, "an expired token was refused");
            Err(CallError::Unauthenticated)
        }
        Err(Refusal::Unknown) => {
            warn!("an unknown token was refused");
            Err(CallError::Unauthenticated)
        }
    }
}

// === impl Caller ===

impl Caller {
    fn anybody() -> Self {
        Self {
            name: "anybody-on-loopback".to_owned(),
            rights: Rights::Everything,
        }
    }

    /// Names the caller in records: the token's id.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the verb was granted on the scope.
    ///
    /// # Errors
    /// [`CallError::Denied`], whether the scope is configured or not.
    pub fn may(&self, verb: Verb, scope: &Scope) -> Result<(), CallError> {
        let permitted = match &self.rights {
            Rights::Everything => true,
            Rights::Granted(grants) => grants.permits(scope, verb),
        };
        if !permitted {
            warn!(token = self.name, verb = verb.as_str(), %scope, "denied");
        }
        permitted.then_some(()).ok_or(CallError::Denied(verb))
    }

    /// Whether the verb was granted on some scope or other, for what belongs to no scope.
    ///
    /// # Errors
    /// [`CallError::Denied`].
    pub fn may_anywhere(&self, verb: Verb) -> Result<(), CallError> {
        let permitted = match &self.rights {
            Rights::Everything => true,
            Rights::Granted(grants) => grants.permits_anywhere(verb),
        };
        if !permitted {
            warn!(token = self.name, verb = verb.as_str(), "denied everywhere");
        }
        permitted.then_some(()).ok_or(CallError::Denied(verb))
    }
}

#[cfg(test)]
mod tests;
