//! Callers that show their token in a path: each may evaluate the gate of one scope, by its own route.

use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, Utc};
use passport_evidence::Scope;
use passport_policy::{
    grants::{Grant, Grants, Verb},
    tokens::{Refusal, Token, Tokens, is_for_hook},
};
use passport_service_kit::{
    access::{Unusable, sha256},
    config::model,
};
use tracing::warn;

use super::Caller;
use crate::{call_error::CallError, configured};

/// What is known of one hook.
#[derive(Debug, Clone)]
pub struct Hook {
    /// The one scope whose gate it evaluates.
    pub scope: Scope,
    /// Where in what it sends the release is named.
    pub release: model::ReleaseKeys,
    /// From which decision on it is stopped whatever the policy's mode.
    pub fail_on: Option<model::FailOn>,
}

/// All hooks that are admitted. Their tokens are kept apart from all others, so that neither kind
/// opens what is the other's.
#[derive(Debug, Clone, Default)]
pub struct Hooks {
    tokens: Tokens,
    by_id: BTreeMap<String, Arc<Hook>>,
}

// === impl Hooks ===

impl Hooks {
    /// The hooks of a configuration.
    ///
    /// # Errors
    /// Only where the loader's idea of a name or a hash differs from that of the evidence model.
    pub fn of(configured: &[model::Hook]) -> Result<Self, Unusable> {
        let mut hooks = Self::default();
        let mut tokens = Vec::new();
        for it in configured {
            let scope = &it.scope;
            let scope = configured::scope(
                scope.workspace.as_str(),
                scope.service.as_str(),
                scope.environment.as_str(),
            )?;
            tokens.push(Token {
                id: it.id.to_string(),
                sha256: sha256(&it.id, &it.sha256)?,
                expires: it.expires,
                person: None,
                grants: Grants::from_iter([Grant::of_scope(&scope, Verb::Evaluate)]),
            });
            let hook = Hook {
                scope,
                release: it.release.clone(),
                fail_on: it.fail_on,
            };
            hooks.by_id.insert(it.id.to_string(), Arc::new(hook));
        }
        hooks.tokens = tokens.into_iter().collect();
        Ok(hooks)
    }

    /// The hook whose token was presented, and who calls by it.
    ///
    /// # Errors
    /// [`CallError::Unauthenticated`], the same for a token that is unknown, of another kind or expired.
    pub fn admit(
        &self,
        presented: &str,
        now: DateTime<Utc>,
    ) -> Result<(Caller, Arc<Hook>), CallError> {
        let found = self.tokens.find(presented, now);
        let token = found.map_err(|refusal| {
            match refusal {
                Refusal::Expired { id } => {
                    warn!(hook = id, "an expired token of a hook was refused")
                }
                Refusal::Unknown => warn!("an unknown token of a hook was refused"),
            }
            CallError::Unauthenticated
        })?;
        let hook = self.by_id.get(&token.id).filter(|_| is_for_hook(presented));
        let hook = hook.ok_or_else(|| {
            warn!(
                hook = token.id,
                "a token that was not made for a hook was refused"
            );
            CallError::Unauthenticated
        })?;
        let caller = Caller::known(token.id.clone(), token.grants.clone(), None);
        Ok((caller, Arc::clone(hook)))
    }
}
