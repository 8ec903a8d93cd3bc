//! Workloads and persons that show a token of an issuer: a CI job, a pod, somebody whom the company's
//! identity provider knows. The issuer vouches for what they are; the configuration says which of them
//! may call, and for what.
//!
//! A token is refused for whatever is not exactly as it should be, and its bearer is not told why:
//! the log is, with who refused it and never with the token.

mod claims;
mod fetch;
mod issuer;
mod jwks;
mod keyring;
mod keys;
mod mapping;
mod refused;
mod shown;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use passport_evidence::Problem;
use passport_http_guard::{AddressPolicy, IpNet};
use passport_policy::{gate::Actor, grants::Grants};
use passport_service_kit::{access::Unusable, config::model};

use issuer::Issuer;
pub use keyring::Keyring;
pub(super) use refused::Refused;
use refused::Why;
use shown::Shown;
pub(super) use shown::is_shaped;

/// All issuers whose workloads or persons may call. A clone is the same.
#[derive(Debug, Clone, Default)]
pub struct Issuers(Arc<[Issuer]>);

/// Whom a token is of.
#[derive(Debug)]
pub(super) struct Bearer {
    /// Ids of the mappings that it fits, joined by `+`.
    pub name: String,
    /// The grants of them all; each still stands for itself.
    pub grants: Grants,
    /// The person that it is. `None`: a workload.
    pub person: Option<Actor>,
}

// === impl Issuers ===

impl Issuers {
    /// The issuers of a configuration. Nobody is asked yet.
    ///
    /// # Errors
    /// Only where the loader's idea of a name differs from that of the evidence model.
    pub fn of(settings: &model::Settings, keyring: &Keyring) -> Result<Self, Unusable> {
        let addresses = addresses(&settings.addresses.allow);
        let configured = settings.gateway.oidc.iter();
        let issuers =
            configured.map(|it| Issuer::of(it, keyring.keys(fetch::Place::of(it, &addresses))));
        issuers.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whom a token is of.
    pub(super) async fn admit(
        &self,
        presented: &str,
        now: DateTime<Utc>,
    ) -> Result<Bearer, Refused> {
        let shown = Shown::read(presented).ok_or(Refused::unread())?;
        let issuer = self.0.iter().find(|it| it.is(&shown.issuer));
        let issuer = issuer.ok_or_else(|| shown.refused(Why::Issuer))?;
        issuer.admit(&shown, now).await
    }
}

/// What is wrong with where a configuration's issuers are, by the addresses that may be reached.
pub fn problems(settings: &model::Settings) -> Vec<Problem> {
    let addresses = addresses(&settings.addresses.allow);
    let issuers = settings.gateway.oidc.iter().enumerate();
    let found = issuers.flat_map(|(index, it)| {
        let at = format!("gateway.oidc[{index}]");
        let place = fetch::Place::of(it, &addresses);
        let problems = place.problems().map(|problem| problem.under(&at));
        problems.collect::<Vec<_>>()
    });
    found.collect()
}

/// As for sources: where the operator names no networks, this machine may be asked.
fn addresses(allow: &[IpNet]) -> AddressPolicy {
    match allow.is_empty() {
        true => AddressPolicy::with_loopback(),
        false => AddressPolicy::allowing(allow.iter().copied()),
    }
}

#[cfg(test)]
mod tests;
