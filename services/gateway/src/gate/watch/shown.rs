//! Who watches: asked again at each look, so that a configuration that takes a token or a grant away
//! ends the watch.

use chrono::{DateTime, Utc};
use http::{HeaderMap, header::AUTHORIZATION};
use passport_service_kit::tls::Peer;

use crate::{access::Caller, call_error::CallError, gateway::Gateway};

/// Who began the watch.
pub(crate) enum Shown {
    /// Somebody who called, by what was shown then.
    ByCaller {
        /// Nothing but the credential.
        headers: HeaderMap,
        peer: Option<Peer>,
        /// When a token of an issuer was shown, which may live for minutes only: it counts as of then.
        as_of: Option<DateTime<Utc>>,
    },
    /// The gateway itself, for a provider that asked.
    ForProvider(Caller),
}

// === impl Shown ===

impl Shown {
    pub fn new(gateway: &Gateway, caller: &Caller, all: &HeaderMap, peer: Option<&Peer>) -> Self {
        let shown = all.get_all(AUTHORIZATION).iter();
        Self::ByCaller {
            headers: shown.map(|it| (AUTHORIZATION, it.clone())).collect(),
            peer: peer.cloned(),
            as_of: caller.is_of_issuer().then(|| gateway.now()),
        }
    }

    /// Who that is by the configuration of this gateway.
    ///
    /// # Errors
    /// Nobody, or not any more.
    pub async fn caller(&self, gateway: &Gateway) -> Result<Caller, CallError> {
        match self {
            Self::ByCaller {
                headers,
                peer,
                as_of,
            } => {
                let now = as_of.unwrap_or_else(|| gateway.now());
                let peer = peer.as_ref();
                gateway.authenticate_as_of(headers, peer, now).await
            }
            Self::ForProvider(caller) => Ok(caller.clone()),
        }
    }
}
