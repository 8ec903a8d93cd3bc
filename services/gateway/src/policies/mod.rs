//! Policies as they hold for each scope: what stands at a workspace, at a service and at an
//! environment, put together.

mod inherit;
mod read;

use std::{collections::BTreeMap, sync::Arc};

use passport_evidence::{Problem, Scope};
use passport_policy::{
    gate::GatePolicy,
    passport::{Digest, of_json},
};
use passport_service_kit::config::{Loaded, model};

use crate::configured::Unusable;

/// The policy of one scope.
#[derive(Debug, Clone)]
pub struct Effective {
    /// What a release needs.
    pub policy: GatePolicy,
    /// Of the policy's JSON.
    pub digest: Digest,
}

/// The policy of every configured scope.
#[derive(Debug, Clone, Default)]
pub struct Policies(BTreeMap<Scope, Arc<Effective>>);

/// What is wrong with the policies of a file that the file's own checks can't see: rules that are no
/// expressions, chains of one fact, waivers of what nobody may waive.
pub fn problems(settings: &model::Settings) -> Vec<Problem> {
    let mut problems = Vec::new();
    for of in inherit::scopes(settings) {
        problems.extend(of.problems());
    }
    // What stands further out is met again for each scope that it holds for.
    let mut seen = std::collections::HashSet::new();
    problems
        .retain(|problem: &Problem| seen.insert((problem.path.clone(), problem.reason.clone())));
    problems
}

// === impl Policies ===

impl Policies {
    /// Puts together what a configuration says.
    ///
    /// # Errors
    /// Only where [`problems`] has any, or the loader's idea of a name differs from that of the
    /// evidence model.
    pub fn of(loaded: &Loaded) -> Result<Self, Unusable> {
        let mut policies = BTreeMap::new();
        for of in inherit::scopes(&loaded.settings) {
            let policy = of.policy()?;
            let digest = of_json(&policy).map_err(|_| Unusable::Policy(of.path()))?;
            policies.insert(of.scope()?, Arc::new(Effective { policy, digest }));
        }
        Ok(Self(policies))
    }

    /// The policy of a scope; `None` where the scope is not configured.
    pub fn of_scope(&self, scope: &Scope) -> Option<&Arc<Effective>> {
        self.0.get(scope)
    }

    /// Every scope with its policy.
    pub fn iter(&self) -> impl Iterator<Item = (&Scope, &Arc<Effective>)> {
        self.0.iter()
    }
}

#[cfg(test)]
mod tests;
