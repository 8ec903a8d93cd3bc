//! Persons of a provider, by ids that tell nothing of them.

use hmac::{Hmac, KeyInit as _, Mac as _};
use passport_evidence::{Actor, ActorId, Actors, Role};
use passport_http_guard::{Endpoint, EndpointRules};
use secrecy::ExposeSecret as _;
use sha2::Sha256;

use crate::{kind::Builder, secrets::Secret};

/// Set before what is hashed, so that no id is a mark that the same key is used for elsewhere.
const PURPOSE: &str = "passport actor of a provider";

/// Makes ids of the persons of one provider, out of the ids that the provider has for them: the same person has the same
/// id in whichever replica and source of a workspace, and without the key nobody can try out whose it is.
///
/// Of another workspace the id is another one: whoever may have a source there could make persons known to himself
/// show up in his own evidence, and find them again in that of others. So it is of another connector and another
/// provider, whose ids may be the same by chance. With another key all ids are others.
#[derive(Debug, Clone)]
pub struct ActorIds {
    /// `None`: nobody is told of.
    key: Option<Secret>,
    workspace: String,
    connector: String,
    provider: String,
}

impl Builder<'_> {
    /// What makes ids of persons of this provider: named by its endpoint, of which the origin counts, or by what else
    /// tells its workspaces apart. Made with the process's key for persons; without one nobody is told of.
    pub fn actor_ids(&mut self, provider: &str) -> ActorIds {
        let rules = EndpointRules {
            allow_plain_http: true,
            addresses: &self.hub.options.addresses,
        };
        let origin = Endpoint::parse(provider, rules).map(|it| it.origin());
        let provider = origin.unwrap_or_else(|_| provider.to_owned());
        let key = self.persons_key(None);
        if key.is_none() {
            let connector = self.descriptor().id;
            tracing::info!(
                connector,
                "no persons.key is configured: evidence names no actors"
            );
        }
        let workspace = self.scope().workspace.to_string();
        ActorIds::new(key, &workspace, self.descriptor().id, &provider)
    }
}

// === impl ActorIds ===

impl ActorIds {
    /// With a key, for what a connector reads of a provider.
    pub fn new(key: Option<Secret>, workspace: &str, connector: &str, provider: &str) -> Self {
        Self {
            key,
            workspace: workspace.to_owned(),
            connector: connector.to_owned(),
            provider: provider.to_owned(),
        }
    }

    /// The persons who are behind a fact, by the ids that the provider has for them; never by a name or an address,
    /// which somebody else may have later. One without such an id is counted only. Nobody is told of or counted where
    /// there is no key, or it can't be read.
    pub fn told<'a>(&self, persons: impl IntoIterator<Item = (Role, Option<&'a str>)>) -> Actors {
        let persons: Vec<_> = persons.into_iter().collect();
        // Where there is nobody, the key is not read: it is made when it first is.
        let mac = match persons.is_empty() {
            true => None,
            false => self.mac(),
        };
        let Some(mac) = mac else {
            return Actors::default();
        };
        let has_id = |id: &Option<&str>| id.is_some_and(|it| !it.is_empty());
        let without = persons.iter().filter(|(_, id)| !has_id(id)).count();
        let told = persons.into_iter().filter(|(_, id)| has_id(id));
        let told = told.filter_map(|(role, id)| {
            let id = id_of(mac.clone(), id?);
            Some(Actor { role, id })
        });
        let without = u32::try_from(without).unwrap_or(u32::MAX);
        told.collect::<Actors>().and_further(without)
    }

    /// What is hashed before the id of a person.
    fn mac(&self) -> Option<Hmac<Sha256>> {
        let key = match self.key.as_ref()?.read() {
            Ok(key) => key,
            Err(error) => {
                tracing::warn!(%error, "the key for ids of persons can't be read: evidence tells of nobody");
                return None;
            }
        };
        let mac = Hmac::<Sha256>::new_from_slice(key.expose_secret().as_bytes()).ok()?;
        let parts = [PURPOSE, &self.workspace, &self.connector, &self.provider];
        Some(parts.into_iter().fold(mac, with))
    }
}

fn id_of(mac: Hmac<Sha256>, person: &str) -> ActorId {
    ActorId::of_keyed_hash(with(mac, person).finalize().into_bytes().into())
}

/// Each part has its length before it, so that none runs into the next.
fn with(mac: Hmac<Sha256>, part: &str) -> Hmac<Sha256> {
    let length = (part.len() as u64).to_be_bytes();
    mac.chain_update(length).chain_update(part)
}

#[cfg(test)]
mod tests;
