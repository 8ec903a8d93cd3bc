//! Whose calls a collector answers: those that its entry names by their certificates, each for what
//! it was granted. Asked before anything is looked up, so that a refusal tells nothing of what
//! there is.

mod calls;
#[cfg(test)]
mod tests;

use std::{fmt::Display, sync::Arc};

use http::HeaderMap;
use passport_evidence::Scope;
use passport_policy::grants::{Grants, Verb};
use passport_service_kit::{
    access::{Client, Clients},
    client::CALLER,
    limits,
    status::error,
    tls::Peer,
};
use tonic::{Code, Request, Status};

pub(crate) use calls::Admitting;

use crate::refused::unauthenticated;

/// Longest name of that kind that is written down.
const LONGEST_NAME: usize = 128;

/// Who may ask.
#[derive(Clone)]
pub(crate) struct Admission(Option<Arc<Clients>>);

/// Somebody who may ask.
enum Asker<'a> {
    /// Whoever reaches a collector that knows no clients: one on this machine alone.
    Anybody,
    Known {
        client: &'a Client,
        on_behalf_of: String,
    },
}

// === impl Admission ===

impl Admission {
    /// The clients, or, where there are none, everybody.
    pub fn of(clients: Clients) -> Self {
        Self((!clients.is_empty()).then(|| Arc::new(clients)))
    }

    /// Whether callers need to show no certificate.
    pub fn admits_everybody(&self) -> bool {
        self.0.is_none()
    }

    /// Who asks; the call is counted as one of theirs.
    fn asker<T>(&self, request: &Request<T>) -> Result<Asker<'_>, Status> {
        let Some(clients) = &self.0 else {
            limits::charge(request.extensions(), None)?;
            return Ok(Asker::Anybody);
        };
        let peer = request.extensions().get::<Peer>();
        match peer.and_then(|peer| clients.find(peer)) {
            Some(client) => {
                limits::charge(request.extensions(), Some(&client.id))?;
                Ok(Asker::Known {
                    client,
                    on_behalf_of: on_behalf_of(request.metadata().as_ref()),
                })
            }
            None => {
                let peer = peer.map(ToString::to_string).unwrap_or_default();
                tracing::warn!(peer, "a certificate of nobody who is known was refused");
                Err(unauthenticated(
                    "the certificate is of nobody who may ask this collector",
                ))
            }
        }
    }
}

// === impl Asker ===

impl Asker<'_> {
    fn may(&self, verb: Verb, scope: &Scope) -> Result<(), Status> {
        self.allowed(verb, scope, |grants| grants.permits(scope, verb))
    }

    /// For what belongs to no scope.
    fn may_anywhere(&self, verb: Verb) -> Result<(), Status> {
        self.allowed(verb, &"any", |grants| grants.permits_anywhere(verb))
    }

    /// Whether it is believed which person delivers: only of a gateway that was granted so, and never of
    /// whoever shows nothing.
    fn vouches_at(&self, scope: &Scope) -> bool {
        match self {
            Self::Anybody => false,
            Self::Known { client, .. } => client.grants.permits(scope, Verb::Vouch),
        }
    }

    fn allowed(
        &self,
        verb: Verb,
        scope: &dyn Display,
        permits: impl FnOnce(&Grants) -> bool,
    ) -> Result<(), Status> {
        let Self::Known {
            client,
            on_behalf_of,
        } = self
        else {
            return Ok(());
        };
        let (client, grants, word) = (&client.id, &client.grants, verb.as_str());
        match permits(grants) {
            true => {
                tracing::info!(client, on_behalf_of, verb = word, %scope, "admitted");
                Ok(())
            }
            false => {
                tracing::warn!(client, on_behalf_of, verb = word, %scope, "denied");
                Err(denied(verb))
            }
        }
    }
}

/// In whose name the gateway asks: written down, and granted nothing for. A name that could be
/// mistaken for something else is written without that.
fn on_behalf_of(headers: &HeaderMap) -> String {
    let name = headers.get(CALLER).map(http::HeaderValue::as_bytes);
    let plain = name.unwrap_or_default().iter().take(LONGEST_NAME);
    let plain = plain.filter(|byte| byte.is_ascii_graphic());
    plain.map(|byte| char::from(*byte)).collect()
}

fn denied(verb: Verb) -> Status {
    let message = format!("`{}` is not granted there", verb.as_str());
    error(Code::PermissionDenied, "DENIED", message, None, Vec::new())
}
