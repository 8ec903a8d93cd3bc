//! Which workloads or persons a mapping means.

use std::collections::BTreeMap;

use passport_evidence::NameError;
use passport_policy::grants::Grants;
use passport_service_kit::{
    access,
    config::model::{self, ClaimValue, IssuerKind},
};

use super::claims::Claims;

/// Workloads or persons of one issuer, and what they may do.
#[derive(Debug)]
pub(super) struct Mapping {
    pub id: String,
    pub grants: Grants,
    claims: BTreeMap<String, ClaimValue>,
}

/// What GitHub says of runs whose code comes from a pull request, of anybody's fork perhaps.
const PULL_REQUEST: &str = "pull_request";

const EVENT: &str = "event_name";

// === impl Mapping ===

impl Mapping {
    pub fn of(configured: &model::Mapping) -> Result<Self, NameError> {
        Ok(Self {
            id: configured.id.to_string(),
            grants: access::grants(&configured.grants)?,
            claims: configured.claims.clone(),
        })
    }

    /// Whether every claim is exactly as it has to be.
    pub fn fits(&self, kind: IssuerKind, claims: &Claims) -> bool {
        let is = |(name, wanted): (&String, &ClaimValue)| claims.is(kind, name, wanted);
        // A mapping of nothing would fit everybody.
        !self.claims.is_empty() && self.claims.iter().all(is) && self.means_event(kind, claims)
    }

    /// Pull requests are meant only where the mapping names their event.
    fn means_event(&self, kind: IssuerKind, claims: &Claims) -> bool {
        match kind {
            IssuerKind::GithubActions => {
                let event = claims.text(kind, EVENT);
                let other = event.is_some_and(|it| !it.starts_with(PULL_REQUEST));
                other || self.claims.contains_key(EVENT)
            }
            IssuerKind::GitlabCi
            | IssuerKind::Kubernetes
            | IssuerKind::People
            | IssuerKind::Other => true,
        }
    }
}
