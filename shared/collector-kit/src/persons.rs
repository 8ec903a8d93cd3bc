//! The key that ids of persons are made with. It lies outside the database: whoever reads what is kept can't try out
//! whose ids stand there.

use std::{path::PathBuf, sync::Arc};

use passport_connector_sdk::secrets::{MadeKey, Secret, SecretError, SecretReader, SecretRef};
use passport_service_kit::{
    config::{
        PersonsKey,
        model::{OwnSecret, Settings},
    },
    own_secret::{self, OwnSecretError},
};
use secrecy::{ExposeSecret as _, SecretString};

use crate::storage;

/// The key that a process makes, in the folder of its store.
const FILE: &str = "persons.key";

/// Fewest characters of a key that an operator gives: 16 bytes in hexadecimal.
const SHORTEST: usize = 32;

/// A kind of process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Process {
    /// Everything in one: it makes the key where nobody gave it one.
    AllInOne,
    /// A collector, of which there may be replicas.
    Alone,
}

/// A key that the configuration names. It is read where it is used, since only collectors of persons have it.
struct Named(OwnSecret);

/// The key of a process of this kind.
pub(crate) fn key(settings: &Settings, process: Process) -> Option<Secret> {
    if let Some(own) = &settings.persons.key {
        return Some(Secret::new(reference(own), Arc::new(Named(own.clone()))));
    }
    let is_whole = settings.collectors.is_empty() && settings.store.postgres.is_none();
    let place = place(settings);
    (process == Process::AllInOne && is_whole).then(|| {
        let made = Arc::new(MadeKey::at(place.clone()));
        Secret::new(SecretRef::File(place), made)
    })
}

/// Where a process makes its key.
pub(crate) fn place(settings: &Settings) -> PathBuf {
    storage::folder(&settings.store).join(FILE)
}

/// What stands for the key while a file is checked, where there will be one. Nothing is read or made.
pub(crate) fn expected(key: PersonsKey, process: Process) -> Option<Secret> {
    let expected = match (key, process) {
        (PersonsKey::Named, _) | (PersonsKey::MayBeMade, Process::AllInOne) => true,
        (PersonsKey::MayBeMade, Process::Alone) | (PersonsKey::Nowhere, _) => false,
    };
    let unread = || Secret::new(SecretRef::File(FILE.into()), Arc::new(Unread));
    expected.then(unread)
}

fn reference(own: &OwnSecret) -> SecretRef {
    match own {
        OwnSecret::Env(name) => SecretRef::Env(name.clone()),
        OwnSecret::File(path) => SecretRef::File(path.clone()),
    }
}

struct Unread;

impl SecretReader for Unread {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        Err(SecretError::Absent(secret.to_string()))
    }
}

// === impl Named ===

impl SecretReader for Named {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        let place = secret.to_string();
        let key = own_secret::read_key(&self.0).map_err(|error| match error {
            OwnSecretError::Absent(_) => SecretError::Absent(place.clone()),
            OwnSecretError::Unusable(_) | OwnSecretError::Open(_) => {
                SecretError::Unusable(place.clone())
            }
        })?;
        match key.expose_secret().len() < SHORTEST {
            true => Err(SecretError::Unusable(place)),
            false => Ok(key),
        }
    }
}

#[cfg(test)]
mod tests;
