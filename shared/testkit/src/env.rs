//! An environment that a test makes up.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use passport_connector_sdk::secrets::{SecretError, SecretReader, SecretRef};
use secrecy::SecretString;

/// Secrets by the name of their variable; there are no files. A clone is the same environment.
#[derive(Clone, Default)]
pub struct Env(Arc<Mutex<BTreeMap<String, String>>>);

// === impl Env ===

impl Env {
    /// Sets a variable, as a rotation does.
    pub fn set(&self, name: impl Into<String>, value: impl Into<String>) {
        self.lock().insert(name.into(), value.into());
    }

    /// Takes a variable away.
    pub fn unset(&self, name: &str) {
        self.lock().remove(name);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SecretReader for Env {
    fn read(&self, secret: &SecretRef) -> Result<SecretString, SecretError> {
        let value = match secret {
            SecretRef::Env(name) => self.lock().get(name).cloned(),
            SecretRef::File(_) => None,
        };
        match value {
            None => Err(SecretError::Absent(secret.to_string())),
            Some(value) if value.is_empty() => Err(SecretError::Unusable(secret.to_string())),
            Some(value) => Ok(SecretString::from(value)),
        }
    }
}

impl<K: Into<String>, V: Into<String>> FromIterator<(K, V)> for Env {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let pairs = pairs
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()));
        Self(Arc::new(Mutex::new(pairs.collect())))
    }
}

impl std::fmt::Debug for Env {
    /// Names, never values.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.lock().keys()).finish()
    }
}
