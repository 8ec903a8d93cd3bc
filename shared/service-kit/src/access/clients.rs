//! Callers that are known by their certificate.

use passport_evidence::NameError;
use passport_policy::{gate::Actor, grants::Grants};

use super::{grants, person};
use crate::{
    config::model::{self, PeerIdentity},
    tls::Peer,
};

/// A caller that is known by its certificate.
#[derive(Debug, Clone)]
pub struct Client {
    /// Names the caller in audit records.
    pub id: String,
    /// What the caller may do.
    pub grants: Grants,
    /// The person whose certificate it is. `None`: it stands for no person.
    pub person: Option<Actor>,
    identity: PeerIdentity,
}

/// All callers that are known by their certificates.
#[derive(Debug, Clone, Default)]
pub struct Clients(Vec<Client>);

// === impl Clients ===

impl Clients {
    /// The clients of a configuration.
    ///
    /// # Errors
    /// Only where the loader's idea of a name differs from that of the evidence model.
    pub fn of(configured: &[model::Client]) -> Result<Self, NameError> {
        let clients = configured.iter().map(|client| {
            Ok(Client {
                id: client.id.to_string(),
                grants: grants(&client.grants)?,
                person: client.person.as_ref().map(person),
                identity: client.identity.clone(),
            })
        });
        clients.collect::<Result<_, _>>().map(Self)
    }

    /// The one client that the certificate is of. A certificate that is of two clients is nobody's:
    /// grants are never combined, and which were meant is not ours to guess.
    pub fn find(&self, peer: &Peer) -> Option<&Client> {
        let mut of_peer = self.0.iter().filter(|client| peer.is(&client.identity));
        let (one, another) = (of_peer.next()?, of_peer.next());
        another.is_none().then_some(one)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
