//! Who watches: asked again at each look, so that a configuration that takes a token or a grant away
//! ends the watch.

use chrono::{DateTime, Utc};
use http::{HeaderMap, header::AUTHORIZATION};
use passport_service_kit::tls::Peer;

use crate::{access::Caller, call_error::CallError, gateway::Gateway};

/// What a caller showed when the watch began.
pub(crate) struct Shown {
    /// Nothing but the credential.
    headers: HeaderMap,
    peer: Option<Peer>,
    /// When a token of an issuer was shown, which may live for minutes only: it counts as of then.
    as_of: Option<DateTime<Utc>>,
}

// === impl Shown ===

impl Shown {
    pub fn new(gateway: &Gateway, caller: &Caller, all: &HeaderMap, peer: Option<&Peer>) -> Self {
        let shown = all.get_all(AUTHORIZATION).iter();
        Self {
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
        let now = self.as_of.unwrap_or_else(|| gateway.now());
        let (headers, peer) = (&self.headers, self.peer.as_ref());
        gateway.authenticate_as_of(headers, peer, now).await
    }
}
